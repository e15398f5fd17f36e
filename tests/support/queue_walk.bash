# SPDX-License-Identifier: ISC
# For bats files that go through every system call of a program of the queue.
# Load after home. The queue is $QMAILHOME/queue; nothing here forks where a
# test calls it for each system call.
#
#	walk_has_ptrace || skip
#	walk_fast			first in setup: ten times faster, at the
#					price of the line number of a failure
#	walk_run [KILLWALK OPTION...] -- COMMAND [ARG...]	sets $walk_status
#	walk_calls -- COMMAND [ARG...]	runs undisturbed, sets walk_call[N]=NAME
#	walk_find NAME, walk_from NAME	see below
#	queue_state			sets $state: "mess intd todo" for example
#	queue_message_is FILE		the one message in mess/ is FILE
#	queue_envelope_is FILE		the one file in todo/ has FILE's records
#	queue_wipe			removes all messages

: "${TESTBIN:=${BIN%/bin}/tests/bin}"

# the leak detector cannot work beside another tracer
export ASAN_OPTIONS=detect_leaks=0

walk_has_ptrace() {
	"$TESTBIN/killwalk" true 2>/dev/null
}

# bats traces each command by this trap
walk_fast() { trap - DEBUG; }

walk_run() {
	local options=()
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	shift
	walk_status=0
	"$TESTBIN/killwalk" "${options[@]}" "$@" || walk_status=$?
}

walk_calls() {
	local number name rest
	walk_run -o "$BATS_TEST_TMPDIR/trace" "$@"
	walk_call=()
	while read -r number name rest; do
		walk_call[number]=$name
	done <"$BATS_TEST_TMPDIR/trace"
	[ ${#walk_call[@]} -gt 0 ]
}

# walk_find NAME: sets $at to the number of the first such call
walk_find() {
	for at in "${!walk_call[@]}"; do
		if [ "${walk_call[at]}" = "$1" ]; then return; fi
	done
	return 1
}

# walk_from NAME: forgets the calls before the first such call: those of the
# dynamic loader and of sanitizers
walk_from() {
	local n
	walk_find "$1" || return 1
	for n in "${!walk_call[@]}"; do
		if [ "$n" -lt "$at" ] || [ "${walk_call[n]}" = sigaltstack ]; then
			unset "walk_call[n]"
		fi
	done
}

# Names of the kinds that have files, in the order of the state table.
queue_state() {
	local kind q=$QMAILHOME/queue
	local -a found files
	shopt -s nullglob
	for kind in pid mess intd todo info local remote bounce; do
		files=()
		for file in "$q/$kind"/* "$q/$kind"/*/*; do
			if [ ! -d "$file" ]; then files+=("$file"); fi
		done
		case ${#files[@]} in
		0) ;;
		1) found+=("$kind") ;;
		*) found+=("$kind*${#files[@]}") ;;
		esac
	done
	shopt -u nullglob
	state="${found[*]}"
}

# find_in KIND: sets $file to the only file of a kind, split or not
find_in() {
	local candidate
	file=
	for candidate in "$QMAILHOME/queue/$1"/* "$QMAILHOME/queue/$1"/*/*; do
		if [ -f "$candidate" ]; then file=$candidate; fi
	done
	[ -n "$file" ]
}

# The message behind its Received line.
queue_message_is() {
	find_in mess || return 1
	tail -n +2 "$file" | cmp -s - "$1" || return 1
	head -n 1 "$file" | grep -q '^Received: (qmail [0-9]* invoked '
}

# The records behind u and p, whose numbers nobody knows beforehand.
queue_envelope_is() {
	find_in todo || return 1
	sed -z '1{/^u[0-9]*$/d;};2{/^p[0-9]*$/d;}' "$file" | cmp -s - "$1"
}

queue_wipe() {
	local q=$QMAILHOME/queue
	shopt -s nullglob
	local file files=()
	for file in "$q"/{pid,mess,intd,todo,info,local,remote,bounce}/{*,*/*}; do
		if [ ! -d "$file" ]; then files+=("$file"); fi
	done
	shopt -u nullglob
	if [ ${#files[@]} -gt 0 ]; then rm -f "${files[@]}"; fi
}

# Makes the empty queue one with split todo and intd.
queue_split_todo() {
	local n q=$QMAILHOME/queue
	for n in "$q"/mess/*; do
		install -d -m 750 "$q/todo/${n##*/}"
		install -d -m 700 "$q/intd/${n##*/}"
	done
	if [ "$(id -u)" -eq 0 ]; then
		chown --reference="$q/mess" "$q"/{todo,intd}/*
	fi
}
