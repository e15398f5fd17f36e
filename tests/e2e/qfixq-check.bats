# SPDX-License-Identifier: ISC
# qfixq check: every kind of damage has a fixture that is found under its name,
# with its class and exit status; and nothing is ever written.
load ../support/home
load ../support/options

: "${TESTBIN:=${BIN%/bin}/tests/bin}"

setup() {
	home_create
	Q=$QMAILHOME/queue
	fresh
}
teardown() { home_destroy; }

# fresh: four messages, of which $id has local recipients only, $other remote
# ones, $both both
fresh() {
	rm -rf "$Q"
	as_owner "$TESTBIN/mkqueue" "$Q" 4
	local n
	for n in $(cd "$Q/mess" && find . -type f -printf '%f\n'); do
		if [ ! -e "$(at remote "$n")" ]; then id=$n
		elif [ ! -e "$(at local "$n")" ]; then other=$n
		else both=$n; fi
	done
}

# at KIND ID: path of a file
at() {
	case $1 in
	todo | intd | bounce) echo "$Q/$1/$2" ;;
	*) echo "$Q/$1/$(($2 % 23))/$2" ;;
	esac
}

# put KIND ID: standard input becomes a file of the owner
put() {
	local path mode=0600
	path=$(at "$1" "$2")
	case $1 in mess | todo | intd) mode=0644 ;; esac
	cat >"$path"
	own "$path" "$mode"
}

# own PATH MODE
own() {
	chmod "$2" "$1"
	if [ "$(id -u)" -eq 0 ]; then chown --reference="$Q" "$1"; fi
}

# todo_of ID [SENDER] [RCPT]: an envelope of the process that made the message
todo_of() {
	local pid
	pid=$(sed -n '1s/Received: (qmail \([0-9]*\) .*/\1/p' "$(at mess "$1")")
	printf 'u1\0p%s\0F%s\0T%s\0' "$pid" "${2-a@a.example}" \
	    "${3-b@b.example}"
}

# found ID CLASS FIX STATUS [OPTION...]: the check finds this and exits so
found() {
	local want="$1	$2	$3	" exit=$4
	shift 4
	run "$BIN/qfixq" check -f tsv "$@"
	if [ "$status" -ne "$exit" ] || ! grep -q "^$want" <<<"$output"; then
		echo "wanted $want exit $exit, got exit $status:"
		echo "$output"
		return 1
	fi
}

# alone: nothing was found but one thing
alone() {
	[ "${#lines[@]}" -eq 1 ] || { echo "$output"; return 1; }
}

@test "qfixq check: a healthy queue is clean at every depth" {
	local depth
	for depth in --names '' --deep --bodies; do
		run "$BIN/qfixq" check ${depth:+"$depth"}
		echo "$output"
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = "queue $Q  split 23  flat todo  qmail-send: stopped  4 messages (S4 0, S5 4)" ]
		[ "${lines[1]}" = clean ]
	done
}

@test "qfixq check: what qmail-queue made is clean" {
	printf 'Subject: x\n\nx\n' >"$BATS_TEST_TMPDIR/msg"
	printf 'Fa@a.example\0Tb@b.example\0\0' >"$BATS_TEST_TMPDIR/env"
	"$BIN/qmail-queue" <"$BATS_TEST_TMPDIR/msg" 1<"$BATS_TEST_TMPDIR/env"
	run "$BIN/qfixq" check --bodies
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *"5 messages (S4 1, S5 4)" ]]
	[ "${lines[1]}" = clean ]
}

