# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-pop3d" {
	vectors_run pop3d qmail-pop3d
}
