# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-pw2u" {
	vectors_run pw2u
}
