# SPDX-License-Identifier: ISC
# For bats files: a private one-user instance in $QMAILHOME.
#
#	load ../support/home
#	setup() { home_create; }
#	teardown() { home_destroy; }
#
# As root the home belongs to nobody, and our programs become that user by
# themselves; "as_owner COMMAND" does the same for other commands.

home_owner() {
	if [ "$(id -u)" -eq 0 ]; then echo nobody; else id -un; fi
}

# the words that turn a command into one of the owner; for a command in the
# background, whose process id must be its own: "${OWNER[@]}" COMMAND &
OWNER=()
if [ "$(id -u)" -eq 0 ]; then
	OWNER=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi

as_owner() { "${OWNER[@]}" "$@"; }

# home_create [SPLIT]: empty queue, control/me and locals for local.example
home_create() {
	local split=${1:-23} q last
	QMAILHOME=$(mktemp -d "${TMPDIR:-/var/tmp}/qward-home-XXXXXX")
	export QMAILHOME
	q=$QMAILHOME/queue
	last=$((split - 1))
	mkdir "$q" "$q"/{pid,intd,todo,bounce,lock,mess,info,local,remote} \
	    "$QMAILHOME"/{control,users,alias,log,run}
	(cd "$q" && for d in mess info local remote; do
		seq -f "$d/%.0f" 0 $last
	done | xargs mkdir)
	: >"$q/lock/sendmutex"
	head -c 1024 /dev/zero >"$q/lock/tcpto"
	mkfifo -m 622 "$q/lock/trigger"
	chmod 0622 "$q/lock/trigger"
	chmod 0600 "$q/lock/sendmutex"
	echo local.example >"$QMAILHOME/control/me"
	echo local.example >"$QMAILHOME/control/locals"
	if [ "$(id -u)" -eq 0 ]; then chown -R "nobody:$(id -gn nobody)" "$QMAILHOME"; fi
	chmod 0755 "$QMAILHOME"
}

# record_queue: makes $RECORDER, a program that takes the place of qmail-queue
# (for $QMAILQUEUE, or linked to HOME/bin/qmail-queue) and leaves what it was
# given in $REC/message and $REC/envelope; when the envelope does not end as it
# should, nothing and status 54. It writes $SAY (printf %b) to descriptor 6 and
# exits with $RESULT.
record_queue() {
	export REC=$QMAILHOME/run RECORDER=$QMAILHOME/recorder
	cat >"$RECORDER" <<-'END'
		#!/bin/sh
		cat >"$REC/message.$$"; cat <&1 >"$REC/envelope.$$"
		if [ -n "$SAY" ]; then printf '%b' "$SAY" >&6; fi
		case $(tail -c 1 "$REC/envelope.$$" | od -An -tx1) in
		*00) ;;
		*) rm "$REC/message.$$" "$REC/envelope.$$"; exit 54 ;;
		esac
		mv "$REC/message.$$" "$REC/message"
		mv "$REC/envelope.$$" "$REC/envelope"
		exit ${RESULT:-0}
	END
	chmod 755 "$RECORDER"
}

# envelope: the one that was recorded, readable
envelope() { tr '\0' '|' <"$REC/envelope"; }

home_destroy() {
	if [ -n "${QMAILHOME-}" ]; then rm -rf "$QMAILHOME"; fi
}

# need_strace: skips the test where programs cannot be traced. The leak detector
# of a sanitizer cannot work beside another tracer.
need_strace() {
	export ASAN_OPTIONS=detect_leaks=0
	strace -o /dev/null true 2>/dev/null || skip "strace does not work here"
}

# skip_if_sanitized: for what the calls and the memory of a sanitizer change
skip_if_sanitized() {
	if grep -q __asan_init "$BIN/qmail-queue"; then skip "sanitized"; fi
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails after SECONDS
wait_for() {
	local end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@"; do
		if [ "$(date +%s%N)" -gt "$end" ]; then return 1; fi
		sleep 0.02
	done
}
