# SPDX-License-Identifier: ISC
load ../support/home

bats_require_minimum_version 1.5.0

setup() {
	home_create
	mkdir "$QMAILHOME/bin"
	ln -s "$BIN/qmail-getpw" "$QMAILHOME/bin/qmail-getpw"
	printf 'Subject: hello\n\nbody\n' >"$QMAILHOME/queue/mess/20/457"
	own "$QMAILHOME/queue/mess/20/457"
	UID_=$(stat -c %u "$QMAILHOME")
	GID_=$(stat -c %g "$QMAILHOME")
}

teardown() { home_destroy; }

own() { if [ "$(id -u)" -eq 0 ]; then chown -R nobody: "$@"; fi; }

# local_is: the script on standard input becomes qmail-local
local_is() {
	cat >"$QMAILHOME/bin/qmail-local"
	chmod 755 "$QMAILHOME/bin/qmail-local"
}

# Deliveries that run "flock -s HOME/gate COMMAND" wait while it is closed.
close_gate() { exec 7>"$QMAILHOME/gate"; own "$QMAILHOME/gate"; flock -x 7; }
open_gate() { exec 7>&-; }

# assign LINE...: becomes users/cdb
assign() {
	printf '%s\n' "$@" . >"$QMAILHOME/users/assign"
	own "$QMAILHOME/users"
	"$BIN/qmail-newu"
}

assign_alias() {
	assign "+:alias:$UID_:$GID_:$QMAILHOME/alias:-::"
}

# drive: runs qmail-lspawn through the script on standard input
drive() {
	"$BATS_TEST_DIRNAME/../support/spawn_drive.py" "$BIN/qmail-lspawn" \
	    ./Mailbox "$@"
}
drive_wide() {
	"$BATS_TEST_DIRNAME/../support/spawn_drive.py" --wide \
	    "$BIN/qmail-lspawn" ./Mailbox --wide
}

# deliver RECIPIENT: prints letter and text of the report of one delivery
deliver() {
	drive <<-END | sed -n 's/^7 //p'
	greeting
	send 7 20/457 ann@a.example $1
	report 1
	eof
	exit
	END
}

@test "qmail-lspawn: without default delivery it is wrong usage" {
	run "$BIN/qmail-lspawn"
	[ "$status" -eq 100 ]
}

@test "qmail-lspawn: greets, and ends with its input" {
	run drive <<<$'greeting\neof\nexit'
	[ "$output" = $'greeting 255\nexit 0' ]
	run drive_wide <<<$'greeting\neof\nexit'
	[[ ${lines[0]} =~ ^greeting\ [0-9]{3,5}$ ]]
	[ "${lines[1]}" = "exit 0" ]
}

@test "qmail-lspawn: the greeting respects the limit of open files" {
	run bash -c 'ulimit -Sn 40; ulimit -Hn 100; exec "$@"' - \
	    "$BATS_TEST_DIRNAME/../support/spawn_drive.py" --wide \
	    "$BIN/qmail-lspawn" ./Mailbox --wide <<<$'greeting\neof\nexit'
	[ "$output" = $'greeting 84\nexit 0' ]
}

@test "qmail-lspawn: a raised limit of open files is not passed on" {
	local_is <<<$'#!/bin/sh\nulimit -Sn'
	assign_alias
	run bash -c 'ulimit -Sn 100; ulimit -Hn 300; exec "$@"' - \
	    "$BATS_TEST_DIRNAME/../support/spawn_drive.py" --wide \
	    "$BIN/qmail-lspawn" ./Mailbox --wide <<-END
	greeting
	send 7 20/457 a x@local.example
	report 1
	END
	[ "${lines[0]}" = "greeting 284" ]
	[ "${lines[1]}" = '7 K 100\n' ]
}

