# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: sendmail, mailq, newaliases" {
	vectors_run sendmail
}
