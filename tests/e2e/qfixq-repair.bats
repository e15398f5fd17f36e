# SPDX-License-Identifier: ISC
# qfixq repair: damaged queues are repaired, taken back, and drained by the mail
# system with nothing lost and nothing twice.
load ../support/home
load ../support/world

setup() {
	world_create
	host_create one ann
	queue=$world/one/queue
	for i in 1 2 3 4 5 6; do
		printf 'X-Ledger: %s\n\nbody %s\n' "$i" "$i" |
		    on one qmail-inject -f s@one.example ann@one.example
		echo "$i"
	done >"$world/accepted"
	ledger=$(dirname "$BATS_TEST_FILENAME")/../support/ledger.py
}

teardown() { world_destroy; }

fixq() { on one qfixq "$@"; }

# what a repair and its undo must leave: all but change times and directory times
tree() {
	find "$queue" -mindepth 1 -path "$queue/qfixq" -prune -o \
	    -type d -printf '%P %i %m %u %g\n' -o \
	    -printf '%P %i %m %u %g %n %s %T@\n' | sort
}

arrived() {
	[ "$("$ledger" "$world/accepted" "$world/one/people/ann/Maildir" --count)" = 6 ]
}

drains() {
	on one qmailctl start >/dev/null
	wait_for 20 arrived
	on one qmailctl stop >/dev/null
	"$ledger" "$world/accepted" "$world/one/people/ann/Maildir"
}

# repairs, once more (which changes nothing), takes it back, repairs and drains
repairs() {
	local before after status=0
	before=$(tree)
	fixq -q repair -y || status=$?
	[ "$status" -eq 1 ]
	after=$(tree)
	fixq -q repair -y
	[ "$(tree)" = "$after" ]
	fixq -q undo "$(fixq journal)"
	[ "$(tree)" = "$before" ]
	fixq -q repair -y || [ $? -eq 1 ]
	fixq -q check
	drains
}

bodies() { (cd "$queue" && ls -d mess/*/*); }

@test "two messages whose bodies have exchanged their names" {
	local -a body
	mapfile -t body < <(bodies)
	local a=${body[0]##*/} b=${body[1]##*/} kind from to
	# whole sets: the envelope goes with the body
	for kind in mess todo intd; do
		from=$(find "$queue/$kind" -name "$a")
		to=$(find "$queue/$kind" -name "$b")
		mv -T "$from" "$queue/x"
		mv -T "$to" "$from"
		mv -T "$queue/x" "$to"
	done
	repairs
}

@test "restored by cp, without inode numbers" {
	cp -a "$queue" "$queue.copy"
	rm -rf "$queue"
	mv "$queue.copy" "$queue"
	repairs
}

@test "restored by tar" {
	tar -C "$world/one" -cf "$world/backup" queue
	rm -rf "$queue"
	tar -C "$world/one" -xpf "$world/backup"
	repairs
}

@test "bodies in the wrong subdirectory" {
	local file other
	for file in $(bodies); do
		other=$(((${file##*/} + 1) % 23))
		mv "$queue/$file" "$queue/mess/$other/"
	done
	repairs
}

@test "a bounce text of an earlier message, and no trigger" {
	local file
	file=$(bodies | head -n 1)
	echo secret | as_owner tee "$queue/bounce/${file##*/}" >/dev/null
	rm "$queue/lock/trigger"
	repairs
}

@test "hold hides a message, release brings it back" {
	local file
	file=$(bodies | head -n 1)
	fixq -q hold "${file##*/}"
	[ ! -e "$queue/$file" ]
	[ -e "$queue/qfixq/hold/${file##*/}/$file" ]
	fixq -q release "${file##*/}"
	drains
}

refused() {
	local status=0
	fixq "$@" 2>/dev/null || status=$?
	[ "$status" -eq 8 ]
}

@test "nothing is written while qmail-send is at work" {
	on one qmailctl start >/dev/null
	refused repair -y
	[ ! -e "$queue/qfixq" ]
	refused hold 1
	on one qmailctl stop >/dev/null
}
