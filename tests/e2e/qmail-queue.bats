# SPDX-License-Identifier: ISC
load ../support/home
load ../support/queue_walk

setup() {
	walk_fast
	home_create
	q=$QMAILHOME/queue
	msg=$BATS_TEST_TMPDIR/msg env=$BATS_TEST_TMPDIR/env
	printf 'Subject: hi\n\nhello\n' >"$msg"
	printf 'Fann@a.example\0Tbob@r.example\0Tinfo@virt.example\0\0' >"$env"
}

teardown() { home_destroy; }

submit() {
	rc=0
	"$BIN/qmail-queue" <"$msg" 1<"$env" 2>"$BATS_TEST_TMPDIR/err" || rc=$?
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	queue_state
}

address() { head -c "$1" /dev/zero | tr '\0' a; }

@test "qmail-queue: a message is in the state 'queued', with the right bytes" {
	submit
	[ "$rc" -eq 0 ]
	[ "$state" = "mess intd todo" ]
	find_in mess
	id=${file##*/}
	[ "$file" = "$q/mess/$((id % 23))/$id" ]
	[ "$(stat -c %i "$file")" = "$id" ]
	[ "$(stat -c %a "$file")" = 644 ]
	owner=$(stat -c %u "$QMAILHOME")
	[ "$(stat -c %u "$file")" = "$owner" ]
	read -r line <"$file"
	[[ $line =~ ^Received:\ \(qmail\ ([0-9]+)\ invoked\ by\ uid\ $owner\)\;\ [1-9][0-9]?\ [A-Z][a-z][a-z]\ [0-9]{4}\ [0-9:]{8}\ -0000$ ]]
	pid=${BASH_REMATCH[1]}
	tail -n +2 "$file" | cmp - "$msg"
	printf "u$owner\0p$pid\0Fann@a.example\0Tbob@r.example\0Tinfo@virt.example\0" |
	    cmp - "$q/todo/$id"
	[ "$q/todo/$id" -ef "$q/intd/$id" ]
	[ "$(stat -c %a "$q/todo/$id")" = 644 ]
}

@test "qmail-queue: modes do not depend on the umask of the caller" {
	(umask 077 && submit && [ "$rc" -eq 0 ])
	find_in mess
	[ "$(stat -c %a "$file")" = 644 ]
	queue_wipe
	(umask 0 && submit && [ "$rc" -eq 0 ])
	find_in todo
	[ "$(stat -c %a "$file")" = 644 ]
}

@test "qmail-queue: split todo" {
	queue_split_todo
	submit
	[ "$rc" -eq 0 ]
	find_in todo
	id=${file##*/}
	[ "$file" = "$q/todo/$((id % 23))/$id" ]
	[ "$file" -ef "$q/intd/$((id % 23))/$id" ]
}

@test "qmail-queue: another split, and a foreign folder in mess" {
	home_destroy
	home_create 7
	q=$QMAILHOME/queue
	mkdir "$q/mess/lost+found"
	submit
	[ "$rc" -eq 0 ]
	find_in mess
	id=${file##*/}
	[ "$file" = "$q/mess/$((id % 7))/$id" ]
}

@test "qmail-queue: a hole in the split is trouble in mess" {
	rmdir "$q/mess/11"
	submit
	[ "$rc" -eq 64 ]
	[ -z "$state" ]
}

@test "qmail-queue: empty message, no recipients, empty sender" {
	: >"$msg"
	printf 'F\0\0' >"$env"
	submit
	[ "$rc" -eq 0 ]
	[ "$state" = "mess intd todo" ]
	find_in mess
	[ "$(wc -l <"$file")" -eq 1 ]
}

@test "qmail-queue: NUL and bytes above 127 in the message, no last newline" {
	printf 'a\0b\377\r\n.\nx' >"$msg"
	submit
	[ "$rc" -eq 0 ]
	queue_message_is "$msg"
}

@test "qmail-queue: messages around the size of its buffer" {
	for size in 65400 65460 65465 65470 65536 131000 131072 300000; do
		head -c "$size" /dev/urandom >"$msg"
		submit
		[ "$rc" -eq 0 ]
		queue_message_is "$msg"
		queue_wipe
	done
}

@test "qmail-queue: 20000 recipients" {
	{ printf 'Fann@a.example\0'; seq -f 'Tuser%.0f@r.example' 20000 |
	    tr '\n' '\0'; } >"$BATS_TEST_TMPDIR/want"
	{ cat "$BATS_TEST_TMPDIR/want"; printf '\0'; } >"$env"
	submit
	[ "$rc" -eq 0 ]
	queue_envelope_is "$BATS_TEST_TMPDIR/want"
}

@test "qmail-queue: an envelope that comes byte by byte; what follows it is ignored" {
	printf 'Fa@b\0Tc\nd@e\0' >"$BATS_TEST_TMPDIR/want"
	{ for part in F a@ 'b\0' T 'c\nd@' 'e\0' '\0' rest; do
		printf "$part"
		sleep 0.01
	done; } | "$BIN/qmail-queue" 1<&0 0<"$msg"
	queue_envelope_is "$BATS_TEST_TMPDIR/want"
}

@test "qmail-queue: addresses of 1002 bytes are taken, of 1003 refused with 11" {
	printf 'F%s\0T%s\0\0' "$(address 1002)" "$(address 1002)" >"$env"
	submit
	[ "$rc" -eq 0 ]
	queue_wipe
	for e in 'F%s\0Tx\0\0' 'Fx\0T%s\0\0' 'Fx\0Tx\0T%s'; do
		printf "$e" "$(address 1003)" >"$env"
		submit
		[ "$rc" -eq 11 ]
		[ -z "$state" ]
	done
	# the caller never gets to send the rest of an endless one
	printf 'F%s' "$(address 1000000)" >"$env"
	submit
	[ "$rc" -eq 11 ]
}

@test "qmail-queue: envelopes that end early are exit 54, wrong letters 91" {
	for e in '' 'F' 'Fann' 'Fann\0' 'Fann\0T' 'Fann\0Tbob' 'Fann\0Tbob\0'; do
		printf "$e" >"$env"
		submit
		[ "$rc" -eq 54 ]
		[ -z "$state" ]
	done
	for e in '\0' 'Tx\0' 'fx\0' 'Fann\0x' 'Fann\0Fx\0\0' 'Fann\0Tbob\0D'; do
		printf "$e" >"$env"
		submit
		[ "$rc" -eq 91 ]
		[ -z "$state" ]
	done
}

@test "qmail-queue: closed and unreadable descriptors are exit 54" {
	rc=0; "$BIN/qmail-queue" <&- 1<"$env" || rc=$?
	[ "$rc" -eq 54 ]
	rc=0; "$BIN/qmail-queue" <"$msg" 1<&- || rc=$?
	[ "$rc" -eq 54 ]
	rc=0; "$BIN/qmail-queue" <&- 1<&- 2<&- || rc=$?
	[ "$rc" -eq 54 ]
	rc=0; "$BIN/qmail-queue" 0>/dev/null 1<"$env" || rc=$?
	[ "$rc" -eq 54 ]
	rc=0; "$BIN/qmail-queue" </ 1<"$env" || rc=$?
	[ "$rc" -eq 54 ]
	queue_state
	[ -z "$state" ]
}

@test "qmail-queue: a closed descriptor 2 does no harm" {
	"$BIN/qmail-queue" <"$msg" 1<"$env" 2<&-
	queue_state
	[ "$state" = "mess intd todo" ]
	queue_message_is "$msg"
}

@test "qmail-queue: 61 without a home, 62 without a queue, 63 to 66 by folder" {
	rc=0
	QMAILHOME=/nonexistent "$BIN/qmail-queue" <"$msg" 1<"$env" || rc=$?
	[ "$rc" -eq 61 ]
	for row in pid:63 mess:64 intd:65 todo:66; do
		mv "$q/${row%:*}" "$q/away"
		submit
		[ "$rc" -eq "${row#*:}" ]
		mv "$q/away" "$q/${row%:*}"
		queue_state
		[ -z "$state" ]
	done
	mv "$q" "$q.away"
	rc=0; "$BIN/qmail-queue" <"$msg" 1<"$env" || rc=$?
	[ "$rc" -eq 62 ]
}

@test "qmail-queue: pulls the trigger, and needs none" {
	[ -p "$q/lock/trigger" ]
	exec 9<>"$q/lock/trigger"
	submit
	[ "$rc" -eq 0 ]
	printf '\0' | cmp - <(dd bs=1 count=1 <&9 2>/dev/null)
	exec 9<&-
	rm "$q/lock/trigger"
	queue_wipe
	submit
	[ "$rc" -eq 0 ]
}

@test "qmail-queue: ALRM is exit 52 and leaves what there was" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$BIN/qmail-queue" <"$BATS_TEST_TMPDIR/pipe" 1<"$env" 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/pipe"
	has_mess() { queue_state; [ "$state" = mess ]; }
	wait_for 10 has_mess
	kill -HUP $pid
	kill -INT $pid
	kill -PIPE $pid
	kill -ALRM $pid
	rc=0
	wait $pid || rc=$?
	exec 8>&-
	[ "$rc" -eq 52 ]
	queue_state
	[ "$state" = mess ]
}

@test "qmail-queue: hang-up, interrupt and quit do not stop it, TERM does" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	has_mess() { queue_state; [ "$state" = mess ]; }
	for signal in HUP TERM; do
		"$BIN/qmail-queue" <"$BATS_TEST_TMPDIR/pipe" 1<"$env" 3>&- &
		pid=$!
		exec 8>"$BATS_TEST_TMPDIR/pipe"
		wait_for 10 has_mess
		kill -s $signal $pid
		# TERM has to end it while it waits
		if [ $signal = HUP ]; then exec 8>&-; fi
		rc=0
		wait $pid || rc=$?
		exec 8>&-
		queue_state
		case $signal in
		HUP) [ "$rc" -eq 0 ] && [ "$state" = "mess intd todo" ] ;;
		TERM) [ "$rc" -eq 143 ] && [ "$state" = mess ] ;;
		esac
		queue_wipe
	done
}

@test "qmail-queue: at most 60 system calls for a message of 4 KB" {
	need_strace
	skip_if_sanitized
	head -c 4096 /dev/zero | tr '\0' 'x' >"$msg"
	chmod 644 "$msg" "$env"
	# run by root it also becomes the owner, with five more calls
	limit=60
	if [ "$(id -u)" -eq 0 ]; then limit=65; fi
	exec 9<>"$q/lock/trigger"
	strace -f -o "$BATS_TEST_TMPDIR/calls" "$BIN/qmail-queue" \
	    <"$msg" 1<"$env" 9<&-
	exec 9<&-
	count=$(grep -c '(' "$BATS_TEST_TMPDIR/calls")
	echo "$count calls"
	[ "$count" -le "$limit" ]
	[ "$(grep -c 'unlink.*= -1' "$BATS_TEST_TMPDIR/calls")" -eq 0 ]
}
