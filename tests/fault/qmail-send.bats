# SPDX-License-Identifier: ISC
# Whatever happens to qmail-send at any of its system calls: mail is delivered,
# failures are told, the queue ends empty. Here each few calls; all of them in
# tests/long.
load ../support/home

setup() { home_create; }
teardown() { home_destroy; }

walk() {
	run as_owner /usr/bin/python3 -B \
	    "$BATS_TEST_DIRNAME/../support/send_walk.py" "$@"
	if [ "$output" = skip ]; then skip "system calls cannot be traced"; fi
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "qmail-send: killed before and after system calls" {
	walk kill 17
}

@test "qmail-send: system calls fail for lack of space" {
	walk ENOSPC 19
}

@test "qmail-send: system calls fail with input/output errors" {
	walk EIO 23
}
