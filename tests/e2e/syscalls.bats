# SPDX-License-Identifier: ISC
# What a message may cost: system calls, which are the same on every machine,
# never time.
load ../support/home

setup() {
	home_create
	need_strace
	skip_if_sanitized
	mkdir -p "$QMAILHOME/user" "$QMAILHOME/log/send"
	echo ./Maildir/ >"$QMAILHOME/user/.qmail"
	"$BIN/maildirmake" "$QMAILHOME/user/Maildir"
	printf '=load:%s:%s:%s:%s:::\n.\n' "$(home_owner)" \
	    "$(id -u "$(home_owner)")" "$(id -g "$(home_owner)")" \
	    "$QMAILHOME/user" >"$QMAILHOME/users/assign"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R "nobody:$(id -gn nobody)" "$QMAILHOME"
	fi
	"$BIN/qmail-newu"
}
teardown() {
	"$BIN/qmailctl" stop >/dev/null 2>&1 || true
	home_destroy
}

daemons() {
	local p
	for p in /proc/[0-9]*; do
		if { tr '\0' '\n' <"$p/environ"; } 2>/dev/null |
		    grep -qx "QMAILHOME=$QMAILHOME" &&
		    grep -q '^qmail-' "$p/comm" 2>/dev/null; then
			echo "${p#/proc/}"
		fi
	done
}

arrived() { [ "$(find "$QMAILHOME/user/Maildir/new" -type f | wc -l)" -eq "$1" ]; }
calm() { [ -z "$(find "$QMAILHOME/queue/mess" -type f)" ]; }

# qmail-todo stands still while messages are injected, so that they come in
# groups as they do under load; one at a time they cost about a tenth more.
@test "a local message: at most 110 calls of the daemons, 60 of qmail-queue" {
	local pids attach=() pid tracer todo
	"$BIN/qmailctl" start 3>&-
	pids=$(daemons)
	for pid in $pids; do attach+=(-p "$pid"); done
	: >"$QMAILHOME/run/accepted"
	chmod 666 "$QMAILHOME/run/accepted"
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" "${attach[@]}" 3>&- &
	tracer=$!
	wait_for 10 test -s "$BATS_TEST_TMPDIR/trace" || true
	todo=$(for pid in $pids; do
		if grep -qx qmail-todo "/proc/$pid/comm"; then echo "$pid"; fi
	done)
	kill -STOP "$todo"
	"${OWNER[@]}" strace -f -qq -o "$QMAILHOME/run/calls" "$TESTBIN/inject" \
	    "$BIN/qmail-queue" queue 4 120 1000 "$QMAILHOME/run/accepted" \
	    s@x.example load@local.example
	kill -CONT "$todo"
	wait_for 60 arrived 120
	wait_for 10 calm
	kill "$tracer"
	wait "$tracer" || true
	# shellcheck disable=SC2086 # a list of numbers
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/../support/count_calls.py" 120 \
	    "$BATS_TEST_TMPDIR/trace" "$QMAILHOME/run/calls" $pids
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ "daemon side together: "([0-9]+)\.[0-9]" calls, 0 failing unlinks" ]]
	[ "${BASH_REMATCH[1]}" -le 110 ]
	[[ $output =~ qmail-queue\ +([0-9]+)\.[0-9]\ calls ]]
	[ "${BASH_REMATCH[1]}" -le 60 ]
}
