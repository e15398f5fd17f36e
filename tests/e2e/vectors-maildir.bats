# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: Maildir deliveries" {
	vectors_run maildir
}
