# SPDX-License-Identifier: ISC
# The demonstration itself, twice, in a place of its own.

setup() {
	DEMO_BUILD=$(mktemp -d /tmp/qward-demo-XXXXXX)
	export DEMO_BUILD
	home=$DEMO_BUILD/demo
}

teardown() {
	if [ -L "$home" ]; then rm -rf "$(readlink "$home")"; fi
	rm -rf "$DEMO_BUILD"
}

shown() { grep -qF -- "$1" <<<"$output"; }

# what there is to see where tcpserver is installed
check_network() {
	shown "joe@demo.example.test            -> people/joe/Maildir/new"
	shown "ann@closed.example.test, bounced -> people/joe/Maildir/new"
	shown "Remote host said: 553 "
	shown "ann@far.example.test             -> stays in the queue"
	[ "$(grep -cF "ann@far.example.test             -> far/people/ann" <<<"$output")" -eq 2 ]
	[ "$(ls "$home/far/people/ann/Maildir/new" | wc -l)" -eq 2 ]
	grep -rq "^Subject: by SMTP" "$home/people/joe/Maildir/new"
	[ -z "$(ls "$home/far/run")" ]
}

# $few: a folder of every usual program but these, for PATH
path_without() {
	local program
	cp -rs /usr/bin "$DEMO_BUILD/path"
	for program; do rm -f "$DEMO_BUILD/path/$program"; done
	few=$DEMO_BUILD/path
}

check_result() {
	[ "$status" -eq 0 ]
	shown "joe@demo.example.test            -> people/joe/Maildir/new"
	shown "joe-lists@demo.example.test      -> people/joe/Lists/new"
	shown "orders@shop.example.test         -> people/shop/Maildir/new"
	shown "nobody-here@demo.example.test, bounced"
	shown "joe-later@demo.example.test      -> stays in the queue"
	shown "messages in queue: 1"
	shown "all processes have ended"
	[ -e "$home/control/me" ]
	[ "$(cat "$home/people/joe/subjects")" = "to a program" ]
	[ -z "$(ls "$home/run")" ]
}

@test "demo: shows mail, stops, and starts afresh the second time" {
	chmod 755 "$DEMO_BUILD"
	run demo/run
	check_result
	if command -v tcpserver >/dev/null; then check_network; fi
	touch "$home/control/left"
	run demo/run
	check_result
	[ ! -e "$home/control/left" ]
}

@test "demo: finds a place where nobody may go when root's folder is closed" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	chmod 700 "$DEMO_BUILD"
	run demo/run
	check_result
	[[ $(readlink "$home") == /var/tmp/qward-demo.* ]]
	[ "$(stat -c %U "$home/control/me")" = nobody ]
	run demo/run
	check_result
}

@test "demo: SMTP with curl, with mconnect, and without tcpserver" {
	command -v tcpserver >/dev/null || skip "needs ucspi-tcp"
	chmod 755 "$DEMO_BUILD"
	path_without swaks
	if command -v curl >/dev/null; then
		PATH=$few run demo/run
		check_result
		check_network
		shown "> RCPT TO:<joe@demo.example.test>"
		rm "$DEMO_BUILD/path/curl"
	fi
	PATH=$few run demo/run
	check_result
	check_network
	shown "  250 ok"
	rm "$DEMO_BUILD/path/tcpserver"
	PATH=$few run demo/run
	check_result
	shown "tcpserver is not installed"
	[ ! -e "$home/far" ]
}
