# SPDX-License-Identifier: ISC
# Peers that never stop talking cost bounded memory: each program is fed 32 MB of
# something and may hold a few of its own, most of it 4 MB of recipients.
load ../support/home

LIMIT_KB=10000

setup() {
	home_create
	# takes everything and keeps nothing
	printf '#!/bin/sh\ncat >/dev/null\ncat <&1 >/dev/null\n' >"$QMAILHOME/swallow"
	chmod 755 "$QMAILHOME/swallow"
	export QMAILQUEUE=$QMAILHOME/swallow RELAYCLIENT=''
}

teardown() { home_destroy; }

# feed PROGRAM CASE...
feed() {
	local program=$1 peak words=()
	shift
	if [ "${program##*/}" = qmail-remote ]; then
		words=(far.example s@local.example r@far.example)
	fi
	for name; do
		run "${OWNER[@]}" /usr/bin/python3 -B \
		    "$BATS_TEST_DIRNAME/../support/hostile_flood.py" "$name" 32 "$program" \
		    "${words[@]}"
		echo "$name: $output"
		peak=$(sed -n 's/.*peak \([0-9]*\) kB.*/\1/p' <<<"$output")
		[ "$peak" -gt 0 ]
		[ "$peak" -le $LIMIT_KB ]
	done
}

@test "hostile peers: qmail-smtpd, commands" {
	skip_if_sanitized
	feed "$BIN/qmail-smtpd" command noop helo rcpt long-rcpt
}

@test "hostile peers: qmail-smtpd, messages" {
	skip_if_sanitized
	feed "$BIN/qmail-smtpd" header header-line message-id body
	echo 1000 >"$QMAILHOME/control/databytes"
	feed "$BIN/qmail-smtpd" body
}

@test "hostile peers: qmail-qmtpd" {
	skip_if_sanitized
	feed "$BIN/qmail-qmtpd" qmtp-message qmtp-sender qmtp-recipient \
	    qmtp-recipients qmtp-long-recipients
}

@test "hostile peers: qmail-qmqpd" {
	skip_if_sanitized
	feed "$BIN/qmail-qmqpd" qmqp-message qmqp-recipients
}

@test "hostile peers: qmail-remote" {
	skip_if_sanitized
	feed "$BIN/qmail-remote" reply-line reply-lines reply-late
}