@test "qfixq check: sets without a body" {
	put todo 1000001 < <(printf 'u1\0p2\0Fa@a\0Tb@b\0')
	found Q201 STUCK y 4
	alone
	fresh && rm "$(at mess "$id")"
	found Q202 STUCK y 4
	fresh && rm "$(at mess "$id")" "$(at local "$id")"
	echo '<b@b>:' | put bounce "$id"
	found Q203 STUCK y 4
	fresh && rm "$(at mess "$id")" "$(at local "$id")"
	found Q204 NOTE p 0
	fresh && printf '<b@b>:\nno\n\n' | put bounce 1000001
	found Q205 LEAK p 64
	alone
	fresh && rm "$(at mess "$id")" "$(at info "$id")"
	found Q206 NOTE p 0
	alone
	fresh && printf 'u1\0' | put intd 1000001
	found Q207 FAIL p 4 --now $(($(date +%s) + 200000)) --skip Q6
}

@test "qfixq check: messages nobody accepted" {
	rm "$(at info "$id")" "$(at local "$id")"
	run "$BIN/qfixq" check -f tsv
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	found Q210 NOTE - 0 --now $(($(date +%s) + 100000))
	found Q210 NOTE y 0 --now $(($(date +%s) + 200000))
}

@test "qfixq check: accepted messages with lost parts" {
	local later
	later=$(($(date +%s) + 200000))
	rm "$(at info "$id")"
	found Q212 LOSS m 64
	found Q212 LOSS y 64 --now $later
	fresh && rm "$(at info "$id")"
	todo_of "$id" s@s.example "$(sed 's/^T//' "$(at local "$id")" | tr -d '\0')" |
	    put intd "$id"
	found Q211 LOSS y 64
	alone
	fresh && rm "$(at info "$id")" "$(at local "$id")"
	todo_of "$id" | put intd "$id"
	ln "$(at intd "$id")" "$QMAILHOME/elsewhere"
	found Q213 LOSS y 64 --now $later
}

@test "qfixq check: todo entries that came back, and old bounces" {
	local rcpt sender
	rcpt=$(sed 's/^T//' "$(at local "$id")" | tr -d '\0')
	sender=$(sed 's/^F//' "$(at info "$id")" | tr -d '\0')
	printf 'D%s\0' "$rcpt" | put local "$id"
	todo_of "$id" "$sender" "$rcpt" | put todo "$id"
	found Q221 DUP y 64
	# lists of somebody else are no proof
	todo_of "$id" "$sender" x@x.example | put todo "$id"
	found Q206 NOTE p 0
	fresh && rm "$(at info "$id")" "$(at local "$id")"
	todo_of "$id" | put todo "$id"
	echo '<x@x>:' | put bounce "$id"
	found Q222 LEAK p 64
	alone
	fresh && rm "$(at local "$id")"
	found Q231 NOTE y 0
	alone
	fresh && todo_of "$id" | put intd "$id"
	found Q232 NOTE p 0
	alone
	fresh && echo '<x@x>:' | put bounce "$id"
	touch -d '2001-01-01' "$(at bounce "$id")"
	found Q416 LEAK p 64
	alone
}

@test "qfixq check: directories and special files" {
	rmdir "$Q/todo"
	found Q101 FAIL y 4
	alone
	fresh && rmdir "$Q/local/22" 2>/dev/null || rm -r "$Q/local/22"
	found Q102 LOSS p 64
	fresh && mkdir "$Q/mess/23" && own "$Q/mess/23" 0750
	found Q103 NOTE y 0
	fresh && mkdir "$Q/info/40" && mv "$(at info "$id")" "$Q/info/40/"
	found Q104 LOSS - 64
	grep "^Q302.*info/40/$id" <<<"$output"
	fresh && rm -r "$Q/pid" && echo x >"$Q/pid"
	found Q105 FAIL y 4
	fresh && chmod 0777 "$Q/mess/3"
	found Q106 SEC p 4
	alone
	fresh && chmod 0000 "$Q/bounce"
	run "$BIN/qfixq" check -f tsv
	grep "^Q106	FAIL" <<<"$output"
	fresh && rm "$Q/lock/sendmutex"
	found Q107 STUCK p 4
	alone
	fresh && rm "$Q/lock/trigger"
	found Q108 DELAY p 4
	alone
	fresh && rm "$Q/lock/trigger" && echo >"$Q/lock/trigger"
	found Q109 DELAY p 4
	alone
	fresh && chmod 0600 "$Q/lock/trigger"
	found Q110 DELAY p 4
	alone
	fresh && truncate -s 100 "$Q/lock/tcpto"
	found Q111 NOTE p 0
	alone
	fresh && printf '\1\2\3\4\377' |
	    dd of="$Q/lock/tcpto" conv=notrunc status=none
	found Q112 NOTE y 0
	alone
	fresh && mkdir "$Q/bounce/x"
	found Q114 NOTE y 0
	alone
}

