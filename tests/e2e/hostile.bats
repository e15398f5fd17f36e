# SPDX-License-Identifier: ISC
# Peers that mean ill: whatever they send, a program of ours ends, uses little
# memory and no time of its own.
bats_require_minimum_version 1.5.0
load ../support/home

setup() {
	home_create
	echo local.example >"$QMAILHOME/control/rcpthosts"
	export QMAILQUEUE=$QMAILHOME/run/queue
	printf '#!/bin/sh\ncat >/dev/null; exec cat <&1 >/dev/null\n' >"$QMAILQUEUE"
	chmod 755 "$QMAILQUEUE"
}
teardown() { home_destroy; }

# hostile CASE PROGRAM: runs it; fails unless it stayed below 16 MiB and a few
# seconds. A sanitizer has needs of its own.
hostile() {
	run "$BATS_TEST_DIRNAME/../support/hostile.py" "$1" "$BIN/$2"
	[ "$status" -eq 0 ]
	echo "${lines[0]}"
	read -r _ memory _ cpu _ code <<<"${lines[0]}"
	grep -q __asan_init "$BIN/$2" && return
	[ "$memory" -le 16384 ]
	[ "${cpu%.*}" -lt 10 ]
}

@test "SMTP: one byte at a time" {
	hostile smtp-bytes qmail-smtpd
	[ "$code" -eq 0 ]
	[[ $output == *"250 ok "*" qp "* ]]
}

@test "SMTP: a command of 100 MiB, a header line of 100 MiB" {
	hostile smtp-long-command qmail-smtpd
	[ "$code" -eq 0 ]
	[[ $output == *"500 "*"(#5.5.2)"* ]]
	hostile smtp-long-header qmail-smtpd
	[ "$code" -eq 0 ]
	[[ $output == *"250 ok "*" qp "* ]]
}

@test "SMTP: a message of NULs, stray CRs and dots, of many lines" {
	hostile smtp-long-line qmail-smtpd
	[[ $output == *"250 ok "*" qp "* ]]
	hostile smtp-many-lines qmail-smtpd
	[[ $output == *"250 ok "*" qp "* ]]
}

@test "SMTP: a million recipients" {
	hostile smtp-many-recipients qmail-smtpd
	[ "$code" -eq 0 ]
	[[ $output == *"452 "*"(#4.5.3)"*"354 "*"250 ok "*" qp "* ]]
}

@test "SMTP: no commands at all" {
	hostile smtp-nul qmail-smtpd
	[ "$code" -eq 1 ]
	[[ $output == *"421 "* ]]
	hostile smtp-noise qmail-smtpd
	[ "$code" -eq 1 ]
}

@test "QMTP: one byte at a time, 100 MiB, a length without end" {
	hostile qmtp-bytes qmail-qmtpd
	[ "$code" -eq 0 ]
	[[ $output == *"Kok "* ]]
	hostile qmtp-long qmail-qmtpd
	[[ $output == *"Kok "* ]]
	hostile qmtp-deep qmail-qmtpd
	[ "$code" -eq 111 ]
}

@test "QMTP: 800 000 recipients, five million empty ones" {
	hostile qmtp-many-recipients qmail-qmtpd
	[[ $output == *"Kok "* ]]
	hostile qmtp-empty-recipients qmail-qmtpd
	[[ $output == *"Kok "* ]]
}

@test "remote: replies one byte at a time, all at once" {
	hostile remote-bytes qmail-remote
	[[ $output == *"r|K127.0.0.1 accepted message."* ]]
	hostile remote-at-once qmail-remote
	[[ $output == *"r|K127.0.0.1 accepted message."* ]]
}

@test "remote: replies without end" {
	for which in line lines noise; do
		hostile remote-endless-$which qmail-remote
		[ "$code" -eq 0 ]
		[[ ${lines[1]} == "Z"*"(#4.5.0)" ]]
	done
	hostile remote-nul qmail-remote
	[[ ${lines[1]} == "Z"*"(#4.5.0)" ]]
	hostile remote-last-endless qmail-remote
	[[ ${lines[1]} == *"(#4.5.0)"* ]]
}
