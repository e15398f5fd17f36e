# SPDX-License-Identifier: ISC
# qmailctl: instances made, started, stopped. As root the instances belong to
# nobody; a home of root itself is in install.bats.
load ../support/home

setup() {
	QMAILHOME=$(mktemp -d /var/tmp/qward-ctl-XXXXXX)
	export QMAILHOME
	give_away "$QMAILHOME"
	unset QMAILQUEUE
}

teardown() {
	if [ -d "$QMAILHOME/run" ]; then qmailctl stop >/dev/null 2>&1 || true; fi
	home_destroy
}

qmailctl() { "$BIN/qmailctl" "$@"; }

give_away() {
	if [ "$(id -u)" -eq 0 ]; then chown -R "nobody:$(id -gn nobody)" "$@"; fi
	chmod 755 "$1"
}

# edit FILE: standard input becomes a file of the owner
edit() { as_owner tee "$QMAILHOME/$1" >/dev/null; }

init() { qmailctl init mail.example.test "$@"; }

pid_of() { cat "$QMAILHOME/run/$1.pid"; }
runs() { kill -0 "$(pid_of "$1")" 2>/dev/null; }

# what lives of the sessions SID...; the init of a container may leave the dead
living_of() {
	local list
	list=$(paste -sd, <<<"$(printf '%s\n' "$@")")
	ps -o stat=,args= -s "$list" | grep -v '^Z' || true
}
logged() { as_owner grep -qE "$1" "$QMAILHOME/log/send/current"; }

# for exec, which cannot call as_owner
owner_prefix() {
	if [ "$(id -u)" -eq 0 ]; then
		echo setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups
	fi
}

# deliver TEXT: to the owner's Maildir through root@; waits for it
deliver() {
	echo "$1" | "$BIN/sendmail" "root@mail.example.test"
	wait_for 10 as_owner grep -rqs "$1" "$QMAILHOME/alias/Maildir/new"
}

needs_daemontools() {
	command -v multilog >/dev/null || skip "needs daemontools"
}

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# ---- init --------------------------------------------------------------------

# What the manifest wants of a queue, as "MODE PATH" lines.
wanted_tree() { # SPLIT BIGTODO
	sed '/^#/d' "$BATS_TEST_DIRNAME/../../mta/layout" |
	    while read -r kind path mode _; do
		if [ "$kind" = ship ] || [ "$path" = . ]; then continue; fi
		printf '%o %s\n' $((0$mode)) "$path"
		if [ "$kind" = split ] || { [ "$kind" = todo ] && [ "$2" = yes ]; }; then
			for ((i = 0; i < $1; i++)); do
				printf '%o %s\n' $((0$mode)) "$path/$i"
			done
		fi
	done | sort
}

made_tree() {
	(cd "$QMAILHOME" && find . -mindepth 1 -not -path './control/*' \
	    -not -path './alias/*' -printf '%m %P\n' | sort)
}

@test "qmailctl init: folders and queue are those of the manifest" {
	init
	diff <(wanted_tree 23 no) <(made_tree)
	[ "$(stat -c %s "$QMAILHOME/queue/lock/sendmutex")" -eq 0 ]
	[ "$(stat -c %s "$QMAILHOME/queue/lock/tcpto")" -eq 1024 ]
	[ "$(stat -c %s "$QMAILHOME/queue/lock/tcpto6")" -eq 2048 ]
	[ -p "$QMAILHOME/queue/lock/trigger" ]
	[ "$(find "$QMAILHOME" -not -user "$(home_owner)" | wc -l)" -eq 0 ]
}

@test "qmailctl init: the umask of the caller does not matter" {
	(umask 077 && init)
	diff <(wanted_tree 23 no) <(made_tree)
	[ "$(stat -c %a "$QMAILHOME/control/me")" = 644 ]
}

@test "qmailctl init --split --bigtodo: another layout" {
	init --split 5 --bigtodo
	diff <(wanted_tree 5 yes) <(made_tree)
}

