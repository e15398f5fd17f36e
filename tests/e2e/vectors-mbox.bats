# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: mbox deliveries" {
	vectors_run mbox
}
