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

check_result() {
	[ "$status" -eq 0 ]
	shown "joe@demo.example.test            -> people/joe/Maildir/new"
	shown "joe-lists@demo.example.test      -> people/joe/Lists/new"
	shown "orders@shop.example.test         -> people/shop/Maildir/new"
	shown "nobody-here@demo.example.test, bounced"
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
