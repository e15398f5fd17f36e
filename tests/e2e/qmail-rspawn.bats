# SPDX-License-Identifier: ISC
load ../support/home

bats_require_minimum_version 1.5.0

setup() {
	home_create
	mkdir "$QMAILHOME/bin"
	printf 'Subject: hello\n\nbody\n' >"$QMAILHOME/queue/mess/20/457"
	own "$QMAILHOME/queue/mess/20/457"
}

teardown() { home_destroy; }

own() { if [ "$(id -u)" -eq 0 ]; then chown -R nobody: "$@"; fi; }

# remote_is: the script on standard input becomes qmail-remote
remote_is() {
	cat >"$QMAILHOME/bin/qmail-remote"
	chmod 755 "$QMAILHOME/bin/qmail-remote"
}

drive() {
	"$BATS_TEST_DIRNAME/../support/spawn_drive.py" "$BIN/qmail-rspawn"
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

@test "qmail-rspawn: greets, and ends with its input" {
	run drive <<<$'greeting\neof\nexit'
	[ "$output" = $'greeting 255\nexit 0' ]
	run "$BATS_TEST_DIRNAME/../support/spawn_drive.py" --wide \
	    "$BIN/qmail-rspawn" --wide <<<$'greeting\neof\nexit'
	[[ ${lines[0]} =~ ^greeting\ [0-9]{3,5}$ ]]
	[ "${lines[1]}" = "exit 0" ]
}

@test "qmail-rspawn: a start forgets the hosts that timed out" {
	local f
	head -c 2048 /dev/zero >"$QMAILHOME/queue/lock/tcpto6"
	for f in tcpto tcpto6; do
		printf 'x' | dd of="$QMAILHOME/queue/lock/$f" conv=notrunc status=none
		own "$QMAILHOME/queue/lock/$f"
	done
	run drive <<<$'greeting\neof\nexit'
	cmp "$QMAILHOME/queue/lock/tcpto" <(head -c 1024 /dev/zero)
	cmp "$QMAILHOME/queue/lock/tcpto6" <(head -c 2048 /dev/zero)
}

@test "qmail-rspawn: works without the tables" {
	rm "$QMAILHOME/queue/lock/tcpto"
	run drive <<<$'greeting\neof\nexit'
	[ "$output" = $'greeting 255\nexit 0' ]
	[ ! -e "$QMAILHOME/queue/lock/tcpto" ]
}

@test "qmail-rspawn: arguments and message of qmail-remote" {
	remote_is <<-'END'
	#!/bin/sh
	printf 'r'
	printf '<%s>' "$@"
	sed -n 1p
	printf '\0Kdone\n\0'
	END
	[ "$(deliver b@d@R.example)" = 'K <R.example><ann@a.example><b@d@R.example>Subject: hello\ndone\n' ]
}

@test "qmail-rspawn: QMAILREMOTE names another program" {
	remote_is <<<$'#!/bin/sh\nprintf "Kstandard\\0"'
	mv "$QMAILHOME/bin/qmail-remote" "$QMAILHOME/run/mine"
	sed -i s/standard/other/ "$QMAILHOME/run/mine"
	QMAILREMOTE=$QMAILHOME/run/mine
	export QMAILREMOTE
	[ "$(deliver x@r.example)" = "K other" ]
	QMAILREMOTE=mine
	[ "$(PATH=$QMAILHOME/run:$PATH deliver x@r.example)" = "K other" ]
}

# report FORMAT: what becomes of such output of qmail-remote
report() {
	remote_is <<<$'#!/bin/sh\nprintf "'"$1"'"'
	deliver x@r.example
}

@test "qmail-rspawn: reports of qmail-remote" {
	[ "$(report 'r1\\n\\0K2\\n\\0')" = 'K 1\n2\n' ]
	[ "$(report 'h1\\n\\0K2\\n\\0')" = 'D 1\n' ]
	[ "$(report 's1\\n\\0D2\\n\\0')" = 'Z 1\n2\n' ]
	[ "$(report 'D1\\n\\0')" = 'D 1\n' ]
	[ "$(report 'garbage')" = 'D ' ]
	[[ "$(report '')" == "Z "*"(#4.3.0)\\n" ]]
}

@test "qmail-rspawn: statuses of qmail-remote" {
	remote_is <<<$'#!/bin/sh\nprintf "Kx\\0"\nexit "${3%%@*}"'
	[ "$(deliver 0@r.example)" = "K x" ]
	[[ "$(deliver 111@r.example)" == "Z Unable to run qmail-remote"*"(#4.3.0)\\n" ]]
	[[ "$(deliver 100@r.example)" == "D "*"(#5.3.0)\\n" ]]
	[[ "$(deliver 1@r.example)" == "D "*"(#5.3.0)\\n" ]]
	remote_is <<<$'#!/bin/sh\nprintf "Kx\\0"\nkill -9 $$'
	[[ "$(deliver x@r.example)" == "Z "*"crashed"*"(#4.3.0)\\n" ]]
}

@test "qmail-rspawn: a missing qmail-remote is deferred" {
	[[ "$(deliver x@r.example)" == "Z Unable to run qmail-remote"* ]]
	: >"$QMAILHOME/bin/qmail-remote"
	[[ "$(deliver x@r.example)" == "Z Unable to run qmail-remote"* ]]
	remote_is <<<$'#!/nonexistent'
	[[ "$(deliver x@r.example)" == "Z Unable to run qmail-remote"* ]]
}

@test "qmail-rspawn: output without end is bounded" {
	# the result is behind what is kept: nobody knows, so it is tried again
	remote_is <<<$'#!/bin/sh\nhead -c 5000000 /dev/zero | tr "\\0" r\nprintf "\\0Kx\\0"'
	[[ "$(deliver x@r.example)" == "Z "*"too long"*"(#4.3.0)\\n" ]]
	# a long text in front of a result that was kept
	remote_is <<<$'#!/bin/sh\nhead -c 50000 /dev/zero | tr "\\0" r\nprintf "\\0Kx\\0"'
	run deliver x@r.example
	[[ $output == "K rrr"* ]]
	[ "${#output}" -eq 10002 ]
}

@test "qmail-rspawn: a recipient without domain fails" {
	[[ "$(deliver nodomain)" == "D "*"(#5.1.3)\\n" ]]
}
