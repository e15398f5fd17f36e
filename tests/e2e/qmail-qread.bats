# SPDX-License-Identifier: ISC
load ../support/home
load ../support/corpora
load ../support/options

setup() {
	home_create
	Q=$QMAILHOME/queue
}
teardown() { home_destroy; }

# put PATH: standard input as a file of the owner
put() {
	cat >"$Q/$1"
	chmod 0600 "$Q/$1"
	if [ "$(id -u)" -eq 0 ]; then chown nobody "$Q/$1"; fi
	touch -d '2026-11-20 09:20:00Z' "$Q/$1"
}

# message ID: one with a local and a remote recipient
message() {
	printf '12345' | put "mess/$(($1 % 23))/$1"
	printf 'Fann@a.example\0' | put "info/$(($1 % 23))/$1"
	printf 'Tbob@b.example\0Dcarl@b.example\0' | put "local/$(($1 % 23))/$1"
	printf 'Tdan@d.example\0' | put "remote/$(($1 % 23))/$1"
}

TEXT_457=$'20 Nov 2026 09:20:00 GMT  #457  5  <ann@a.example> 
\tlocal\tbob@b.example
  done\tlocal\tcarl@b.example
\tremote\tdan@d.example'

sorted() { "$BATS_TEST_DIRNAME/../support/qread_blocks.py"; }

@test "qmail-qread: an empty queue prints nothing" {
	run "$BIN/qmail-qread"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "qmail-qread: recorded queues, byte for byte" {
	local name
	corpus_unpack queues
	for name in rich-1 rich-3; do
		corpus_queue "$name" "$BATS_TEST_TMPDIR/$name"
		"$BIN/qmail-qread" --queue "$BATS_TEST_TMPDIR/$name/queue" \
		    >"$BATS_TEST_TMPDIR/out"
		cmp <(sorted <"$BATS_TEST_TMPDIR/out") \
		    <(sorted <"$CORPUS/$name/qread.out")
		# and the subdirectories in their order
		cmp <(sed -n 's/.*#\([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/out" |
		    awk '{print $1 % 23}') \
		    <(sed -n 's/.*#\([0-9]*\) .*/\1/p' \
		        "$CORPUS/$name/qread.out" | awk '{print $1 % 23}')
	done
}

@test "qmail-qread: a recorded queue unpacked as root of nobody's files" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	corpus_unpack queues
	mkdir "$BATS_TEST_TMPDIR/q"
	tar -xzf "$CORPUS/rich-1/queue.tar.gz" -C "$BATS_TEST_TMPDIR/q" \
	    --no-same-owner
	"$BIN/qmail-qread" --queue "$BATS_TEST_TMPDIR/q/queue" | sorted |
	    cmp - <(sorted <"$CORPUS/rich-1/qread.out")
}

@test "qmail-qread: both channels, done and waiting" {
	message 457
	run "$BIN/qmail-qread"
	[ "$status" -eq 0 ]
	[ "$output" = "$TEXT_457" ]
}

@test "qmail-qread: arguments it does not know are ignored" {
	message 457
	run "$BIN/qmail-qread" -X what --ever
	[ "$status" -eq 0 ]
	[ "$output" = "$TEXT_457" ]
	run "$BIN/qmail-qread" what --strict
	[ "$status" -eq 2 ]
	[[ $output == "qmail-qread: fatal: unknown argument what"* ]]
}

