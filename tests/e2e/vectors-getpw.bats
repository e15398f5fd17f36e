# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-getpw" {
	vectors_run getpw
}
