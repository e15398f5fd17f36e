# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: program deliveries of qmail-local" {
	vectors_run deliver
}
