# SPDX-License-Identifier: ISC
# qmail-start with stubs in the place of the daemons: who gets what.
load ../support/home

setup() {
	home_create
	bin=$QMAILHOME/bin
	export STUB_OUT=$QMAILHOME/out
	mkdir -m 1777 "$STUB_OUT"
	chmod 1777 "$STUB_OUT"
	mkdir "$bin"
	for name in qmail-send qmail-lspawn qmail-rspawn qmail-clean qmail-todo; do
		stub "$name"
	done
	if [ "$(id -u)" -eq 0 ]; then chown -R "$(stat -c %u:%g "$QMAILHOME")" "$bin"; fi
}

teardown() { home_destroy; }

# mark: what a program that speaks the wide protocol contains
mark='@(#)qward speaks the wide spawn protocol 1'

stub() {
	install -m 755 "$BATS_TEST_DIRNAME/../support/daemon_stub.py" "$bin/$1"
}

widen() {
	for name; do printf '# %s\n' "$mark" >>"$bin/$name"; done
}

# the home of a real installation: owned by root, ids from users/ids
make_classic() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	chown -R 0:0 "$QMAILHOME"
	chmod 1777 "$STUB_OUT"
	printf 'user:%s\n' alias:64010 qmaild:64011 qmaill:64012 qmailp:64013 \
	    qmailq:64014 qmailr:64015 qmails:64016 >"$QMAILHOME/users/ids"
	printf 'group:%s\n' nofiles:64020 qmail:64021 >>"$QMAILHOME/users/ids"
}

start() {
	"$BIN/qmail-start" "$@" 4</dev/null 9</dev/null </dev/null \
	    >"$QMAILHOME/stdout" 2>"$QMAILHOME/stderr" &
	started=$!
	start_status=0
	wait "$started" || start_status=$?
	wait_for 10 all_written
}

all_written() {
	[ "$(cat "$STUB_OUT"/* 2>/dev/null | grep -c '^cwd')" -ge "${expected:-4}" ]
}

# said NAME: what the stub wrote; field NAME WORDS: the rest of a line
said() { cat "$STUB_OUT/$1".*; }
field() {
	local name=$1
	shift
	said "$name" | sed -n "s|^$* ||p"
}
fd_list() { said "$1" | sed -n 's/^fd \([0-9]*\) .*/\1/p' | paste -sd' '; }

same_pipe() { # NAME FD NAME FD
	local a b
	a=$(field "$1" fd "$2")
	b=$(field "$3" fd "$4")
	[ -n "$a" ] && [[ $a == pipe:* ]] && [ "$a" = "$b" ]
}

classic_pipes() {
	same_pipe qmail-send 1 qmail-lspawn 0
	same_pipe qmail-send 2 qmail-lspawn 1
	same_pipe qmail-send 3 qmail-rspawn 0
	same_pipe qmail-send 4 qmail-rspawn 1
}

@test "qmail-start: classic processes get the classic descriptors" {
	start
	[ "$start_status" -eq 0 ]
	[ "$(fd_list qmail-send)" = "0 1 2 3 4 5 6" ]
	for name in qmail-lspawn qmail-rspawn qmail-clean; do
		[ "$(fd_list $name)" = "0 1 2" ]
		[ "$(field $name fd 2)" = "$QMAILHOME/stdout" ]
		[ "$(field $name cwd)" = "/ umask 077" ]
	done
	classic_pipes
	same_pipe qmail-send 5 qmail-clean 0
	same_pipe qmail-send 6 qmail-clean 1
	[ "$(field qmail-send args)" = "" ]
	[ "$(field qmail-lspawn args)" = "<./Mailbox>" ]
	[ "$(field qmail-rspawn args)" = "" ]
	[ ! -e "$STUB_OUT"/qmail-todo.* ]
}

@test "qmail-start: itself becomes qmail-send, whose log is descriptor 0" {
	start
	[ -e "$STUB_OUT/qmail-send.$started" ]
	[ "$(cat "$QMAILHOME/stdout")" = "status: local 0/10 remote 0/20" ]
}

@test "qmail-start: the default delivery is one argument, newlines and all" {
	start $'|preline cat\n./Maildir/'
	[ "$(said qmail-lspawn | sed -n '1,2p')" = $'args <|preline cat\n./Maildir/>' ]
}

