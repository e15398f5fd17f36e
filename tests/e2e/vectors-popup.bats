# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-popup" {
	vectors_run popup qmail-popup
}
