# SPDX-License-Identifier: ISC
load ../support/home

setup() {
	home_create
}
teardown() { home_destroy; }

passwd_lines() {
	printf '%s\n' "alias:x:901:902::$QMAILHOME/alias:/bin/sh" \
	    "joe:x:903:904:Joe:/nonexistent:/bin/sh" \
	    "root:x:0:0::/root:/bin/sh"
}

@test "qmail-pw2u: what it makes qmail-newu takes" {
	passwd_lines | "$BIN/qmail-pw2u" -H >"$QMAILHOME/users/assign"
	[ "$(cat "$QMAILHOME/users/assign")" = "+:alias:901:902:$QMAILHOME/alias:-::
=alias:alias:901:902:$QMAILHOME/alias:::
+alias-:alias:901:902:$QMAILHOME/alias:-::
=joe:joe:903:904:/nonexistent:::
+joe-:joe:903:904:/nonexistent:-::
." ]
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody: "$QMAILHOME/users"; fi
	"$BIN/qmail-newu"
}

@test "qmail-pw2u: bad options are wrong usage" {
	run "$BIN/qmail-pw2u" -x </dev/null
	[ "$status" -eq 100 ]
	[[ $output == *"usage: qmail-pw2u "* ]]
	run "$BIN/qmail-pw2u" -c </dev/null
	[ "$status" -eq 100 ]
}

@test "qmail-pw2u: a missing home stops -h before anything is printed" {
	run bash -c 'printf "%s\n" "$1" | "$BIN/qmail-pw2u" -h' - \
	    "joe:x:903:904:Joe:/nonexistent:/bin/sh"
	[ "$status" -eq 111 ]
	[[ $output == "qmail-pw2u: fatal: "*"/nonexistent"* ]]
}

@test "qmail-pw2u: mail names and subusers, in any case" {
	echo 'JOE:j.doe::joseph' >"$QMAILHOME/users/mailnames"
	printf 'sales:joe:sell:\nplain:joe::\n' >"$QMAILHOME/users/subusers"
	run "$BIN/qmail-pw2u" -H \
	    < <(passwd_lines)
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "${lines[@]:3}")" = "=j.doe:joe:903:904:/nonexistent:::
+j.doe-:joe:903:904:/nonexistent:-::
=joseph:joe:903:904:/nonexistent:::
+joseph-:joe:903:904:/nonexistent:-::
=sales:joe:903:904:/nonexistent:-:sell:
+sales-:joe:903:904:/nonexistent:-:sell-:
=plain:joe:903:904:/nonexistent:-::
+plain-:joe:903:904:/nonexistent:-:-:
." ]
}

@test "qmail-pw2u: a full disk is trouble" {
	run bash -c '"$BIN/qmail-pw2u" -H >/dev/full' < <(passwd_lines)
	[ "$status" -eq 111 ]
}