@test "qfixq check: names and places" {
	local a b wrong
	a=$(at mess "$id") b=$(at mess "$other")
	# two bodies exchanged, with their sets: a cycle
	mv "$a" "$Q/x" && mv "$b" "$a" && mv "$Q/x" "$b"
	found Q301 FAIL y 4
	[ "${#lines[@]}" -eq 2 ]
	fresh
	wrong=$Q/info/$(((id + 1) % 23))/$id
	mv "$(at info "$id")" "$wrong"
	found Q302 LOSS y 64
	alone
	fresh
	echo x >"$Q/local/$(((id + 1) % 23))/$id"
	found Q305 LOSS m 64
	fresh && mv "$(at mess "$id")" "$(at mess "$id").tmp"
	found Q307 FAIL y 4
	fresh && echo >"$Q/mess/0/0"
	found Q308 LOSS y 64
	fresh && ln "$(at mess "$id")" "$Q/mess/0/23000000023"
	found Q309 NOTE y 0
	fresh && rm "$(at info "$id")" "$(at local "$id")"
	todo_of "$id" | put todo "$id"
	todo_of "$id" | put intd "$id"
	found Q310 NOTE p 0
	alone
	todo_of "$other" | put todo "$id"
	found Q311 LEAK m 64 --deep
}

@test "qfixq check: a body under another name" {
	rm "$(at info "$id")" "$(at local "$id")"
	todo_of "$id" | put todo "$id"
	mv "$(at mess "$id")" "$Q/mess/0/23000000023"
	found Q306 STUCK y 4
	alone
}

@test "qfixq check: records" {
	: | put info "$id"
	found Q401 STUCK y 4
	fresh && printf 'Fa@a.example' | put info "$id"
	found Q402 STUCK y 4 --deep
	fresh && : | put local "$id"
	found Q403 LOSS y 64
	fresh && printf 'Ta@a.example\0Tb@b.exa' | put local "$id"
	found Q404 LOSS y 64 --deep
	[[ $output == *"drops Tb@b.exa"* ]]
	fresh && printf 'Ta@a.example\0Xb@b.example\0' | put local "$id"
	found Q405 STUCK y 4 --deep
	fresh && printf 'Ta@a.example\0\0\0\0\0' | put local "$id"
	found Q406 LOSS y 64 --deep
	fresh && rm "$(at info "$id")" "$(at local "$id")"
	{ todo_of "$id" && printf 'Zz\0'; } | put todo "$id"
	found Q407 STUCK y 4 --deep
	printf 'u1\0p2\0Fa@a\0Tb@' | put todo "$id"
	found Q408 LOSS p 64 --deep
	printf 'Fa@a\0Tb@b\0' | put todo "$id"
	found Q409 NOTE - 0 --deep
	fresh && printf 'Tpostmaster\0' | put local "$id"
	found Q410 NOTE - 0 --deep
	fresh && printf 'F#@[]\0' | put info "$id"
	found Q411 NOTE - 0 --deep
	fresh && printf 'Ta@a.example\0Ta@a.example\0' | put local "$id"
	found Q412 NOTE - 0 --deep
	fresh && printf 'Da@a.example\0' | put local "$id"
	found Q413 NOTE - 0 --deep
	fresh && : | tee "$(at mess "$id")"
	found Q414 LOSS y 64 --bodies
	fresh && printf '<x@x.example>:\nno' | put bounce "$id"
	found Q415 NOTE - 0 --deep
	found Q417 NOTE - 0 --deep
}