@test "qmailctl init: control files and aliases" {
	qmailctl init Mail.Sub.Example.TEST
	cd "$QMAILHOME/control"
	[ "$(echo *)" = "defaultdomain locals me plusdomain rcpthosts" ]
	[ "$(cat me locals rcpthosts | uniq)" = mail.sub.example.test ]
	[ "$(cat defaultdomain)" = sub.example.test ]
	[ "$(cat plusdomain)" = example.test ]
	for name in postmaster mailer-daemon root abuse; do
		[ -s "$QMAILHOME/alias/.qmail-$name" ]
	done
	[ ! -e "$QMAILHOME/alias/.qmail-default" ]
}

@test "qmailctl init: short names keep their last two labels" {
	qmailctl init example.test
	[ "$(cat "$QMAILHOME"/control/{default,plus}domain | uniq)" = example.test ]
}

@test "qmailctl init: a missing home is made" {
	if [ "$(id -u)" -eq 0 ]; then skip "would be root's home"; fi
	QMAILHOME=$QMAILHOME/new qmailctl init mail.example.test
	[ -e "$QMAILHOME/new/control/me" ]
}

@test "qmailctl init: refuses a second time, and where mail lies" {
	init
	run qmailctl init other.example.test
	[ "$status" -eq 100 ]
	[[ $output == *"control/me"* ]]
	rm "$QMAILHOME/control/me"
	edit queue/mess/3/3 </dev/null
	run qmailctl init other.example.test
	[ "$status" -eq 100 ]
	[[ $output == *mail* ]]
	[ ! -e "$QMAILHOME/control/me" ]
}

@test "qmailctl init: completes what is there, and keeps it" {
	as_owner mkdir "$QMAILHOME/alias" "$QMAILHOME/control" "$QMAILHOME/queue"
	echo '&joe@example.test' | edit alias/.qmail-root
	echo ./Maildir/ | edit control/defaultdelivery
	init
	[ "$(cat "$QMAILHOME/alias/.qmail-root")" = "&joe@example.test" ]
	[ "$(cat "$QMAILHOME/control/defaultdelivery")" = ./Maildir/ ]
	[ -p "$QMAILHOME/queue/lock/trigger" ]
}

@test "qmailctl init: an unfinished queue of another split is not mixed" {
	init --split 5
	rm "$QMAILHOME/control/me"
	run qmailctl init mail.example.test
	[ "$status" -eq 100 ]
	[[ $output == *"split 5"* ]]
	init --split 5
}

@test "qmailctl init: stopped anywhere by an error, a second run completes it" {
	need_strace
	for fault in mkdirat:3 mkdirat:60 mknodat:1 ftruncate:2 fchmod:2 fchmod:9 renameat:1 \
	    renameat:5 renameat:9 fsync:12; do
		as_owner find "$QMAILHOME" -mindepth 1 -delete
		run strace -f -o "$BATS_TEST_TMPDIR/trace" -e trace="${fault%:*}" \
		    -e inject="${fault%:*}:error=ENOSPC:when=${fault#*:}" \
		    "$BIN/qmailctl" init mail.example.test
		[ "$status" -eq 111 ]
		[[ $output == *"No space left on device"* ]]
		[ ! -e "$QMAILHOME/control/me" ]
		init
		diff <(wanted_tree 23 no) <(made_tree)
	done
}

@test "qmailctl init: bad names and numbers are refused, nothing is made" {
	for host in "" "a b" "-x..y" "../x" "$(head -c 300 /dev/zero | tr '\0' a)"; do
		run qmailctl init -- "$host"
		[ "$status" -eq 100 ]
	done
	for split in 0 65537 abc; do
		run qmailctl init mail.example.test --split $split
		[ "$status" -eq 100 ]
	done
	[ -z "$(ls -A "$QMAILHOME")" ]
}

