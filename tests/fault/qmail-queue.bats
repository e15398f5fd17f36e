# SPDX-License-Identifier: ISC
# qmail-queue killed at, or refused, each of its system calls.
load ../support/home
load ../support/queue_walk

setup() {
	walk_fast
	walk_has_ptrace || skip "no ptrace here"
	home_create 3
	msg=$BATS_TEST_TMPDIR/msg env=$BATS_TEST_TMPDIR/env
	want=$BATS_TEST_TMPDIR/want
	{ echo 'Subject: walk'; echo; seq 500; } >"$msg"
	printf 'Fann@a.example\0Tbob@r.example\0Tcal@r.example\0\0' >"$env"
	head -c -1 "$env" >"$want"
}

teardown() { home_destroy; }

submit() { walk_run "$@" -- "$BIN/qmail-queue" <"$msg" 1<"$env"; }

count_calls() {
	walk_calls -- "$BIN/qmail-queue" <"$msg" 1<"$env"
	[ "$walk_status" -eq 0 ]
	check_accepted
	queue_wipe
	walk_find linkat
	link_at=$at
	walk_from alarm
}

check_accepted() {
	queue_state
	[ "$state" = "mess intd todo" ]
	queue_message_is "$msg"
	queue_envelope_is "$want"
}

# A killed run: any step of the way, and never a todo/ without all the rest.
check_killed() {
	queue_state
	case $state in
	"" | pid | "pid mess" | mess | "mess intd") ;;
	"mess intd todo") check_accepted ;;
	*) echo "call $1 ${walk_call[$1]}: state $state" && return 1 ;;
	esac
}

# A run that was refused call $1: accepted and complete, or not there at all.
check_refused() {
	queue_state
	if [ "$walk_status" -eq 0 ]; then
		check_accepted && return
	elif [ "$walk_status" -eq 66 ] && [ "$1" -gt "$link_at" ]; then
		check_accepted && return
	elif [ "$walk_status" -gt 11 ] && [ -z "$state" ]; then
		return
	fi
	echo "call $1 ${walk_call[$1]} $2: exit $walk_status, state $state"
	return 1
}

kill_walk() {
	local n
	count_calls
	for n in "${!walk_call[@]}"; do
		submit -b "$n"
		[ "$walk_status" -eq 137 ]
		check_killed "$n"
		queue_wipe
		submit -a "$n"
		check_killed "$n"
		if [ "$n" -ge "$link_at" ]; then check_accepted; fi
		queue_wipe
	done
}

errno_walk() {
	local n
	count_calls
	for n in "${!walk_call[@]}"; do
		submit -e "$n:$1"
		check_refused "$n" "$1"
		queue_wipe
	done
}

@test "killed before and after every call: only legal states" {
	kill_walk
}

@test "the same where todo is split" {
	queue_split_todo
	kill_walk
}

@test "ENOSPC at every call: accepted and complete, or nothing left" {
	errno_walk ENOSPC
}

@test "EIO at every call" { errno_walk EIO; }

@test "EINTR at every call" { errno_walk EINTR; }

@test "EMFILE at every call" { errno_walk EMFILE; }

@test "EIO at every call where todo is split" {
	queue_split_todo
	errno_walk EIO
}

@test "short reads and writes change nothing" {
	local n
	count_calls
	for n in "${!walk_call[@]}"; do
		case ${walk_call[n]} in read | write) ;; *) continue ;; esac
		submit -r "$n"
		[ "$walk_status" -eq 0 ]
		check_accepted
		queue_wipe
	done
}

@test "a file system that cannot rename without replacing is served" {
	count_calls
	walk_find renameat2
	submit -e "$at:EINVAL"
	[ "$walk_status" -eq 0 ]
	check_accepted
}

@test "exit codes of refused calls" {
	local -A want_status=([fsync]=53 [write]=53 [renameat2]=64 [linkat]=66)
	local n
	count_calls
	for n in "${!walk_call[@]}"; do
		status=${want_status[${walk_call[n]}]-}
		# the last fsync is that of todo/, the last write the trigger's
		if [ -z "$status" ] || [ "$n" -gt "$link_at" ]; then continue; fi
		submit -e "$n:EIO"
		[ "$walk_status" -eq "$status" ]
		queue_state
		[ -z "$state" ]
	done
}

@test "a sync of todo/ that fails is exit 66 and keeps the message" {
	local n
	count_calls
	for n in "${!walk_call[@]}"; do
		if [ "${walk_call[n]}" = fsync ] && [ "$n" -gt "$link_at" ]; then
			submit -e "$n:EIO"
			[ "$walk_status" -eq 66 ]
			check_accepted
			return
		fi
	done
	false
}