@test "qfixq check: owners, modes, types, links" {
	chmod 0666 "$(at mess "$id")"
	found Q502 SEC p 4
	alone
	fresh && chmod 0400 "$(at info "$id")"
	found Q502 STUCK p 4
	fresh && rm "$(at local "$id")" && mkdir "$(at local "$id")"
	found Q503 STUCK y 4
	fresh && rm "$(at local "$id")" && ln -s /etc/passwd "$(at local "$id")"
	found Q504 SEC y 4
	fresh && ln "$(at local "$id")" "$QMAILHOME/elsewhere"
	found Q505 SEC m 4
	fresh && chmod 4755 "$(at mess "$id")"
	found Q506 SEC p 4
	[ "$(id -u)" -eq 0 ] || skip "wrong owners need root"
	fresh && chown 0 "$(at info "$id")"
	found Q501 STUCK p 4
	alone
}

@test "qfixq check: times" {
	local now
	now=$(date +%s)
	touch -d "@$((now + 2000000))" "$(at local "$id")"
	found Q601 DELAY y 4
	alone
	fresh && touch -d "@$((now + 5000))" "$(at info "$id")"
	found Q602 NOTE y 0
	fresh && touch -d "@$((now - 50000))" "$(at mess "$id")"
	found Q604 NOTE m 0
	alone
	fresh
	found Q606 NOTE - 0 --now $((now - 5000))
}

@test "qfixq check: a restored queue whose mail would all bounce" {
	local f now
	now=$(date +%s)
	rm -rf "$Q" && as_owner "$TESTBIN/mkqueue" "$Q" 12
	for f in "$Q"/info/*/* "$Q"/mess/*/*; do
		touch -d "@$((now - 700000))" "$f"
	done
	found Q603 LOSS m 64
	alone
}

@test "qfixq check: leftovers" {
	echo >"$Q/core"
	found Q701 NOTE y 0
	alone
	fresh && echo >"$Q/mess/4/.nfs000001"
	found Q701 NOTE y 0
	fresh && echo >"$Q/pid/12.34.1"
	run "$BIN/qfixq" check -f tsv
	[ -z "$output" ]
	found Q702 NOTE p 0 --now $(($(date +%s) + 200000))
	fresh && ln "$(at mess "$id")" "$Q/pid/12.34.1"
	found Q703 NOTE p 0 --now $(($(date +%s) + 200000))
	fresh && mkdir "$Q/lost+found" "$Q/qfixq"
	run "$BIN/qfixq" check -f tsv
	[ -z "$output" ]
}

@test "qfixq check: environment" {
	mkdir "$QMAILHOME/empty"
	run "$BIN/qfixq" check -f tsv -Q "$QMAILHOME/empty"
	[ "$status" -eq 12 ]
	grep '^Q001	STUCK' <<<"$output"
	chmod 0777 "$Q"
	found Q007 SEC y 4
	alone
}

@test "qfixq check: a running qmail-send is seen and not disturbed" {
	exec 7<"$Q/lock/sendmutex"
	flock -x 7
	found Q002 NOTE - 0
	run "$BIN/qfixq" status
	[[ $output == *"qmail-send: running"* ]]
	exec 7<&-
	run "$BIN/qfixq" status
	[[ $output == *"qmail-send: stopped"* ]]
}