@test "qmailctl init: a link in the place of a folder is not followed" {
	as_owner mkdir "$QMAILHOME/x"
	as_owner ln -s x "$QMAILHOME/queue"
	run init
	[ "$status" -ne 0 ]
	[ -z "$(ls -A "$QMAILHOME/x")" ]
}

# ---- start, stop -------------------------------------------------------------

@test "qmailctl start: mail is delivered, stop leaves nobody" {
	needs_daemontools
	init
	qmailctl start
	logged ' status: local 0/10 remote 0/20$'
	runs qmail-send
	runs log-send
	deliver first
	session=$(pid_of qmail-send)
	logger=$(pid_of log-send)
	qmailctl stop
	[ -z "$(ls "$QMAILHOME/run")" ]
	[ -z "$(living_of "$session" "$logger")" ]
	logged ' status: exiting$'
}

@test "qmailctl start: again and again; and twice is once" {
	needs_daemontools
	init
	for round in 1 2 3; do
		qmailctl start
		first=$(pid_of qmail-send)
		run qmailctl start
		[ "$status" -eq 0 ]
		[[ $output == *already* ]]
		[ "$(pid_of qmail-send)" = "$first" ]
		deliver "round $round"
		qmailctl restart
		[ "$(pid_of qmail-send)" != "$first" ]
		qmailctl stop
	done
	run qmailctl stop
	[ "$status" -eq 0 ]
}

@test "qmailctl start: programs get a clean environment and the default delivery" {
	needs_daemontools
	init
	printf './Maildir/\n# last\n\n' | edit control/defaultdelivery
	RELAYCLIENT= SECRET=1 TZ=UTC qmailctl start
	child=$(pgrep -P "$(pid_of qmail-send)" -x qmail-lspawn)
	[ "$(tr '\0' '|' <"/proc/$child/cmdline")" = $'qmail-lspawn|./Maildir/\n# last|--wide|' ]
	tr '\0' '\n' <"/proc/$(pid_of qmail-send)/environ" >"$BATS_TEST_TMPDIR/env"
	grep -q '^TZ=UTC$' "$BATS_TEST_TMPDIR/env"
	grep -q "^QMAILHOME=$QMAILHOME$" "$BATS_TEST_TMPDIR/env"
	! grep -qE '^(RELAYCLIENT|SECRET|BATS)' "$BATS_TEST_TMPDIR/env"
}

@test "qmailctl stop: waits for a running delivery" {
	needs_daemontools
	init
	gate=$QMAILHOME/gate
	as_owner mkfifo "$gate"
	echo "|cat $gate" | edit alias/.qmail-root
	qmailctl start
	echo slow | "$BIN/sendmail" root@mail.example.test
	wait_for 10 logged 'starting delivery 1'
	qmailctl stop >"$BATS_TEST_TMPDIR/said" 3>&- &
	stopping=$!
	wait_for 10 logged 'exitasap|stop processing'
	kill -0 "$stopping"
	echo go | edit gate
	wait "$stopping"
	logged 'delivery 1: success: '
}

@test "qmailctl stop: ends a paused instance" {
	needs_daemontools
	init
	qmailctl start
	qmailctl pause
	run qmailctl stat
	[[ $output == *paused* ]]
	qmailctl stop
	[ -z "$(ls "$QMAILHOME/run")" ]
}

@test "qmailctl: finds a qmail-send that it did not start" {
	needs_daemontools
	init
	as_owner env QMAILHOME="$QMAILHOME" "$BIN/qmail-start" ./Maildir/ \
	    >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	by_hand=$!
	wait_for 10 grep -q '^status' "$BATS_TEST_TMPDIR/log"
	run qmailctl start
	[ "$status" -eq 0 ]
	[[ $output == *already* ]]
	qmailctl stop
	wait "$by_hand"
	grep -q '^status: exiting' "$BATS_TEST_TMPDIR/log"
}

@test "qmailctl: a stale pid file is nobody" {
	needs_daemontools
	init
	echo $$ | edit run/qmail-send.pid
	run qmailctl stat
	[ "$status" -eq 3 ]
	[[ $output == *"qmail-send: down"* ]]
	qmailctl stop
	kill -0 $$
	qmailctl start
	runs qmail-send
}