@test "qmail-lspawn: input may be a file" {
	run --separate-stderr bash -c '"$0" ./Mailbox </dev/null | od -An -tx1' \
	    "$BIN/qmail-lspawn"
	[ "$output" = " ff" ]
	printf '\001x\000s\000r\000' >"$QMAILHOME/commands"
	run bash -c '"$0" ./Mailbox <"$QMAILHOME/commands" | tr "\0" "\n"' \
	    "$BIN/qmail-lspawn"
	[[ ${lines[0]} == *"(#5.3.5)" ]]
}

@test "qmail-lspawn: arguments and message of qmail-local" {
	local_is <<-'END'
	#!/bin/sh
	printf '<%s>' "$@"
	sed -n 1p
	pwd
	END
	assign "=Bob:user:$UID_:$GID_:/ho me:::" \
	    "+bob-:user:$UID_:$GID_:/home:-:pre-:"
	[ "$(deliver bOb@Local.Example)" = "K <--><user></ho me><bOb><><><Local.Example><ann@a.example><./Mailbox>Subject: hello\\n$QMAILHOME\\n" ]
	[ "$(deliver BOB-Ext@d@local.example)" = "K <--><user></home><BOB-Ext@d><-><pre-Ext@d><local.example><ann@a.example><./Mailbox>Subject: hello\\n$QMAILHOME\\n" ]
}

@test "qmail-lspawn: qmail-local sees the allowed environment only" {
	local_is <<<$'#!/bin/sh\nenv | grep -v ^_= | LC_ALL=C sort | tr "\\n" ";"'
	assign_alias
	run env -i QMAILHOME="$QMAILHOME" BIN="$BIN" PATH="$PATH" TZ=UTC LANG=C \
	    LC_TIME=C LC_ALL=C QMAILQUEUE=/qq SECRET=1 MAIL=x LANGUAGE=de \
	    "$BATS_TEST_DIRNAME/../support/spawn_drive.py" \
	    "$BIN/qmail-lspawn" ./Mailbox <<-END
	greeting
	send 1 20/457 a x@local.example
	report 1
	END
	[ "${lines[1]}" = "1 K LANG=C;LC_ALL=C;LC_TIME=C;PATH=$QMAILHOME/bin:$PATH;PWD=$QMAILHOME;QMAILHOME=$QMAILHOME;QMAILQUEUE=/qq;TZ=UTC;" ]
}

@test "qmail-lspawn: HOME/bin is put into PATH once" {
	local_is <<<$'#!/bin/sh\necho "$PATH"'
	assign_alias
	PATH=$PATH:$QMAILHOME/bin
	[ "$(deliver x@local.example)" = "K $PATH\\n" ]
}

@test "qmail-lspawn: descriptors and signals of qmail-local" {
	assign_alias
	# 3 is the folder that ls reads
	local_is <<<$'#!/bin/sh\nexec ls -x /proc/self/fd'
	[ "$(deliver x@local.example)" = 'K 0  1  2  3\n' ]
	local_is <<<$'#!/bin/sh\n[ /proc/self/fd/1 -ef /proc/self/fd/2 ] && echo same'
	[ "$(deliver x@local.example)" = 'K same\n' ]
	# two signals of the C library stay ignored where our caller ignored them
	local_is <<<$'#!/bin/sh\nexec grep -cE "^SigBlk:\t0*$|^SigIgn:\t0*(180000000)?$" /proc/self/status'
	[ "$(deliver x@local.example)" = 'K 2\n' ]
}