@test "qfixq check: filters, ids, formats" {
	printf '<b@b>:\nno\n\n' | put bounce 1000001
	chmod 0666 "$(at mess "$id")"
	found Q502 SEC p 4 --only Q5
	alone
	found Q205 LEAK p 64 --skip q502
	alone
	found Q502 SEC p 4 --id "$id,$other"
	alone
	run "$BIN/qfixq" check --id nonsense
	[ "$status" -eq 8 ]
	run "$BIN/qfixq" nonsense
	[ "$status" -eq 16 ]
	run "$BIN/qfixq" check --json
	[ "$status" -eq 68 ]
	python3 - "$output" <<-'PY'
		import json, sys
		d = json.loads(sys.argv[1])
		assert d["qfixq"] == 1 and d["exit"] == 68, d
		assert d["summary"] == {"LEAK": 1, "SEC": 1}, d
		f = {x["id"]: x for x in d["findings"]}
		assert f["Q205"]["path"] == "bounce/1000001", f
		assert f["Q205"]["status"] == "open", f
	PY
	run "$BIN/qfixq" check -f gcc
	[[ $output == *"/bounce/1000001: error: "*"[Q205]"* ]]
	run "$BIN/qfixq" -q
	[ "$status" -eq 68 ]
	[ -z "$output" ]
}

# picture: all that find can tell; reading a directory changes its atime
picture() {
	(
		cd "$Q"
		find . ! -type d -printf '%p %i %m %U %G %n %s %T@ %C@ %A@\n'
		find . -type d -printf '%p %i %m %U %G %n %T@ %C@\n'
	) | sort
}

@test "qfixq check: changes nothing, not even times" {
	printf '<b@b>:\nno\n\n' | put bounce 1000001
	rm "$(at info "$id")"
	touch -d '2001-01-01' "$(at mess "$other")" "$(at info "$other")"
	picture >"$BATS_TEST_TMPDIR/before"
	for depth in --names '' --deep --bodies -n; do
		"$BIN/qfixq" check ${depth:+"$depth"} >/dev/null || true
	done
	picture >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "qfixq check: makes no system call that writes" {
	command -v strace >/dev/null || skip "no strace"
	strace -f -o "$BATS_TEST_TMPDIR/trace" "$BIN/qfixq" check --bodies \
	    >/dev/null || skip "no tracing here"
	! grep -E '(unlink|rename|mkdir|mknod|link|truncate|chown|chmod|utime|futimes|setxattr|flock)[a-z0-9]*\(' \
	    "$BATS_TEST_TMPDIR/trace"
	! grep -E 'open(at2?)?\(.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)' \
	    "$BATS_TEST_TMPDIR/trace"
	! grep -E 'F_SETLK' "$BATS_TEST_TMPDIR/trace"
}

@test "qfixq check -n: the plan exchanges two messages without a loss" {
	local a b
	a=$(at mess "$id") b=$(at mess "$other")
	mv "$a" "$Q/x" && mv "$b" "$a" && mv "$Q/x" "$b"
	run "$BIN/qfixq" check -n
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"move mess/$((id % 23))/$id to staging:mess/$((id % 23))/$id"* ]]
	[[ $output == *"move staging:info/$((id % 23))/$id to info/$((other % 23))/$other"* ]]
	run "$BIN/qfixq" check -n --json
	python3 -c 'import json, sys
d = json.loads(sys.argv[1])
assert len(d["plan"]) == 1 and d["plan"][0]["id"] == "Q301", d["plan"]
assert all(o["op"] == "move" for o in d["plan"][0]["ops"])' "$output"
}

@test "qfixq explain: every kind that is found, and log lines" {
	run "$BIN/qfixq" explain q205
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "Q205 LEAK: "* ]]
	run "$BIN/qfixq" explain --symptom \
	    'warning: trouble opening info/8/11004197; will try again later'
	[ "$status" -eq 0 ]
	[[ $output == *"Q401 "*"Q402 "* ]]
	run "$BIN/qfixq" explain --symptom 'status: local 0/10 remote 0/20'
	[ "$status" -eq 1 ]
	run "$BIN/qfixq" explain Q999
	[ "$status" -eq 16 ]
}
