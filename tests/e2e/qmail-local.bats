#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What the recorded cases of qmail-local cannot show: environment from outside,
# failures of the system, durability, cost.

load ../support/home

setup() {
	home_create
	JOE=$QMAILHOME/joe
	MSG=$QMAILHOME/message
	mkdir "$JOE"
	mkdir -m 700 "$JOE/Maildir" "$JOE/Maildir/tmp" "$JOE/Maildir/new"
	printf 'Subject: hi\n\nbody\n' >"$MSG"
	export PATH=/bin:/usr/bin
}

teardown() { home_destroy; }

hand_over() {
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$JOE"; fi
}

# local_deliver DASH EXT [SENDER [DEFAULT]]
local_deliver() {
	hand_over
	"$BIN/qmail-local" -- joe "$JOE" "joe$1$2" "$1" "$2" host.example \
	    "${3-se@nd.er}" "${4-./Mailbox}" <"$MSG"
}

# traced STRACE-OPTIONS: a Maildir delivery; the trace is in $QMAILHOME/trace
traced() {
	need_strace
	hand_over
	strace -f -qq -o "$QMAILHOME/trace" "$@" "$BIN/qmail-local" -- joe \
	    "$JOE" joe '' '' host.example se@nd.er "${LINES_TO_DO-./Maildir/}" \
	    <"$MSG"
}

files_in() { find "$1" -type f | wc -l; }

@test "qmail-local: a lone Maildir costs few system calls and no second process" {
	skip_if_sanitized
	local limit=55
	if [ "$(id -u)" -eq 0 ]; then limit=62; fi # becoming nobody
	traced
	[ "$(wc -l <"$QMAILHOME/trace")" -le $limit ]
	[ "$(grep -cE 'v?fork\(|clone3?\(' "$QMAILHOME/trace")" -eq 0 ]
}

@test "qmail-local: a Maildir among other lines has a process of its own" {
	LINES_TO_DO=$'./Maildir/\n./Maildir/' traced
	[ "$(grep -cE 'v?fork\(|clone3?\(' "$QMAILHOME/trace")" -eq 2 ]
	[ "$(files_in "$JOE/Maildir/new")" -eq 2 ]
}

@test "qmail-local: Maildir is synced before link, new/ before success" {
	traced -e trace=fsync,linkat,unlinkat,write
	run sed -E 's/^[0-9]+ +//; s/\(.*//' "$QMAILHOME/trace"
	[ "${lines[*]}" = "write fsync linkat unlinkat fsync write" ]
}

@test "qmail-local: a new mbox is synced, and its directory; an old one once" {
	LINES_TO_DO=./box traced -e trace=fsync
	[ "$(wc -l <"$QMAILHOME/trace")" -eq 2 ]
	LINES_TO_DO=./box traced -e trace=fsync
	[ "$(wc -l <"$QMAILHOME/trace")" -eq 1 ]
}

@test "qmail-local: any failing call of a Maildir delivery defers and cleans up" {
	local call
	for call in fsync:EIO:1 fsync:EIO:2 linkat:EIO:1 write:ENOSPC:1 \
	    pread64:EIO:1 pread64:EIO:2; do
		local name errno when only=()
		IFS=: read -r name errno when <<<"$call"
		if [ "$name" = pread64 ]; then only=(-P "$MSG"); fi
		run traced "${only[@]}" -e "trace=$name" \
		    -e "inject=$name:error=$errno:when=$when"
		echo "$call: $status $output"
		[ "$status" -eq 111 ]
		[[ $output == *"(#4.3.0)" ]]
		[ "$(files_in "$JOE/Maildir/tmp")" -eq 0 ]
	done
	# only the sync of new/ can fail after the delivery
	[ "$(files_in "$JOE/Maildir/new")" -eq 1 ]
}

