# SPDX-License-Identifier: ISC
# sendmail, mailq, newaliases: which program runs, and what it is told.
load ../support/home

setup() {
	home_create
	export OUT=$QMAILHOME/out
	mkdir -m 1777 "$OUT"
	chmod 1777 "$OUT"
	unset QMAILQUEUE QMAILINJECT PROTO
	export USER=joe
}

teardown() { home_destroy; }

# stub NAME: a program in HOME/bin that leaves its arguments and descriptors
stub() {
	mkdir -p "$QMAILHOME/bin"
	cat >"$QMAILHOME/bin/$1" <<-END
		#!/bin/sh
		echo "$1" "\$@" >"$OUT/call"
		for n in 0 1 2 3 4 5 6 7 8; do
			if [ -e /proc/\$\$/fd/\$n ]; then printf \$n; fi
		done >"$OUT/fds"
		env >"$OUT/environment"
	END
	chmod 755 "$QMAILHOME/bin/$1"
}

fatal() {
	[ "$status" -eq "$1" ]
	[[ $output == "sendmail: fatal: "* ]]
}

@test "sendmail: what lies in HOME/bin as qmail-inject is what runs" {
	stub qmail-inject
	"$BIN/sendmail" -oi -f s@x.example -- -r@y.example 5</dev/null
	[ "$(cat "$OUT/call")" = "qmail-inject -a -f s@x.example -- -r@y.example" ]
	[ "$(cat "$OUT/fds")" = 012 ]
}

@test "sendmail: without HOME/bin the programs beside it run" {
	as_owner test -x "$BIN/qmail-inject" || skip "the owner cannot reach it"
	record_queue
	printf 'To: a@b.example\nBcc: c@d.example\n\nhello\n.\nmore\n' |
	    QMAILQUEUE=$RECORDER "$BIN/sendmail" -t -f 'j b@h.example'
	[ "$(envelope)" = "Fj b@h.example|Ta@b.example|Tc@d.example||" ]
	grep -qx 'From: "j b"@h.example' "$REC/message"
	grep -qx more "$REC/message"
	! grep -q Bcc "$REC/message"
}

@test "sendmail: -bs hands over to qmail-smtpd as a local client" {
	stub qmail-smtpd
	"$BIN/sendmail" -bs -bd
	[ "$(cat "$OUT/call")" = qmail-smtpd ]
	grep -qx 'RELAYCLIENT=' "$OUT/environment"
	grep -qx 'TCPREMOTEINFO=sendmail-bs' "$OUT/environment"
}

@test "mailq: runs qmail-qread" {
	stub qmail-qread
	"$BIN/mailq"
	[ "$(cat "$OUT/call")" = qmail-qread ]
}

@test "newaliases: says that there is nothing to do, and fails" {
	run "$BIN/newaliases"
	fatal 100
}

@test "sendmail: options of daemons and queue runners are wrong usage" {
	local option
	stub qmail-inject
	for option in -bd -bi -q -q30m -N -f; do
		run "$BIN/sendmail" "$option"
		[ "$status" -eq 100 ]
		[[ $output == "sendmail: usage: "* ]]
	done
	[ ! -e "$OUT/call" ]
}

@test "sendmail: a missing home is temporary trouble" {
	QMAILHOME=$QMAILHOME/nowhere run "$BIN/sendmail" a@b.example
	fatal 111
}

@test "sendmail: a program that cannot run is temporary trouble" {
	mkdir "$QMAILHOME/bin"
	run "$BIN/sendmail" a@b.example </dev/null
	fatal 111
	[[ $output == *"$QMAILHOME/bin/qmail-inject"* ]]
	run "$BIN/sendmail" -bs </dev/null
	fatal 111
	run "$BIN/mailq"
	fatal 111
}