@test "qmail-lspawn: every exit status" {
	local s
	local_is <<-'END'
	#!/bin/sh
	echo "said $4"
	printf 'hidden\0behind'
	exit "${4#x}"
	END
	assign_alias
	{
		echo greeting
		for s in $(seq 0 255); do
			echo "send $s 20/457 a x$s@local.example"
			if [ $((s % 64)) -eq 63 ]; then echo "report 64"; fi
		done | sed 's/^send 255 /send 254 /;s/x255@/x255@/' | sed '/^send 254 .*x255@/d;s/^report 64$/report 64/'
	} >"$QMAILHOME/script"
	# number 255 does not exist: the last report is one less
	sed -i '$s/64/63/' "$QMAILHOME/script"
	run drive <"$QMAILHOME/script"
	[ "$status" -eq 0 ]
	for s in $(seq 0 254); do
		case $s in
		0) want="K said x0\\nhidden" ;;
		71 | 74 | 75 | 111) want="Z said x$s\\nhidden" ;;
		112 | 118 | 119) want="Z *[(]#4.3.0[)]\\n" ;;
		113) want="Z Not allowed*[(]#4.3.5[)]\\n" ;;
		115) want="Z *[(]#4.3.0[)]\\n" ;;
		116) want="Z Unable to find alias user*[(]#4.3.5[)]\\n" ;;
		117) want="Z Trouble reading users/cdb*[(]#4.3.5[)]\\n" ;;
		120) want="Z Unable to run qmail-local*[(]#4.3.0[)]\\n" ;;
		121) want="Z Unable to run qmail-getpw*[(]#4.3.0[)]\\n" ;;
		126) want="D Unable to run qmail-local*[(]#5.3.0[)]\\n" ;;
		*) want="D said x$s\\nhidden" ;;
		esac
		want=${want//\\/\\\\}
		[[ ${lines[s + 1]} == $s\ $want ]] || {
			echo "want $s $want, got ${lines[s + 1]}"
			false
		}
	done
}

@test "qmail-lspawn: a crash is deferred, its text dropped" {
	local_is <<<$'#!/bin/sh\necho text\nkill -9 $$'
	assign_alias
	run deliver x@local.example
	[[ $output == "Z "*"crashed"*"(#4.3.0)\\n" ]]
	[[ $output != *text* ]]
}

