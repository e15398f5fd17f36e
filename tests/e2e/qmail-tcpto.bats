# SPDX-License-Identifier: ISC
# qmail-tcpto and qmail-tcpok
bats_require_minimum_version 1.5.0
load ../support/home
load ../support/corpora
load ../support/options

setup() {
	home_create
	LOCK=$QMAILHOME/queue/lock
}
teardown() { home_destroy; }

# record INDEX BYTES: printf escapes into the table for IPv4
record() {
	printf '%b' "$2" | dd of="$LOCK/tcpto" bs=16 seek="$1" conv=notrunc status=none
}

# 192.0.2.31 twice at 1795166386, 192.0.2.35 once, a cleared one between
fill() {
	record 0 '\xc0\x00\x02\x1f\x02\0\0\0\xb2\x10\x00\x6b\0\0\0\0'
	record 1 '\xc0\x00\x02\x20\x00\0\0\0\xb2\x10\x00\x6b\0\0\0\0'
	record 63 '\xc0\x00\x02\x23\x01\0\0\0\xb2\x10\x00\x6b\0\0\0\0'
	head -c 2048 /dev/zero >"$LOCK/tcpto6"
	printf '\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7\3\0\0\0\xb2\x10\x00\x6b' |
	    dd of="$LOCK/tcpto6" bs=32 seek=5 conv=notrunc status=none
	if [ "$(id -u)" -eq 0 ]; then chown nobody "$LOCK"/tcpto*; fi
}

@test "qmail-tcpto: recorded tables" {
	local name
	corpus_unpack queues
	for name in rich-1 rich-3; do
		corpus_queue "$name" "$BATS_TEST_TMPDIR/$name"
		"$BIN/qmail-tcpto" --queue "$BATS_TEST_TMPDIR/$name/queue" \
		    --now "$(/usr/bin/python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["epoch"])' "$CORPUS/$name/meta.json")" |
		    cmp - "$CORPUS/$name/tcpto.out"
	done
}

@test "qmail-tcpto: IPv6 hosts come after the others" {
	fill
	run "$BIN/qmail-tcpto" --now 1795166400
	[ "$status" -eq 0 ]
	[ "$output" = '192.0.2.31 timed out 14 seconds ago; # recent timeouts: 2
192.0.2.35 timed out 14 seconds ago; # recent timeouts: 1
2001:db8::7 timed out 14 seconds ago; # recent timeouts: 3' ]
	run "$BIN/qmail-tcpto" whatever --now 1795166385
	[ "${lines[0]}" = '192.0.2.31 timed out 18446744073709551615 seconds ago; # recent timeouts: 2' ]
}

@test "qmail-tcpto: JSON says who is skipped" {
	fill
	run "$BIN/qmail-tcpto" --json --now 1795166400
	[ "${lines[0]}" = '{"ip":"192.0.2.31","when":1795166386,"ago":14,"count":2,"skipped":true,"skip_until_min":1795170226,"skip_until_max":1795172210}' ]
	[[ ${lines[1]} == *'"count":1,"skipped":false,'* ]]
	"$BIN/qmail-tcpto" --json | "$BATS_TEST_DIRNAME/../support/schema.py" \
	    "$BATS_TEST_DIRNAME/../../doc/schema/qmail-tcpto.json"
}

@test "qmail-tcpto: an empty table prints nothing, a missing one is trouble" {
	run "$BIN/qmail-tcpto"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	rm "$LOCK/tcpto"
	run --separate-stderr "$BIN/qmail-tcpto"
	[ "$status" -eq 111 ]
	[ "$output" = 'fatal: unable to open tcpto: No such file or directory' ]
	run "$BIN/qmail-tcpto" --queue "$QMAILHOME/nowhere"
	[ "$status" -eq 111 ]
	[ "$output" = 'fatal: unable to chdir: No such file or directory' ]
}

@test "qmail-tcpto: a table of 32-byte records of another qmail is understood" {
	head -c 2048 /dev/zero >"$LOCK/tcpto"
	printf '\x02\0\0\0\2\0\0\0\xb2\x10\x00\x6b\0\0\0\0\xc0\0\2\x1f' |
	    dd of="$LOCK/tcpto" bs=32 seek=0 conv=notrunc status=none
	printf '\x0a\0\0\0\1\0\0\0\xb2\x10\x00\x6b\0\0\0\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7' |
	    dd of="$LOCK/tcpto" bs=32 seek=63 conv=notrunc status=none
	run "$BIN/qmail-tcpto" --now 1795166400
	[ "$output" = '192.0.2.31 timed out 14 seconds ago; # recent timeouts: 2
2001:db8::7 timed out 14 seconds ago; # recent timeouts: 1' ]
	run "$BIN/qmail-tcpok"
	[ "$status" -eq 0 ]
	cmp "$LOCK/tcpto" <(head -c 2048 /dev/zero)
}

@test "qmail-tcpok: clears both tables and keeps their sizes" {
	fill
	run "$BIN/qmail-tcpok"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	cmp "$LOCK/tcpto" <(head -c 1024 /dev/zero)
	cmp "$LOCK/tcpto6" <(head -c 2048 /dev/zero)
}

@test "qmail-tcpok: of some hosts only the count is cleared" {
	fill
	run "$BIN/qmail-tcpok" 192.0.2.31 2001:db8::7 203.0.113.1
	[ "$status" -eq 0 ]
	run "$BIN/qmail-tcpto" --now 1795166400
	[ "$output" = '192.0.2.35 timed out 14 seconds ago; # recent timeouts: 1' ]
	[ "$(head -c 16 "$LOCK/tcpto" | od -An -tx1)" = " c0 00 02 1f 00 00 00 00 b2 10 00 6b 00 00 00 00" ]
}

@test "qmail-tcpok: what it cannot do, and without a table for IPv6" {
	fill
	rm "$LOCK/tcpto6"
	"$BIN/qmail-tcpok"
	[ ! -e "$LOCK/tcpto6" ]
	rm "$LOCK/tcpto"
	run --separate-stderr "$BIN/qmail-tcpok"
	[ "$status" -eq 111 ]
	[ -z "$output" ]
	[ "$stderr" = "qmail-tcpok: fatal: unable to write $QMAILHOME/queue/lock/tcpto: No such file or directory" ]
	rm -r "$LOCK"
	run --separate-stderr "$BIN/qmail-tcpok"
	[ "$status" -eq 111 ]
	[ "$stderr" = "qmail-tcpok: fatal: unable to chdir to $QMAILHOME/queue/lock: No such file or directory" ]
}

@test "qmail-tcpok: run by root it is the owner of the table who clears it" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	fill
	echo precious >"$BATS_TEST_TMPDIR/file"
	chown root "$QMAILHOME"
	rm "$LOCK/tcpto"
	ln -s "$BATS_TEST_TMPDIR/file" "$LOCK/tcpto"
	chown -h nobody "$LOCK/tcpto"
	run "$BIN/qmail-tcpok"
	[ "$status" -eq 111 ]
	[ "$(cat "$BATS_TEST_TMPDIR/file")" = precious ]
}

@test "qmail-tcpto, qmail-tcpok: help names what the manual pages name" {
	options_match_page qmail-tcpto 8
	options_match_page qmail-tcpok 8
}