@test "qmail-local: killed before the link, nothing is in new/" {
	for call in write:1 fsync:1 linkat:1; do
		run traced -e "trace=${call%:*}" \
		    -e "inject=${call%:*}:error=EIO:signal=KILL:when=${call#*:}"
		[ "$status" -ne 0 ]
		[ "$(files_in "$JOE/Maildir/new")" -eq 0 ]
	done
}

@test "qmail-local: a disk that fills up leaves the mailbox as it was" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	mkdir "$JOE/full"
	head -c 300000 /dev/zero | tr '\0' x >>"$MSG"
	hand_over
	run unshare -m sh -c '
		mount -t tmpfs -o size=128k,mode=777 tmpfs "$0/full" || exit 9
		echo old >"$0/full/box"
		chmod 666 "$0/full/box"
		"$1" joe "$0" joe "" "" host s@t ./full/box <"$2"
		echo "status $?"
		cat "$0/full/box"' "$JOE" "$BIN/qmail-local" "$MSG"
	echo "$output"
	[[ ${lines[0]} == *"(#4.3.0)" ]]
	[ "${lines[1]}" = "status 111" ]
	[ "${lines[2]}" = "old" ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "qmail-local: a disk that fills up leaves nothing in a Maildir" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	head -c 300000 /dev/zero | tr '\0' x >>"$MSG"
	hand_over
	run unshare -m sh -c '
		mount -t tmpfs -o size=128k,mode=777 tmpfs "$0/Maildir" || exit 9
		mkdir -m 777 "$0/Maildir/tmp" "$0/Maildir/new"
		"$1" joe "$0" joe "" "" host s@t ./Maildir/ <"$2"
		echo "status $?"
		find "$0/Maildir" -type f' "$JOE" "$BIN/qmail-local" "$MSG"
	echo "$output"
	[[ ${lines[0]} == *"(#4.3.0)" ]]
	[ "${lines[1]}" = "status 111" ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "qmail-local: the program named by QMAILQUEUE gets copy and variables" {
	cat >"$QMAILHOME/queue-it" <<-'EOF'
		#!/bin/sh
		exec 3<&1 >"$HOME/queued"
		echo "$LOCAL $DEFAULT $NEWSENDER"
		cat
		tr '\0' '|' <&3
	EOF
	chmod 755 "$QMAILHOME/queue-it"
	printf '&a@b\nc d@e\n' >"$JOE/.qmail-default"
	: >"$JOE/.qmail-x-owner"
	QMAILQUEUE=$QMAILHOME/queue-it run local_deliver - x
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "did 0+2+0" ]
	[[ ${lines[1]} =~ ^qp\ [0-9]+$ ]]
	run cat "$JOE/queued"
	[ "${lines[0]}" = "joe-x x joe-x-owner@host.example" ]
	[ "${lines[1]}" = "Delivered-To: joe-x@host.example" ]
	[ "${lines[2]}" = "Subject: hi" ]
	[ "${lines[4]}" = "Fjoe-x-owner@host.example|Ta@b|Tc d@e||" ]
}

@test "qmail-local: without qmail-queue forwarding is deferred" {
	QMAILQUEUE=$QMAILHOME/none run local_deliver '' '' s@t '&a@b'
	[ "$status" -eq 111 ]
	[[ $output == *"(#4.3.0)." ]]
}

@test "qmail-local: a message that cannot be read is not forwarded" {
	printf '#!/bin/sh\ncat >/dev/null; cat <&1 >"$HOME/queued"; exit 54\n' \
	    >"$QMAILHOME/queue-it"
	chmod 755 "$QMAILHOME/queue-it"
	QMAILQUEUE=$QMAILHOME/queue-it LINES_TO_DO='&a@b' \
	    run traced -P "$MSG" -e trace=pread64 \
	    -e inject=pread64:error=EIO:when=2
	[ "$status" -eq 111 ]
	[[ $output == *"cannot read message"*"(#4.3.0)." ]]
	[ ! -s "$JOE/queued" ]
}

@test "qmail-local: a .qmail file that may not be read defers, and is not passed over" {
	echo '&a@b' >"$JOE/.qmail-default"
	echo '&c@d' >"$JOE/.qmail-x"
	chmod 0 "$JOE/.qmail-x"
	run local_deliver - x
	[ "$status" -eq 111 ]
	[[ $output == *".qmail-x"*"(#4.3.0)" ]]
}

@test "qmail-local: an extension cannot climb out of the names that are meant" {
	mkdir "$JOE/.qmail-" "$JOE/private"
	echo '#' >"$QMAILHOME/evil"
	echo '#' >"$JOE/private/default"
	for ext in ../evil ../../evil /../evil private/ /../private/ \
	    //../private/x; do
		run local_deliver - "$ext"
		[ "$status" -eq 100 ]
		[[ $output == *"(#5.1.1)" ]]
	done
	# a folder made for the purpose is the user's wish
	echo '#' >"$JOE/.qmail-/default"
	run local_deliver - /
	[ "$status" -eq 100 ]
	run local_deliver -/ x
	[ "$status" -eq 0 ]
}

@test "qmail-local: a sender cannot define shell functions" {
	echo '|printf "%s" "$SENDER $LOCAL $EXT"' >"$JOE/.qmail-default"
	run local_deliver - '() { :;}; x' '() { :;}; echo bad'
	[ "$status" -eq 0 ]
	[[ $output == "_() { :;}; echo bad joe-() { :;}; x _() { :;}; x"* ]]
}

@test "qmail-local: DEFAULT is not inherited" {
	echo '|echo "${DEFAULT-unset} $OTHER"' >"$JOE/.qmail"
	DEFAULT=evil OTHER=kept run local_deliver '' ''
	[ "${lines[0]}" = "unset kept" ]
}

@test "qmail-local: programs have default signals and three descriptors" {
	cat >"$JOE/.qmail" <<-'EOF'
		|grep SigIgn /proc/self/status; umask; ls /proc/self/fd | wc -l
	EOF
	run local_deliver '' ''
	[[ ${lines[0]} =~ ^SigIgn:.*0{7}$ ]]
	[ "${lines[1]}" = 0077 ]
	[ "${lines[2]}" -eq 4 ] # ls itself reads the directory
}

@test "qmail-local: a header line of any length is searched in little memory" {
	skip_if_sanitized
	truncate -s 1G "$MSG"
	echo '#' >"$JOE/.qmail"
	hand_over
	run bash -c 'ulimit -v 60000; exec "$0" "$@"' "$BIN/qmail-local" joe \
	    "$JOE" joe '' '' host s@t ./Mailbox <"$MSG"
	[ "$output" = "did 0+0+0" ]
}

@test "qmail-local: a message that is no file is deferred" {
	hand_over
	run bash -c 'echo x | "$0" joe "$1" joe "" "" host s@t ./Mailbox' \
	    "$BIN/qmail-local" "$JOE"
	[ "$status" -eq 111 ]
	[[ $output == *"(#4.3.0)" ]]
	[ ! -e "$JOE/Mailbox" ]
}

@test "qmail-local: the summary never ends up in a mailbox" {
	hand_over
	"$BIN/qmail-local" joe "$JOE" joe '' '' host s@t ./Mailbox <"$MSG" \
	    >&- 2>&-
	[ "$(grep -c did "$JOE/Mailbox")" -eq 0 ]
	[ "$(tail -n 2 "$JOE/Mailbox")" = body ]
}

@test "qmail-local: -n needs no message and changes nothing" {
	printf './Mailbox\n|touch x\n&a@b\n' >"$JOE/.qmail"
	hand_over
	run "$BIN/qmail-local" -n joe "$JOE" joe '' '' host s@t x <&-
	[ "$status" -eq 0 ]
	[ "${lines[3]}" = "did 1+1+1" ]
	[ ! -e "$JOE/Mailbox" ]
	[ ! -e "$JOE/x" ]
}
