# SPDX-License-Identifier: ISC
# For bats files: loads of SMTP in and out of host a, with books that balance.
# Needs home.bash and world.bash.

ledger() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../support/ledger.py" "$@"
}

# sink_start [AT_ONCE]: at 127.0.0.9, port ${port[sink]}, books in $taken; all
# mail of host a that is not local goes there
sink_start() {
	taken=$world/taken
	"$TESTBIN/sinkserver" 127.0.0.9 "$world/sink.port" "$taken" "${1-0}" \
	    >"$world/sink.out" 3>&- &
	sink=$!
	background+=($!)
	wait_for 10 test -s "$world/sink.port"
	port[sink]=$(cat "$world/sink.port")
	echo ":127.0.0.9:${port[sink]}" | edit a/control/smtproutes
}

sink_stop() {
	kill "$sink"
	wait "$sink"
}

# smtp_in SESSIONS MESSAGES PER_SESSION RECIPIENT [COUNT]
smtp_in() {
	"$TESTBIN/smtpload" 127.0.0.2 "${port[a]}" "$1" "$2" "$3" 1000 \
	    "$world/accepted" s@client.example "${@:4}"
}

# as many at a time as the test has, and no more
allow_sessions() {
	echo "$1" | edit a/control/concurrencyincoming
	listen_at a 127.0.0.2
}

# load_in SESSIONS MESSAGES PER_SESSION: every message ends once in a Maildir
load_in() {
	allow_sessions "$1"
	start a
	smtp_in "$@" joe@a.example
	wait_for 300 queue_is_empty a
	ledger "$world/accepted" "$world/a/people/joe/Maildir"
	[ "$(wc -l <"$world/accepted")" -eq "$2" ]
}

# load_out CONCURRENCY MESSAGES: each is taken once by the sink, and the
# deliveries do run at the same time
load_out() {
	sink_start "$1"
	echo "$1" | edit a/control/concurrencyremote
	"${OWNER[@]}" touch "$world/a/accepted"
	start a
	as_owner env QMAILHOME="$world/a" "$TESTBIN/inject" "$BIN/qmail-queue" \
	    queue 4 "$2" 1000 "$world/a/accepted" s@a.example far@far.example
	wait_for 300 queue_is_empty a
	ledger "$world/a/accepted" --taken "$taken"
	[ "$(wc -l <"$world/a/accepted")" -eq "$2" ]
	sink_stop
	cat "$world/sink.out"
	as_owner grep -hq "remote $1/$1$" -r "$world/a/log/send"
}

# load_list CONCURRENCY RECIPIENTS: one message, in by SMTP, out one by one
load_list() {
	sink_start
	echo "$1" | edit a/control/concurrencyremote
	echo '127.0.0.1:allow,RELAYCLIENT=""' | edit a/control/tcp.smtp
	on a qmailctl cdb
	allow_sessions 1
	start a
	smtp_in 1 1 1 'r%@far.example' "$2"
	wait_for 300 queue_is_empty a
	seq -f '0 r%.0f@far.example' 0 $(($2 - 1)) | sort | cmp - <(sort "$taken")
}