@test "qmail-start: all three with the mark are started wide, with qmail-todo" {
	widen qmail-send qmail-lspawn qmail-rspawn
	expected=6 start ./Maildir/
	[ "$(fd_list qmail-send)" = "0 1 2 3 4 5 6 7 8" ]
	[ "$(field qmail-send args)" = "<--wide>" ]
	[ "$(field qmail-lspawn args)" = "<./Maildir/> <--wide>" ]
	[ "$(field qmail-rspawn args)" = "<--wide>" ]
	[ "$(field qmail-todo args)" = "" ]
	classic_pipes
	same_pipe qmail-send 7 qmail-todo 0
	same_pipe qmail-send 8 qmail-todo 1
	[ "$(fd_list qmail-todo)" = "0 1 2 3 4" ]
	[ "$(field qmail-todo fd 2)" = "$QMAILHOME/stdout" ]
	[ "$(ls "$STUB_OUT"/qmail-clean.* | wc -l)" -eq 2 ]
	for pipe in "qmail-send 5" "qmail-send 6" "qmail-todo 3" "qmail-todo 4"; do
		field ${pipe% *} fd "${pipe#* }"
	done | sort >"$QMAILHOME/used"
	field qmail-clean 'fd [01]' | sort >"$QMAILHOME/offered"
	[ "$(wc -l <"$QMAILHOME/used")" -eq 4 ]
	cmp "$QMAILHOME/used" "$QMAILHOME/offered"
}

