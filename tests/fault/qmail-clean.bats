# SPDX-License-Identifier: ISC
# qmail-clean killed at, or refused, each of its system calls.
load ../support/home
load ../support/queue_walk

setup() {
	walk_fast
	walk_has_ptrace || skip "no ptrace here"
	home_create 3
	answers=$BATS_TEST_TMPDIR/answers
}

teardown() { home_destroy; }

# A message in state S4 (or S2 with an intd, for foop), id 457 = 1 mod 3
put_message() {
	local q=$QMAILHOME/queue
	echo mess >"$q/mess/1/457"
	echo env >"$q/intd/457"
	if [ "$1" = todo ]; then ln "$q/intd/457" "$q/todo/457"; fi
	if [ "$(id -u)" -eq 0 ]; then chown nobody "$q"/{mess/1,intd}/457; fi
}

clean() { walk_run "${@:2}" -- "$BIN/qmail-clean" <"$1" >"$answers"; }

count_calls() {
	printf '%s/457\0' "$1" >"$BATS_TEST_TMPDIR/request"
	request=$BATS_TEST_TMPDIR/request
	put_message "$1"
	walk_calls -- "$BIN/qmail-clean" <"$request" >"$answers"
	[ "$(<"$answers")" = + ]
	walk_from chdir
	queue_wipe
}

# Whatever happens the order is kept: intd goes first.
check() {
	queue_state
	case $1,$state in
	todo,"mess intd todo" | todo,"mess todo" | todo,mess) ;;
	foop,"mess intd" | foop,mess | foop,"") ;;
	*) echo "call $2: state $state" && return 1 ;;
	esac
	# the answer never promises more than was done
	if [ "$(<"$answers")" = + ]; then
		case $1,$state in todo,mess | foop,"") ;; *) return 1 ;; esac
	fi
}

kill_walk() {
	local n when
	count_calls "$1"
	for n in "${!walk_call[@]}"; do
		for when in -b -a; do
			put_message "$1"
			clean "$request" "$when" "$n"
			check "$1" "$n"
			queue_wipe
		done
	done
}

errno_walk() {
	local n error
	count_calls "$1"
	for error in ENOSPC EIO EINTR EMFILE; do
		for n in "${!walk_call[@]}"; do
			put_message "$1"
			clean "$request" -e "$n:$error"
			check "$1" "$n"
			# what could not be done is done when asked again
			clean "$request"
			[ "$(<"$answers")" = + ]
			check "$1" "$n"
			queue_wipe
		done
	done
}

@test "todo: killed before and after every call" { kill_walk todo; }

@test "foop: killed before and after every call" { kill_walk foop; }

@test "todo: an error at every call" { errno_walk todo; }

@test "foop: an error at every call" { errno_walk foop; }
