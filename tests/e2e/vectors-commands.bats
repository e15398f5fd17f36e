# SPDX-License-Identifier: ISC
load ../support/vectors

@test "recorded cases: forward, condredirect and the other small commands" {
	vectors_run commands bouncesaying condredirect datemail except forward \
	    maildir2mbox maildirmake mailsubj predate preline qbiff qreceipt
}