@test "qmailctl stat, flush, reload, pause, cont: the running instance" {
	needs_daemontools
	init
	for verb in flush doqueue alrm reload hup pause cont; do
		run qmailctl $verb
		[ "$status" -eq 111 ]
		[[ $output == *"does not run"* ]]
	done
	qmailctl start
	echo '|exit 111' | edit alias/.qmail-root
	echo later | "$BIN/sendmail" root@mail.example.test
	wait_for 10 logged 'delivery 1: deferral: '
	qmailctl flush
	wait_for 10 logged 'delivery 2: deferral: '
	echo 'new.example.test' | edit control/locals
	qmailctl hup
	qmailctl pause
	[ "$(cut -d' ' -f3 "/proc/$(pid_of qmail-send)/stat")" = T ]
	qmailctl cont
	wait_for 10 deliver_to_new
	run qmailctl stat
	[ "$status" -eq 0 ]
	[[ $output == *"qmail-send: up (pid $(pid_of qmail-send))"* ]]
	[[ $output == *"messages in queue: "* ]]
	run qmailctl queue
	[[ $output == *root@mail.example.test* ]]
}

deliver_to_new() {
	echo new | "$BIN/sendmail" postmaster@new.example.test
	wait_for 2 logged 'to local postmaster@new.example.test'
}

@test "qmailctl start: what is missing is said" {
	run qmailctl start
	[ "$status" -eq 111 ]
	[[ $output == *"init HOST"* ]]
	init
	as_owner cp -r "$BIN" "$QMAILHOME/bin"
	as_owner rm "$QMAILHOME/bin/qmail-rspawn"
	if ! command -v multilog >/dev/null; then skip "needs daemontools"; fi
	run qmailctl start
	[ "$status" -eq 111 ]
	[[ $output == *"cannot run $QMAILHOME/bin/qmail-rspawn: No such file or directory"* ]]
	[ -z "$(ls "$QMAILHOME/run")" ]
	PATH=$QMAILHOME run "$BIN/qmailctl" start
	[ "$status" -eq 111 ]
	[[ $output == *"multilog is not installed"* ]]
}

@test "qmailctl start: alerts of qmail-send are shown" {
	needs_daemontools
	init
	as_owner rm "$QMAILHOME/queue/lock/sendmutex"
	run qmailctl start
	[ "$status" -eq 111 ]
	[[ $output == *"cannot start: unable to open mutex"* ]]
}

@test "qmailctl: only the owner may rule" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	init
	for verb in start stop reload; do
		run setpriv --reuid=1 --regid=1 --clear-groups "$BIN/qmailctl" $verb
		[ "$status" -eq 111 ]
		[[ $output == *"owner"* ]]
	done
}

# ---- SMTP --------------------------------------------------------------------

@test "qmailctl start: SMTP listens where control/smtplisten says" {
	needs_daemontools
	command -v tcpserver >/dev/null || skip "needs ucspi-tcp"
	init
	port=$(free_port)
	echo "127.0.0.1:$port" | edit control/smtplisten
	echo 7 | edit control/concurrencyincoming
	qmailctl start
	name=smtpd-127.0.0.1:$port
	[ "$(tr '\0' ' ' <"/proc/$(pid_of "$name")/cmdline")" = \
	    "tcpserver -v -H -R -l0 -c 7 -b 1024 127.0.0.1 $port $BIN/qmail-smtpd " ]
	run "$BATS_TEST_DIRNAME/../support/smtp_hello.py" "$port"
	[[ $output == "220 mail.example.test"* ]]
	wait_for 10 as_owner grep -q "tcpserver: ok" "$QMAILHOME/log/smtpd/current"
	run qmailctl start
	[[ $output == *"qmail-smtpd is up already"* ]]
	server=$(pid_of "$name")
	qmailctl stop
	[ -z "$(living_of "$server")" ]
}

