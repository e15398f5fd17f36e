# SPDX-License-Identifier: ISC
# qfixq repair killed at, or refused, each call that changes the queue.
load ../support/home
load ../support/queue_walk

setup() {
	walk_fast
	walk_has_ptrace || skip "no ptrace here"
	# thousands of syncs: in memory where that is possible
	work=$(mktemp -d -p /dev/shm qfixq-XXXXXX 2>/dev/null) ||
	    work=$(mktemp -d -p "$BATS_TEST_TMPDIR")
	queue=$work/queue
}

teardown() { rm -rf "$work"; }

# 3 healthy messages; two bodies have exchanged names, one file is in the wrong
# subdirectory, one bounce text and one special file need repair.
make_damage() {
	rm -rf "$queue"
	"$TESTBIN/mkqueue" "$queue" 3 2
	cd "$queue"
	local -a body
	mapfile -t body < <(ls -i mess/*/* | sort -n | awk '{print $2}')
	mv "${body[0]}" x
	mv "${body[1]}" "${body[0]}"
	mv x "${body[1]}"
	echo '<a@b.example>: no' >bounce/77
	rm lock/trigger
	cp -p "${body[2]}" y
	mv y "${body[2]}"
	cd - >/dev/null
	digest=$(bodies)
}

# of all bodies, wherever they are: queue, staging, hold or quarantine
bodies() {
	find "$queue" -type f -exec grep -lZ '^Received: (qmail ' {} + |
	    xargs -0 sha256sum | cut -d' ' -f1 | sort | sha256sum
}

repair() { walk_run "$@" -- "$BIN/qfixq" -Q "$queue" repair -y >/dev/null 2>&1; }

is_clean() {
	local status=0
	"$BIN/qfixq" -q -Q "$queue" check >/dev/null || status=$?
	if [ "$status" -ne 0 ]; then
		echo "$1: check says $status"
		"$BIN/qfixq" -Q "$queue"
		return 1
	fi
	[ "$(bodies)" = "$digest" ]
}

count_calls() {
	make_damage
	walk_calls -t mutating -- "$BIN/qfixq" -Q "$queue" repair -y >/dev/null 2>&1
	[ "$walk_status" -eq 1 ]
	is_clean undisturbed
}

# some N: every Nth call; all of them with QFIXQ_WALK=1, which takes minutes
some() {
	local n step=${QFIXQ_WALK:-$1}
	for n in "${!walk_call[@]}"; do
		if [ $((n % step)) -eq 0 ]; then echo "$n"; fi
	done
}

@test "repair: killed before and after every call, then recover and repair" {
	count_calls
	for n in $(some 23); do
		for when in -b -a; do
			make_damage
			repair "$when" "$n" -t mutating
			"$BIN/qfixq" -Q "$queue" recover 2>/dev/null
			# recovering a second time has nothing to do
			"$BIN/qfixq" -Q "$queue" recover 2>/dev/null
			"$BIN/qfixq" -q -Q "$queue" repair -y >/dev/null || [ $? -eq 1 ]
			is_clean "call $n ${walk_call[n]} $when"
		done
	done
}

@test "repair: an error at every call" {
	count_calls
	for error in ENOSPC EIO EROFS; do
		for n in $(some 61); do
			make_damage
			repair -e "$n:$error" -t mutating
			"$BIN/qfixq" -q -Q "$queue" repair -y >/dev/null 2>&1 || [ $? -eq 1 ]
			is_clean "$error at call $n ${walk_call[n]}"
		done
	done
}

@test "recover: killed before every call" {
	count_calls
	renames=()
	for n in "${!walk_call[@]}"; do
		if [ "${walk_call[n]}" = renameat2 ]; then renames+=("$n"); fi
	done
	# in the middle of the exchange
	middle=${renames[${#renames[@]} / 2]}
	make_damage
	repair -a "$middle" -t mutating
	walk_calls -t mutating -- "$BIN/qfixq" -Q "$queue" recover 2>/dev/null
	for n in $(some 5); do
		make_damage
		repair -a "$middle" -t mutating
		walk_run -b "$n" -t mutating -- "$BIN/qfixq" -Q "$queue" recover 2>/dev/null
		"$BIN/qfixq" -Q "$queue" recover 2>/dev/null
		"$BIN/qfixq" -q -Q "$queue" repair -y >/dev/null || [ $? -eq 1 ]
		is_clean "call $n of recover"
	done
}

@test "random damage is repaired, and taken back exactly" {
	BIN=$BIN TESTBIN=$TESTBIN TMPDIR=$work \
	    "${BATS_TEST_DIRNAME:-tests/fault}/qfixq-random" --seconds 15 60
}