@test "qmail-start: one program without the mark means classic" {
	for odd in qmail-send qmail-lspawn qmail-rspawn; do
		rm -f "$STUB_OUT"/*
		for name in qmail-send qmail-lspawn qmail-rspawn; do stub "$name"; done
		case $odd in
		qmail-send) widen qmail-lspawn qmail-rspawn ;;
		qmail-lspawn) widen qmail-send qmail-rspawn ;;
		qmail-rspawn) widen qmail-lspawn qmail-send ;;
		esac
		start
		[ "$(field qmail-send args)" = "" ]
		[ "$(fd_list qmail-send)" = "0 1 2 3 4 5 6" ]
	done
}

@test "qmail-start: the mark is found across the borders of blocks" {
	for size in 4050 4090 8150; do
		rm -f "$STUB_OUT"/*
		for name in qmail-send qmail-lspawn qmail-rspawn; do
			stub "$name"
			fill=$((size - $(stat -c %s "$bin/$name") - 3))
			{ printf '# ' && head -c $fill /dev/zero | tr '\0' x && echo; } >>"$bin/$name"
			widen "$name"
		done
		expected=6 start
		[ "$(field qmail-send args)" = "<--wide>" ]
	done
}

@test "qmail-start: without qmail-todo the wide programs work the classic way" {
	widen qmail-send qmail-lspawn qmail-rspawn
	rm "$bin/qmail-todo"
	start
	[ "$(field qmail-send args)" = "" ]
	grep -q '^warning: qmail-start: .*qmail-todo' "$QMAILHOME/stdout"
}

@test "qmail-start: the logger reads the log and writes the old output" {
	cat >"$bin/own-logger" <<-'END'
		#!/bin/sh
		echo "logger <$*>"
		id -u; id -G
		exec cat
	END
	chmod 755 "$bin/own-logger"
	start ./Mailbox own-logger a 'b c'
	wait_for 10 grep -q '^status: ' "$QMAILHOME/stdout"
	[ "$(head -1 "$QMAILHOME/stdout")" = "logger <a b c>" ]
	[[ $(field qmail-send fd 0) == pipe:* ]]
	same_pipe qmail-send 0 qmail-clean 2
	same_pipe qmail-send 0 qmail-lspawn 2
}

@test "qmail-start: a program that cannot run is named in the log" {
	for name in qmail-lspawn qmail-rspawn qmail-clean qmail-send; do
		rm "$bin/$name"
		run "$BIN/qmail-start" ./Mailbox 2>&1
		[ "$status" -eq 111 ]
		[ "$output" = "alert: qmail-start: cannot run $bin/$name: No such file or directory" ]
		stub "$name"
	done
	echo text >"$bin/qmail-clean"
	chmod 644 "$bin/qmail-clean"
	run "$BIN/qmail-start"
	[ "$status" -eq 111 ]
	[ "$output" = "alert: qmail-start: cannot run $bin/qmail-clean: Permission denied" ]
}

@test "qmail-start: a logger that cannot run is named on standard error" {
	run "$BIN/qmail-start" ./Mailbox /does/not/exist
	[ "$status" -eq 111 ]
	[ "$output" = "alert: qmail-start: cannot run /does/not/exist: No such file or directory" ]
}

@test "qmail-start: missing home is temporary trouble" {
	QMAILHOME=/does/not/exist run "$BIN/qmail-start"
	[ "$status" -eq 111 ]
	[[ $output == "qmail-start: fatal: "* ]]
}

@test "qmail-start: in a one-user instance everything runs as its owner" {
	widen qmail-send qmail-lspawn qmail-rspawn
	expected=6 start
	owner=$(stat -c '%u %g' "$QMAILHOME")
	for name in qmail-send qmail-lspawn qmail-rspawn qmail-todo; do
		[[ $(field $name ids) == "$owner"* ]]
	done
}

@test "qmail-start: root's home gives each daemon the user of its role" {
	make_classic
	widen qmail-send qmail-lspawn qmail-rspawn
	expected=6 start
	[ "$start_status" -eq 0 ]
	[ "$(field qmail-send ids)" = "64016 64021 64021" ]
	[ "$(field qmail-lspawn ids)" = "0 64021 64021" ]
	[ "$(field qmail-rspawn ids)" = "64015 64021 64021" ]
	[ "$(field qmail-todo ids)" = "64016 64021 64021" ]
	[ "$(field qmail-clean ids | sort -u)" = "64014 64021 64021" ]
}

@test "qmail-start: the logger of root's home is qmaill of nofiles" {
	make_classic
	printf '#!/bin/sh\nid -u; id -g; id -G; exec cat\n' >"$bin/own-logger"
	chmod 755 "$bin/own-logger"
	start ./Mailbox own-logger
	wait_for 10 grep -q '^status: ' "$QMAILHOME/stdout"
	[ "$(head -3 "$QMAILHOME/stdout" | paste -sd' ')" = "64012 64020 64020" ]
}

@test "qmail-start: root's home needs root, and users that exist" {
	make_classic
	run setpriv --reuid=64012 --regid=64020 --clear-groups "$BIN/qmail-start"
	[ "$status" -eq 111 ]
	[[ $output == "qmail-start: fatal: "*root* ]]
	sed -i /qmailr/d "$QMAILHOME/users/ids"
	if getent passwd qmailr >/dev/null; then skip "qmailr exists here"; fi
	run "$BIN/qmail-start"
	[ "$status" -eq 111 ]
	[ "$output" = "alert: qmail-start: unknown user qmailr" ]
}

@test "qmail-start: a wrapped spawner makes all of ours work the classic way" {
	rm "$bin"/*
	for file in "$BIN"/*; do ln -s "$file" "$bin/"; done
	rm "$bin/qmail-rspawn"
	printf '#!/bin/sh\nexec %s "$@"\n' "$BIN/qmail-rspawn" >"$bin/qmail-rspawn"
	chmod 755 "$bin/qmail-rspawn"
	as_owner mkdir "$QMAILHOME/alias/Maildir" \
	    "$QMAILHOME"/alias/Maildir/{tmp,new,cur}
	echo ./Maildir/ >"$QMAILHOME/alias/.qmail-root"
	"$BIN/qmail-start" ./Mailbox >"$QMAILHOME/stdout" 2>&1 3>&- &
	started=$!
	wait_for 10 grep -q '^status: ' "$QMAILHOME/stdout"
	[ "$(tr '\0' ' ' <"/proc/$started/cmdline")" = "qmail-send " ]
	! pgrep -P "$started" -x qmail-todo
	echo hello | "$BIN/sendmail" root@local.example
	wait_for 10 grep -q 'delivery 1: success' "$QMAILHOME/stdout"
	kill "$started"
	wait "$started"
	[ "$(tail -1 "$QMAILHOME/stdout")" = "status: exiting" ]
}
