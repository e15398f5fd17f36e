# SPDX-License-Identifier: ISC
# qmail-inject with a recorder in the place of qmail-queue. What it makes of
# addresses, options and environment is pinned by the vectors; here is what they
# cannot say.
load ../support/home

setup() {
	home_create
	record_queue
	mkdir "$QMAILHOME/bin"
	unset QMAILQUEUE QMAILINJECT QMAILMFTFILE
	export USER=joe
	recorder "$QMAILHOME/bin/qmail-queue" home
}

teardown() { home_destroy; }

# recorder FILE NAME: a recording qmail-queue that leaves its name, too
recorder() {
	cat >"$1" <<-END
		#!/bin/sh
		echo $2 >"$REC/name"
		id -un >"$REC/user"
		pwd >"$REC/cwd"
		exec "$RECORDER"
	END
	chmod 755 "$1"
}

inject() { "$BIN/qmail-inject" "$@"; }

nothing_queued() { [ ! -e "$REC/envelope" ]; }

fatal() {
	[ "$status" -eq "$1" ]
	[[ $output == "qmail-inject: fatal: "* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "qmail-inject: what lies in HOME/bin as qmail-queue is what runs" {
	printf 'To: a@b.example\n\nhello\n' | inject
	[ "$(cat "$REC/name")" = home ]
	[ "$(cat "$REC/cwd")" = "$QMAILHOME" ]
	[ "$(envelope)" = "Fjoe@local.example|Ta@b.example||" ]
	[ "$(tail -n 2 "$REC/message")" = "$(printf '\nhello')" ]
}

@test "qmail-inject: QMAILQUEUE is what runs" {
	recorder "$QMAILHOME/wrapper" wrapper
	printf 'To: a@b.example\n\nhello\n' |
	    QMAILQUEUE=$QMAILHOME/wrapper inject
	[ "$(cat "$REC/name")" = wrapper ]
	[ "$(envelope)" = "Fjoe@local.example|Ta@b.example||" ]
}

@test "qmail-inject: a relative QMAILQUEUE is taken from the home" {
	recorder "$QMAILHOME/wrapper" wrapper
	cd /
	printf 'To: a@b.example\n\n' | QMAILQUEUE=wrapper inject
	[ "$(cat "$REC/name")" = wrapper ]
}

@test "qmail-inject: everything runs as the owner of a one-user home" {
	printf '\n' | inject a@b.example
	[ "$(cat "$REC/user")" = "$(home_owner)" ]
}

@test "qmail-inject: a queue program that is missing is temporary trouble" {
	rm "$QMAILHOME/bin/qmail-queue"
	run inject a@b.example </dev/null
	fatal 111
	[[ $output == *"$QMAILHOME/bin/qmail-queue: No such file"*"(#4.3.0)" ]]
}

@test "qmail-inject: a queue program that refuses decides the status" {
	printf '#!/bin/sh\ncat >/dev/null\necho "Dnot today (#5.7.1)" >&4\nexit 88\n' \
	    >"$QMAILHOME/bin/qmail-queue"
	run inject a@b.example </dev/null
	fatal 100
	[ "$output" = "qmail-inject: fatal: not today (#5.7.1)" ]
}

@test "qmail-inject: qmail-queue itself takes the message" {
	as_owner test -x "$BIN/qmail-queue" || skip "the owner cannot reach it"
	rm -r "$QMAILHOME/bin"
	printf 'To: a@b.example\n\nhello\n' | inject
	set -- "$QMAILHOME"/queue/todo/*
	[ $# -eq 1 ]
	tr '\0' '\n' <"$1" | grep -qx 'Ta@b.example'
	[ "$(tail -n 1 "$QMAILHOME"/queue/mess/*/*)" = hello ]
}

@test "qmail-inject: an unknown option is wrong usage" {
	run inject -x a@b.example </dev/null
	fatal 100
	[[ $output == *-x* ]]
	run inject -f </dev/null
	fatal 100
	[[ $output == *-f* ]]
	run inject $'-\033' </dev/null
	fatal 100
	[[ $output != *$'\033'* ]]
	nothing_queued
}

@test "qmail-inject: a missing home is temporary trouble" {
	QMAILHOME=$QMAILHOME/nowhere run inject a@b.example </dev/null
	fatal 111
	[[ $output == */nowhere* ]]
}

@test "qmail-inject: a control file that cannot be read is temporary trouble" {
	local file
	for file in me defaulthost defaultdomain plusdomain idhost; do
		rm -f "$QMAILHOME/control/$file"
		mkdir "$QMAILHOME/control/$file"
		QMAILDEFAULTHOST=a QMAILDEFAULTDOMAIN=a QMAILPLUSDOMAIN=a \
		    QMAILIDHOST=a run inject a@b.example </dev/null
		fatal 111
		[[ $output == *"control/$file"* ]]
		rmdir "$QMAILHOME/control/$file"
	done
	nothing_queued
}

@test "qmail-inject: a control file without read permission, too" {
	chmod 000 "$QMAILHOME/control/me"
	run inject a@b.example </dev/null
	fatal 111
	[[ $output == *control/me*"Permission denied"* ]]
}

@test "qmail-inject: input that cannot be read is temporary trouble" {
	run inject a@b.example <"$QMAILHOME"
	fatal 111
	nothing_queued
	run sh -c 'exec "$BIN/qmail-inject" a@b.example <&-'
	fatal 111
	nothing_queued
}

@test "qmail-inject: a field that cannot be parsed is named" {
	printf 'To: a\nReply-To: (\n\n' >"$QMAILHOME/message"
	run inject <"$QMAILHOME/message"
	fatal 100
	[[ $output == *Reply-To* ]]
	nothing_queued
}

@test "qmail-inject: a field without end is refused" {
	{
		printf 'To: '
		head -c 5000000 /dev/zero | tr '\0' a
	} >"$QMAILHOME/message"
	run inject <"$QMAILHOME/message"
	fatal 100
	nothing_queued
}

@test "qmail-inject: a body is not touched, whatever its size and bytes" {
	head -c 5000001 /dev/urandom >"$QMAILHOME/body"
	printf '\n' >>"$QMAILHOME/body"
	{ printf 'To: a\n\n'; cat "$QMAILHOME/body"; } | inject
	tail -c 5000002 "$REC/message" | cmp - "$QMAILHOME/body"
}

@test "qmail-inject: a body may begin with a line longer than any field" {
	head -c 5000000 /dev/zero | tr '\0' a >"$QMAILHOME/body"
	inject a@b.example <"$QMAILHOME/body"
	echo >>"$QMAILHOME/body"
	tail -c 5000001 "$REC/message" | cmp - "$QMAILHOME/body"
}

@test "qmail-inject: -n prints and starts nothing" {
	printf 'To: a\n\nhello' | inject -n >"$QMAILHOME/printed"
	[ "$(head -n 1 "$QMAILHOME/printed")" = "Return-Path: <joe@local.example>" ]
	[ "$(tail -n 1 "$QMAILHOME/printed")" = hello ]
	[ ! -e "$REC/name" ]
}

@test "qmail-inject: -n says when its output is lost" {
	run sh -c 'printf "To: a\n\n" | "$BIN/qmail-inject" -n 2>&1 >/dev/full'
	fatal 111
}

@test "qmail-inject: QMAILMFTFILE is relative to the caller's directory" {
	mkdir "$QMAILHOME/mine"
	printf '# lists\nlist@l.example \n' >"$QMAILHOME/mine/lists"
	cd "$QMAILHOME/mine"
	printf 'To: list@l.example\nCc: x@y.example\n\n' |
	    QMAILMFTFILE=lists inject
	grep -qx 'Mail-Followup-To: x@y.example,' "$REC/message"
}

@test "qmail-inject: QMAILMFTFILE that cannot be read is temporary trouble" {
	QMAILMFTFILE=$QMAILHOME run inject a@b.example </dev/null
	fatal 111
}

@test "qmail-inject: one write for the message, one for the envelope" {
	need_strace
	printf 'To: a\nCc: b\n\nhello\n' |
	    strace -o "$QMAILHOME/trace" -e trace=write "$BIN/qmail-inject"
	[ "$(grep -c '^write' "$QMAILHOME/trace")" -eq 2 ]
}

# Whatever call fails: success means a complete message, and no envelope is
# complete whose message is not.
fail_each() {
	local call=$1 errno=$2 when=0 rc=1 body
	need_strace
	body=$(head -c 100000 /dev/zero | tr '\0' b)
	printf 'To: a@b.example\n\n%s\n' "$body" >"$QMAILHOME/message"
	chmod 644 "$QMAILHOME/message"
	while [ "$rc" -ne 0 ]; do
		when=$((when + 1))
		[ "$when" -le 100 ]
		rm -f "$REC"/*
		rc=0
		strace -o /dev/null -e "trace=$call" \
		    -e "inject=$call:error=$errno:when=$when" \
		    "$BIN/qmail-inject" <"$QMAILHOME/message" 2>/dev/null || rc=$?
		# the queue program may still be running when we were killed
		if [ -e "$REC/envelope" ] || [ "$rc" -eq 0 ]; then
			[ "$(envelope)" = "Fjoe@local.example|Ta@b.example||" ]
			[ "$(tail -n 1 "$REC/message")" = "$body" ]
		fi
	done
	[ "$when" -gt 1 ]
}

@test "qmail-inject: any failed read leaves the whole message or none" {
	fail_each read EIO
}

@test "qmail-inject: any failed write leaves the whole message or none" {
	fail_each write EIO
}

@test "qmail-inject: any failed pipe leaves the whole message or none" {
	fail_each pipe2 EMFILE
}
