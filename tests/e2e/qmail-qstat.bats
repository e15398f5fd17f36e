# SPDX-License-Identifier: ISC
bats_require_minimum_version 1.5.0
load ../support/home
load ../support/corpora
load ../support/options

setup() {
	home_create
	Q=$QMAILHOME/queue
}
teardown() { home_destroy; }

fill() {
	touch "$Q"/mess/{0/23,1/24,1/junk} "$Q/mess/core" "$Q"/todo/{5,6} \
	    "$Q"/info/0/23 "$Q"/pid/1.2.3
	mkdir "$Q/mess/2/25"
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$Q"; fi
}

@test "qmail-qstat: recorded queues" {
	local name
	corpus_unpack queues
	for name in rich-1 rich-3; do
		corpus_queue "$name" "$BATS_TEST_TMPDIR/$name"
		"$BIN/qmail-qstat" --queue "$BATS_TEST_TMPDIR/$name/queue" |
		    cmp - "$CORPUS/$name/qstat.out"
	done
}

@test "qmail-qstat: every file counts, no directory does" {
	fill
	run "$BIN/qmail-qstat" whatever
	[ "$status" -eq 0 ]
	[ "$output" = $'messages in queue: 4
messages in queue but not yet preprocessed: 2' ]
}

@test "qmail-qstat: split todo" {
	mkdir "$Q"/{todo,intd}/{0..22}
	touch "$Q"/todo/{0/23,1/24}
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$Q"; fi
	run "$BIN/qmail-qstat"
	[ "${lines[1]}" = 'messages in queue but not yet preprocessed: 2' ]
}

@test "qmail-qstat: JSON and the other files" {
	fill
	run "$BIN/qmail-qstat" --json
	[ "$output" = '{"mess":4,"todo":2}' ]
	run "$BIN/qmail-qstat" --all --format json
	[ "$output" = '{"mess":4,"todo":2,"intd":0,"info":1,"local":0,"remote":0,"bounce":0,"pid":1}' ]
	run "$BIN/qmail-qstat" -a
	[ "${lines[3]}" = 'info: 1' ]
	rmdir "$Q/bounce"
	"$BIN/qmail-qstat" -a --json | "$BATS_TEST_DIRNAME/../support/schema.py" \
	    "$BATS_TEST_DIRNAME/../../doc/schema/qmail-qstat.json"
}

@test "qmail-qstat: an unreadable directory is told, the rest counts" {
	fill
	rmdir "$Q/mess/9"
	run --separate-stderr "$BIN/qmail-qstat"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'messages in queue: 4' ]
	[ "$stderr" = 'qmail-qstat: warning: cannot open directory mess/9: No such file or directory' ]
	run "$BIN/qmail-qstat" --strict
	[ "$status" -eq 111 ]
}

@test "qmail-qstat: who may not look sees nothing" {
	local other=(setpriv --reuid=12345 --regid=12345 --clear-groups)
	fill
	[ "$(id -u)" -eq 0 ] || other=()
	chmod 0 "$Q"
	run --separate-stderr "${other[@]}" "$BIN/qmail-qstat"
	chmod 0700 "$Q"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'messages in queue: 0' ]
	[[ $stderr == 'qmail-qstat: warning: '*'Permission denied' ]]
}

@test "qmail-qstat: a missing home is an error" {
	QMAILHOME=/nonexistent run --separate-stderr "$BIN/qmail-qstat"
	[ "$status" -eq 111 ]
	[ -z "$output" ]
	[[ $stderr == 'qmail-qstat: fatal: '*'/nonexistent'* ]]
}

@test "qmail-qstat: help names what the manual page names" {
	options_match_page qmail-qstat 8
}
