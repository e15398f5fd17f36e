# SPDX-License-Identifier: ISC
# Whatever happens to qmail-todo at any of its system calls: messages stay in
# todo/ or are preprocessed in full, and a restart brings them all there.
load ../support/home

setup() {
	home_create
	echo virt.example:alice-v >"$QMAILHOME/control/virtualdomains"
}
teardown() { home_destroy; }

walk() {
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/../support/todo_peer.py" "$1"
	if [ "$output" = skip ]; then skip "system calls cannot be traced"; fi
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "qmail-todo: killed before and after each system call" {
	walk kill_walk
}
@test "qmail-todo: each system call fails, for four reasons" {
	walk errno_walk
}
@test "qmail-todo: each read and write is a short one" {
	walk short_walk
}