@test "qmail-lspawn: long reports are cut" {
	local_is <<-'END'
	#!/bin/sh
	head -c "${4#x}" /dev/zero | tr '\0' a
	END
	assign_alias
	run deliver x3000@local.example
	[ "${#output}" -eq 3002 ]
	run deliver x3001@local.example
	[[ $output == "K aaa"*"\\n" ]]
	[ "$(printf '%b' "${output#K }X" | wc -c)" -eq 2998 ]
	run deliver x2000000@local.example
	[ "$(printf '%b' "${output#K }X" | wc -c)" -eq 2998 ]
}

@test "qmail-lspawn: commands that are refused" {
	local_is <<<$'#!/bin/sh\necho ran'
	assign_alias
	local long
	long=$(printf '1%.0s' $(seq 101))
	mkfifo "$QMAILHOME/queue/mess/1/2"
	own "$QMAILHOME/queue/mess/1/2"
	run drive <<-END
	greeting
	send 0 - a x@local.example
	send 1 /20/457 a x@local.example
	send 2 20/457x a x@local.example
	send 3 ../457 a x@local.example
	send 4 $long a x@local.example
	send 5 20/457 a nodomain
	send 6 20/458 a x@local.example
	send 7 20 a x@local.example
	send 8 1/2 a x@local.example
	send 9 20/457 a @local.example
	send 255 20/457 a x@local.example
	report 11
	eof
	exit
	END
	local i=0 want
	for want in "0 D *[(]#5.3.5[)]" "1 D *[(]#5.3.5[)]" "2 D *[(]#5.3.5[)]" \
	    "3 D *[(]#5.3.5[)]" "4 D *[(]#5.3.5[)]" "5 D *[(]#5.1.3[)]" \
	    "6 Z *[(]#4.3.0[)]" "7 Z *[(]#4.3.5[)]" "8 Z *[(]#4.3.5[)]" "9 K " \
	    "255 Z *[(]#4.3.5[)]" "exit 0"; do
		i=$((i + 1))
		[[ ${lines[i]} == $want || ${lines[i]%\\n} == $want ]] || {
			echo "want $want, got ${lines[i]}"
			false
		}
	done
}

@test "qmail-lspawn: a message of another owner is deferred" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local_is <<<$'#!/bin/sh\necho ran'
	assign_alias
	chown 0 "$QMAILHOME/queue/mess/20/457"
	[[ "$(deliver x@local.example)" == "Z "*"(#4.3.5)\\n" ]]
}

@test "qmail-lspawn: a delivery number that is in use is refused" {
	local_is <<<$'#!/bin/sh\nflock -s "$QMAILHOME/gate" echo open'
	assign_alias
	close_gate
	run drive <<-END
	greeting
	send 3 20/457 a x@local.example
	send 3 20/457 a y@local.example
	report 1
	END
	open_gate
	[[ ${lines[1]} == "3 Z "*"(#4.3.5)\\n" ]]
}

@test "qmail-lspawn: 300 deliveries at a time, wide" {
	# all wait at the same gate, so all must run before the first ends
	local_is <<-'END'
	#!/bin/sh
	echo "$4" >"$QMAILHOME/run/$4"
	flock -s "$QMAILHOME/gate" echo "$4 done"
	END
	assign_alias
	close_gate
	{
		echo greeting
		for i in $(seq 0 299); do
			echo "send $i 20/457 a x$i@local.example"
		done
		echo report 300
		echo eof
		echo exit
	} | drive_wide >"$QMAILHOME/out" 7>&- &
	all_run() { [ "$(ls "$QMAILHOME/run" | wc -l)" -eq 300 ]; }
	wait_for 30 all_run
	open_gate
	wait $!
	[ "$(wc -l <"$QMAILHOME/out")" -eq 302 ]
	[ "$(grep -c '^\([0-9]*\) K x\1 done\\n$' "$QMAILHOME/out")" -eq 300 ]
	[ "$(tail -n 1 "$QMAILHOME/out")" = "exit 0" ]
}

@test "qmail-lspawn: many commands in one write, numbers used again" {
	local_is <<<$'#!/bin/sh\nexit 0'
	assign_alias
	run drive <<-END
	greeting
	many 100 20/457 a x@local.example
	report 100
	many 100 20/457 a x@local.example
	report 100
	eof
	exit
	END
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "${lines[@]}" | grep -c ' K $')" -eq 200 ]
	[ "${lines[201]}" = "exit 0" ]
}

@test "qmail-lspawn: running deliveries end after the input" {
	local_is <<<$'#!/bin/sh\nflock -s "$QMAILHOME/gate" echo open'
	assign_alias
	close_gate
	drive >"$QMAILHOME/out" 7>&- <<-END &
	greeting
	send 3 20/457 a x@local.example
	eof
	quiet 0.2
	report 1
	exit
	END
	wait_for 10 grep -q greeting "$QMAILHOME/out"
	sleep 0.3
	open_gate
	wait $!
	[ "$(tail -n 2 "$QMAILHOME/out")" = $'3 K open\\n\nexit 0' ]
}

@test "qmail-lspawn: a background process does not hold the slot" {
	local_is <<-'END'
	#!/bin/sh
	sleep 1000 &
	echo $! >"$QMAILHOME/run/pid"
	echo done
	END
	assign_alias
	run deliver x@local.example
	kill "$(cat "$QMAILHOME/run/pid")"
	[ "$output" = 'K done\n' ]
}

@test "qmail-lspawn: timeoutlocal stops the whole delivery" {
	echo 1 >"$QMAILHOME/control/timeoutlocal"
	local_is <<-'END'
	#!/bin/sh
	trap '' TERM
	(trap '' TERM; exec sleep 1000) &
	echo text
	while :; do sleep 1000; done
	END
	assign_alias
	run deliver x@local.example
	[[ $output == "Z "*"too long"*"(#4.3.0)\\n" ]]
	gone() { ! pgrep -f "^/bin/sh $QMAILHOME/bin/qmail-local" >/dev/null; }
	wait_for 5 gone
}

@test "qmail-lspawn: a delivery that ends well when it is stopped is done" {
	echo 1 >"$QMAILHOME/control/timeoutlocal"
	local_is <<-'END'
	#!/bin/sh
	trap 'echo done; exit 0' TERM
	while :; do sleep 0.1; done
	END
	assign_alias
	# the shell may remark on the end of its sleep
	[[ "$(deliver x@local.example)" == 'K '*'done\n' ]]
}

@test "qmail-lspawn: a delivery within timeoutlocal is not touched" {
	echo 60 >"$QMAILHOME/control/timeoutlocal"
	local_is <<<$'#!/bin/sh\necho fine'
	assign_alias
	[ "$(deliver x@local.example)" = 'K fine\n' ]
}

@test "qmail-lspawn: garbage does not hurt" {
	local_is <<<$'#!/bin/sh\necho fine'
	assign_alias
	run drive <<-END
	greeting
	raw ff000000
	report 1
	fill 200000 61
	raw 000000
	report 1
	send 4 20/457 a x@local.example
	report 1
	raw 0532302f343537
	quiet 0.1
	raw 006100784062
	eof
	exit
	END
	[[ ${lines[1]} == "255 Z "* ]]
	[[ ${lines[2]} == "97 Z "*"(#4.3.0)\\n" ]]
	[ "${lines[3]}" = '4 K fine\n' ]
	[ "${lines[4]}" = "exit 0" ]
}

@test "qmail-lspawn: a missing qmail-local is deferred until it is there" {
	assign_alias
	[[ "$(deliver x@local.example)" == "Z Unable to run qmail-local"* ]]
	: >"$QMAILHOME/bin/qmail-local"
	[[ "$(deliver x@local.example)" == "Z Unable to run qmail-local"* ]]
	local_is <<<$'#!/nonexistent'
	[[ "$(deliver x@local.example)" == "Z Unable to run qmail-local"* ]]
}

@test "qmail-lspawn: without users/cdb qmail-getpw decides" {
	local_is <<<$'#!/bin/sh\nprintf "<%s>" "$@"'
	[ "$(deliver Info-X@local.example)" = "K <--><alias><$QMAILHOME/alias><Info-X><-><Info-X><local.example><ann@a.example><./Mailbox>" ]
}

@test "qmail-lspawn: trouble with the user database is deferred" {
	local_is <<<$'#!/bin/sh\necho ran'
	echo damaged >"$QMAILHOME/users/cdb"
	own "$QMAILHOME/users"
	[[ "$(deliver x@local.example)" == "Z Trouble reading users/cdb"* ]]
	# sound, but not made by qmail-newu
	rm "$QMAILHOME/users/cdb"
	echo a.example >"$QMAILHOME/control/morercpthosts"
	own "$QMAILHOME/control"
	"$BIN/qmail-newmrh"
	mv "$QMAILHOME/control/morercpthosts.cdb" "$QMAILHOME/users/cdb"
	[[ "$(deliver x@local.example)" == "Z Trouble reading users/cdb"* ]]
	mkdir "$QMAILHOME/users/dir"
	mv "$QMAILHOME/users/cdb" "$QMAILHOME/users/dir"
	ln -s dir "$QMAILHOME/users/cdb"
	[[ "$(deliver x@local.example)" == "Z Trouble reading users/cdb"* ]]
}

@test "qmail-lspawn: what users/assign may not say" {
	local_is <<<$'#!/bin/sh\necho ran'
	assign "=root:root:0:0:/root:::" "=word:w:w:w:/h:::" \
	    "=group:g:$UID_:w:/h:::" "=other:o:54321:54321:/h:::" \
	    "=neg:n:-1:-1:/h:::" "=big:n:4294967296:1:/h:::"
	local who
	for who in root word group neg big; do
		[[ "$(deliver $who@local.example)" == "Z Not allowed"*"as root"* ]]
	done
	[[ "$(deliver other@local.example)" == "Z "*"one-user"*"(#4.3.5)\\n" ]]
}

# getpw_is: the script on standard input becomes qmail-getpw
getpw_is() {
	rm "$QMAILHOME/bin/qmail-getpw"
	cat >"$QMAILHOME/bin/qmail-getpw"
	chmod 755 "$QMAILHOME/bin/qmail-getpw"
}

@test "qmail-lspawn: statuses of qmail-getpw are passed through" {
	local_is <<<$'#!/bin/sh\necho ran'
	getpw_is <<<$'#!/bin/sh\ncat >&2\nexit "${1#x}"'
	[[ "$(deliver x116@local.example)" == "Z Unable to find alias user"* ]]
	[[ "$(deliver x100@local.example)" == "D " ]]
	[[ "$(deliver x111@local.example)" == "Z " ]]
	getpw_is <<<$'#!/bin/sh\nkill -9 $$'
	[[ "$(deliver x@local.example)" == "Z System trouble"* ]]
	getpw_is <<<$'#!/bin/sh\nprintf "a\\0b\\0"'
	[[ "$(deliver x@local.example)" == "Z Internal trouble"* ]]
	getpw_is <<<$'#!/nonexistent'
	[[ "$(deliver x@local.example)" == "Z Unable to run qmail-getpw"* ]]
	rm "$QMAILHOME/bin/qmail-getpw"
	[[ "$(deliver x@local.example)" == "Z Unable to run qmail-getpw"* ]]
}

@test "qmail-lspawn: nobody reads the reports, deliveries go on" {
	local_is <<<$'#!/bin/sh\necho x >"$QMAILHOME/run/$4"'
	assign_alias
	printf '\00120/457\000s\000r1@h\000\00220/457\000s\000r2@h\000' \
	    >"$QMAILHOME/commands"
	"$BIN/qmail-lspawn" ./Mailbox <"$QMAILHOME/commands" | true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ -e "$QMAILHOME/run/r1" ]
	[ -e "$QMAILHOME/run/r2" ]
}

# A home owned by root; the ids of its users come from users/ids.
classic_home() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	chown -R 0:0 "$QMAILHOME"
	printf '%s\n' user:qmailq:54001 user:qmailp:54002 group:nofiles:54003 \
	    >"$QMAILHOME/users/ids"
	chown 54001 "$QMAILHOME/queue/mess/20/457"
	chmod 755 "$QMAILHOME/users"
}

