# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: forwarding by qmail-local" {
	vectors_run forwarding
}
