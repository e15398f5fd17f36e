# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-inject" {
	vectors_run inject
}