@test "qmail-lspawn: becomes the user, with no other group" {
	classic_home
	printf '%s\n' "=joe:joe:54321:54322:/h:::" "=root:root:0:54322:/h:::" \
	    "=both:joe:54321:0:/h:::" . >"$QMAILHOME/users/assign"
	"$BIN/qmail-newu"
	local_is <<<$'#!/bin/sh\ngrep -E "^(Uid|Gid|Groups)" /proc/self/status | tr -d "\\n"\necho "$QMAILHOME"'
	[ "$(deliver joe@local.example | tr -d ' ')" = 'KUid:\x0954321\x0954321\x0954321\x0954321Gid:\x0954322\x0954322\x0954322\x0954322Groups:\x0954322\n' ]
	[[ "$(deliver root@local.example)" == "Z Not allowed"* ]]
	[[ "$(deliver both@local.example)" == *'Gid:\x090\x090\x090\x090Groups:\x090'* ]]
}

@test "qmail-lspawn: qmail-getpw runs as its own user, without the message" {
	classic_home
	local_is <<<$'#!/bin/sh\necho ran'
	getpw_is <<-'END'
	#!/bin/sh
	cat
	id -u
	id -G
	exit 1
	END
	sed -i '1a exec >\&2' "$QMAILHOME/bin/qmail-getpw"
	[ "$(deliver x@local.example)" = 'D 54002\n54003\n' ]
}

@test "qmail-lspawn: without the id of qmailq it does not start" {
	classic_home
	getent passwd qmailq >/dev/null && skip "there is a qmailq"
	rm "$QMAILHOME/users/ids"
	run "$BIN/qmail-lspawn" ./Mailbox </dev/null
	[ "$status" -eq 111 ]
	[[ $output == "qmail-lspawn: fatal: "*qmailq* ]]
}
