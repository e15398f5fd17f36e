# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-newmrh" {
	vectors_run newmrh
}
