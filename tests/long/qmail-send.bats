# SPDX-License-Identifier: ISC
# As tests/fault/qmail-send.bats, at every call and for more reasons.
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

@test "qmail-send: killed before and after each system call" {
	walk kill
}

@test "qmail-send: each system call fails, for six reasons" {
	for name in EIO ENOSPC EINTR EMFILE ENOMEM EACCES; do
		walk "$name"
	done
}