@test "qmailctl start: an open SMTP session does not hold up stop for ever" {
	needs_daemontools
	command -v tcpserver >/dev/null || skip "needs ucspi-tcp"
	init
	port=$(free_port)
	echo "127.0.0.1:$port" | edit control/smtplisten
	qmailctl start
	exec 5<>"/dev/tcp/127.0.0.1/$port"
	read -r -u 5 greeting
	[[ $greeting == 220* ]]
	qmailctl stop
	exec 5>&-
	[ -z "$(ls "$QMAILHOME/run")" ]
}

@test "qmailctl start: refuses SMTP that is open, taken or wrong, before all else" {
	needs_daemontools
	init
	port=$(free_port)
	echo "127.0.0.1:$port" | edit control/smtplisten
	as_owner mv "$QMAILHOME/control/rcpthosts" "$QMAILHOME/control/rcpthosts.off"
	run qmailctl start
	[ "$status" -eq 100 ]
	[[ $output == *rcpthosts* ]]
	as_owner mv "$QMAILHOME/control/rcpthosts.off" "$QMAILHOME/control/rcpthosts"
	for line in 25 host:25 127.0.0.1:0 127.0.0.1:65536 '[::1:25' ::1:25 127.0.0.1:025; do
		echo "$line" | edit control/smtplisten
		run qmailctl start
		[ "$status" -eq 100 ]
		[[ $output == *"smtplisten: $line is not ip:port"* ]]
	done
	/usr/bin/python3 -c 'import signal, socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
signal.pause()' >"$BATS_TEST_TMPDIR/port" 3>&- &
	squatter=$!
	wait_for 10 test -s "$BATS_TEST_TMPDIR/port"
	echo "127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")" | edit control/smtplisten
	run qmailctl start
	kill "$squatter"
	[ "$status" -eq 111 ]
	[[ $output == *"Address already in use"* ]]
	[ ! -e "$QMAILHOME/run/qmail-send.pid" ]
}

@test "qmailctl cdb: compiles control/tcp.smtp, which the server then obeys" {
	needs_daemontools
	command -v tcprules >/dev/null || skip "needs ucspi-tcp"
	init
	echo ':deny' | edit control/tcp.smtp
	qmailctl cdb
	[ "$(stat -c %a "$QMAILHOME/control/tcp.smtp.cdb")" = 644 ]
	echo 'nonsense' | edit control/tcp.smtp
	port=$(free_port)
	echo "127.0.0.1:$port" | edit control/smtplisten
	qmailctl start
	[[ $(tr '\0' ' ' <"/proc/$(pid_of "smtpd-127.0.0.1:$port")/cmdline") == *"-x control/tcp.smtp.cdb"* ]]
	wait_for 10 as_owner grep -q "tcpserver: deny" "$QMAILHOME/log/smtpd/current"
}

# ---- supervisors -------------------------------------------------------------

# a service folder as a supervisor has it; its reader is this test
service_dir() { # KIND BYTES-OF-STATUS
	svc=$QMAILHOME/supervise/qmail-send
	as_owner mkdir -p "$svc/supervise"
	as_owner mkfifo "$svc/supervise/ok" "$svc/supervise/control"
	head -c "$1" /dev/zero | edit supervise/qmail-send/supervise/status
	exec 7<>"$svc/supervise/ok" 8<>"$svc/supervise/control"
	stubs=$QMAILHOME/stubs
	as_owner mkdir "$stubs"
	for name in svc svstat sv s6-svc s6-svstat; do
		printf '#!/bin/sh\necho "${0##*/} $*" >>%s/calls\n' "$stubs" |
		    edit "stubs/$name"
		as_owner chmod 755 "$stubs/$name"
	done
	PATH=$stubs:$PATH
}

check_calls() { # EXPECTED, one verb each
	qmailctl flush
	qmailctl reload
	qmailctl pause
	qmailctl cont
	qmailctl stop
	qmailctl stat >/dev/null || [ "$?" -eq 3 ]
	sed "s| $svc$||" "$stubs/calls" | diff <(printf '%s\n' "$@") -
}