@test "qmail-qread: strange bytes become underscores, bouncing is told" {
	printf 'x' | put mess/20/457
	printf 'Fa\033[2J\303\274\n@a.example\0' | put info/20/457
	printf 'T b\t\177@b.example\0Xnot shown\0T\0' | put remote/20/457
	printf 'y' | put bounce/457
	run "$BIN/qmail-qread"
	[ "${lines[0]}" = \
	    '20 Nov 2026 09:20:00 GMT  #457  1  <a_[2J___@a.example>  bouncing' ]
	[ "${lines[1]}" = $'\tremote\t b__@b.example' ]
	[ "${lines[2]}" = $'\tremote\t' ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "qmail-qread: split todo, other split" {
	home_destroy
	home_create 7
	Q=$QMAILHOME/queue
	mkdir "$Q"/{todo,intd}/{0..6}
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$Q"; fi
	printf '12345' | put mess/2/457
	printf 'u1\0p2\0Fann@a.example\0Tbob@b.example\0' | put todo/2/457
	run "$BIN/qmail-qread"
	[ -z "$output" ]
	run "$BIN/qmail-qread" -t
	[ "$output" = $'20 Nov 2026 09:20:00 GMT  #457  5  <ann@a.example> 
\ttodo\tbob@b.example' ]
}

@test "qmail-qread: oldest first" {
	local id
	for id in 457 458 459; do message "$id"; done
	touch -d '2026-11-20 08:00:00Z' "$Q/info/21/458"
	touch -d '2026-11-20 07:00:00Z' "$Q/info/22/459"
	run "$BIN/qmail-qread" --sort
	[ "$(grep -o '#[0-9]*' <<<"$output" | tr '\n' ' ')" = '#459 #458 #457 ' ]
}

@test "qmail-qread: time of the next attempt" {
	message 457
	# written by qmail-send when it stopped
	touch -d '2026-11-20 10:00:00Z' "$Q/remote/20/457"
	run "$BIN/qmail-qread" -n --now "$(date -d '2026-11-20 09:30:00Z' +%s)"
	[ "${lines[4]}" = $'  next\tlocal\t~ 20 Nov 2026 09:35:00 GMT' ]
	[ "${lines[5]}" = $'  next\tremote\t20 Nov 2026 10:00:00 GMT' ]
}

@test "qmail-qread: trouble with one message does not hide the others" {
	local id
	for id in 457 458 459 460 461; do message "$id"; done
	rm "$Q/mess/20/457"
	rm "$Q/info/21/458"
	ln -s 22 "$Q/info/21/458"
	mv "$Q/info/22/459" "$Q/info/0/459"
	rm "$Q/local/0/460"
	mkfifo "$Q/local/0/460"
	chmod 0622 "$Q/local/0/460"
	run "$BIN/qmail-qread"
	[ "$status" -eq 0 ]
	[[ $output == *'warning: trouble with #457: No such file'* ]]
	[[ $output == *'warning: trouble with #458: '* ]]
	[[ $output == *'warning: trouble with #459: No such file'* ]]
	[[ $output == *'warning: trouble with #460: '* ]]
	[[ $output == *'#461  5  <ann@a.example>'* ]]
}

@test "qmail-qread: a missing directory is fatal after the rest was shown" {
	message 457
	rmdir "$Q/info/5"
	run "$BIN/qmail-qread"
	[ "$status" -eq 111 ]
	[ "$output" = "$TEXT_457"$'\nfatal: unable to opendir info/5: No such file or directory' ]
}

@test "qmail-qread: a missing home or queue is fatal" {
	QMAILHOME=/nonexistent run "$BIN/qmail-qread"
	[ "$status" -eq 111 ]
	[ "$output" = 'fatal: unable to chdir: No such file or directory' ]
	run "$BIN/qmail-qread" --home /nonexistent
	[ "$status" -eq 111 ]
	run "$BIN/qmail-qread" --queue "$QMAILHOME"
	[ "$status" -eq 111 ]
	[ "$output" = 'fatal: unable to opendir mess: No such file or directory' ]
}

@test "qmail-qread: who may not look is told" {
	local other=(setpriv --reuid=12345 --regid=12345 --clear-groups)
	[ "$(id -u)" -eq 0 ] || other=()
	chmod 0700 "$Q"
	if [ "$(id -u)" -ne 0 ]; then chmod 0 "$Q"; fi
	run "${other[@]}" "$BIN/qmail-qread"
	chmod 0700 "$Q"
	[ "$status" -eq 111 ]
	[ "$output" = 'fatal: unable to chdir: Permission denied' ]
}

@test "qmail-qread: JSON, one object a line" {
	message 457
	printf '12345' | put mess/21/458
	printf 'Fb\377d\0' | put info/21/458
	printf 'Tcut' | put local/21/458
	run "$BIN/qmail-qread" --json -s
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '{"id":457,"birth":1795166400,"size":5,"sender":"ann@a.example","bouncing":false,"recips":[{"chan":"local","addr":"bob@b.example","done":false},{"chan":"local","addr":"carl@b.example","done":true},{"chan":"remote","addr":"dan@d.example","done":false}]}' ]
	[ "${lines[1]}" = '{"id":458,"birth":1795166400,"size":5,"sender":"b\\xffd","bouncing":false,"recips":[],"error":"local ends inside a record","raw":true}' ]
	/usr/bin/python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)' <<<"$output"
	"$BIN/qmail-qread" --json --next | "$BATS_TEST_DIRNAME/../support/schema.py" \
	    "$BATS_TEST_DIRNAME/../../doc/schema/qmail-qread.json"
	run "$BIN/qmail-qread" --format jsonl
	[ "${#lines[@]}" -eq 2 ]
}

@test "qmail-qread: at most 7 system calls a message" {
	local id
	need_strace
	skip_if_sanitized
	for ((id = 10000; id < 10460; id++)); do
		printf 'Fa@a.example\0' >"$Q/info/$((id % 23))/$id"
		printf 'Tb@b.example\0' >"$Q/remote/$((id % 23))/$id"
		printf 'x' >"$Q/mess/$((id % 23))/$id"
	done
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$Q"; fi
	strace -f -o "$BATS_TEST_TMPDIR/trace" "$BIN/qmail-qread" \
	    >"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '#' "$BATS_TEST_TMPDIR/out")" -eq 460 ]
	# what a queue of no messages costs is taken off: 11 for each of 23
	# subdirectories and their four trees, and the start
	[ "$(wc -l <"$BATS_TEST_TMPDIR/trace")" -le $((460 * 7 + 23 * 40)) ]
	# nothing is opened in vain, nothing is written but the list
	! grep -E 'openat\([0-9]+, "[0-9]+".*ENOENT' "$BATS_TEST_TMPDIR/trace"
	! grep -E 'O_WRONLY|O_RDWR|unlink|rename|flock' "$BATS_TEST_TMPDIR/trace"
}

@test "qmail-qread: help names what the manual page names" {
	options_match_page qmail-qread 8
	run "$BIN/qmail-qread" --version
	[ "$status" -eq 0 ]
	[[ $output == "qmail-qread (qward) "* ]]
}
