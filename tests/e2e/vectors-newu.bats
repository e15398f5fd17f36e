# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-newu" {
	vectors_run newu
}