@test "qmailctl: drives daemontools" {
	init
	service_dir 18
	check_calls "svc -a" "svc -h" "svc -p" "svc -c" "svc -d" svstat
}

@test "qmailctl: drives runit" {
	init
	service_dir 20
	check_calls "sv alarm" "sv hup" "sv pause" "sv cont" "sv down" "sv status"
}

@test "qmailctl: drives s6" {
	init
	service_dir 35
	as_owner mkdir "$svc/event"
	check_calls "s6-svc -a" "s6-svc -h" "s6-svc -p" "s6-svc -c" "s6-svc -d" s6-svstat
}

@test "qmailctl: a service folder without a supervisor does not count" {
	init
	service_dir 18
	exec 7>&- 8>&-
	run qmailctl flush
	[ "$status" -eq 111 ]
	[ ! -e "$stubs/calls" ]
}

@test "qmailctl: start and stop under a real supervise" {
	command -v supervise >/dev/null || skip "needs daemontools"
	init
	svc=$QMAILHOME/supervise/qmail-send
	as_owner mkdir -p "$svc"
	as_owner touch "$svc/down"
	printf '#!/bin/sh\nexec %s/qmail-start ./Maildir/ >>log 2>&1\n' "$BIN" |
	    edit supervise/qmail-send/run
	as_owner chmod 755 "$svc/run"
	# shellcheck disable=SC2046
	(cd "$svc" && exec setsid env QMAILHOME="$QMAILHOME" \
	    $(owner_prefix) supervise . 3>&- >/dev/null 2>&1) &
	wait_for 10 svok "$svc"
	run qmailctl start
	[ "$status" -eq 0 ]
	[[ $output == *daemontools* ]]
	deliver supervised
	run qmailctl stat
	[ "$status" -eq 0 ]
	[[ $output == *"$svc: up (pid "* ]]
	qmailctl restart
	qmailctl stop
	grep -q '^status: exiting' "$svc/log"
	svstat "$svc" | grep -q ': down '
	svc -x "$svc"
	wait
}

# ---- the rest ----------------------------------------------------------------

@test "qmailctl: help, unknown verbs, wrong usage" {
	run qmailctl help
	[ "$status" -eq 0 ]
	for verb in init adduser start stop restart stat queue flush doqueue alrm \
	    reload hup pause cont cdb check why; do
		grep -qw -- "$verb" <<<"$output"
	done
	run qmailctl dance
	[ "$status" -eq 100 ]
	run qmailctl
	[ "$status" -eq 100 ]
	run qmailctl init
	[ "$status" -eq 100 ]
}

@test "qmailctl check, why: become the tools, or say that these are missing" {
	init
	for pair in check:qlint why:qdoctor; do
		as_owner mkdir -p "$QMAILHOME/bin"
		rm -f "$QMAILHOME/bin"/*
		PATH=/usr/bin:/bin run qmailctl ${pair%:*}
		[ "$status" -eq 111 ]
		[[ $output == *"${pair#*:}"*"not installed"* ]]
		printf '#!/bin/sh\necho "${0##*/} $*"; exit 5\n' | edit "bin/${pair#*:}"
		as_owner chmod 755 "$QMAILHOME/bin/${pair#*:}"
		run qmailctl ${pair%:*}
		[ "$status" -eq 5 ]
		[ "$output" = "${pair#*:} --home $QMAILHOME" ]
	done
}

@test "qmailctl --home: takes the place of QMAILHOME" {
	home=$QMAILHOME
	QMAILHOME=/does/not/exist run "$BIN/qmailctl" --home "$home" init mail.example.test
	[ "$status" -eq 0 ]
	[ -e "$home/control/me" ]
	QMAILHOME=/does/not/exist run "$BIN/qmailctl" stat --home "$home"
	[ "$status" -eq 3 ]
}
