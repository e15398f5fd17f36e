# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: qmail-local -n" {
	vectors_run local
}
