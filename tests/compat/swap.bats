# SPDX-License-Identifier: ISC
# Programs of another qmail beside ours, on one queue. REF_BIN is the folder of
# its programs, built for the home /var/qmail, split 23 and the usual users:
#
#	REF_BIN=/path/to/bin tests/tap tests/compat/swap.bats
#
# Each test has a host of its own (private /etc and /var), which takes root.
load ../support/home

setup() {
	[ -n "${REF_BIN-}" ] || skip "REF_BIN is not set"
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	case $top$REF_BIN in */var/*) skip "the checkout would be hidden" ;; esac
}

# swap NAME...: the reference's program in the place of ours, with its owner
# and mode
swap() {
	for name; do
		mode=$(stat -c %a "$home/bin/$name")
		owner=$(stat -c %U:%G "$home/bin/$name")
		rm "$home/bin/$name"
		cp "$REF_BIN/$name" "$home/bin/$name"
		chown "$owner" "$home/bin/$name"
		chmod "$mode" "$home/bin/$name"
	done
}

# fill N: so many messages to root, through qmail-inject
fill() {
	local i
	for i in $(seq "$1"); do
		printf 'Subject: %s\n\nbody %s\n' "$i" "$i" |
		    "$home/bin/qmail-inject" -f s@x.example root@mail.example.test
	done
}

# drain N: the daemons run until so many messages have arrived, once each, and
# the queue is empty
drain() {
	env - PATH="$home/bin:/usr/bin:/bin" "$home/bin/qmail-start" ./Mailbox \
	    >"$home/log.txt" &
	daemon=$!
	wait_for 60 all_here "$1" || { cat "$home/log.txt"; exit 1; }
	kill "$daemon"
	wait "$daemon" || true
	[ "$(subjects | sort -u | wc -l)" -eq "$1" ]
	[ "$(subjects | wc -l)" -eq "$1" ]
	[ -z "$(find "$home/queue" -path '*/lock/*' -prune -o -type f -print)" ]
}
subjects() { grep -rh '^Subject: ' "$home/alias/Maildir/new"; }
all_here() {
	[ "$(find "$home/alias/Maildir/new" -type f | wc -l)" -eq "$1" ] &&
	    [ -z "$(find "$home/queue/mess" -type f)" ]
}

on_a_host() {
	export top BIN REF_BIN
	run "$BATS_TEST_DIRNAME/../support/private_host.sh" bash -euc "
		$(declare -f swap fill drain subjects all_here wait_for)
		home=/var/qmail
		unset QMAILHOME QMAILQUEUE
		cd $top
		\"\$BIN/qmailctl\" adduser >/dev/null
		make -s BUILD=\${BIN%/bin} install PREFIX=/var/prefix >/dev/null
		\$home/bin/qmailctl init mail.example.test >/dev/null
		daemons='qmail-start qmail-send qmail-lspawn qmail-rspawn qmail-clean'
		$1"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a queue filled by our qmail-queue is drained by the other's daemons" {
	on_a_host '
		swap $daemons qmail-local qmail-getpw
		fill 40
		drain 40
	'
}

@test "a queue filled by the other's qmail-queue is drained by our daemons" {
	on_a_host '
		swap qmail-queue qmail-inject
		fill 40
		drain 40
	'
}

@test "a queue that one left in the middle is finished by the other" {
	on_a_host '
		fill 20
		mkdir "$home/ours"
		cp -p "$home"/bin/* "$home/ours"
		swap $daemons
		echo 0 >"$home/control/concurrencylocal"
		env - PATH="$home/bin:/usr/bin:/bin" "$home/bin/qmail-start" \
		    ./Mailbox >/dev/null &
		daemon=$!
		preprocessed() { [ -z "$(ls "$home/queue/todo")" ]; }
		wait_for 30 preprocessed
		kill "$daemon"
		wait "$daemon" || true
		rm "$home/control/concurrencylocal"
		cp -p "$home"/ours/* "$home/bin"
		drain 20
	'
}

@test "each program of the other's alone among ours" {
	for name in qmail-queue qmail-inject qmail-start qmail-send qmail-clean \
	    qmail-lspawn qmail-rspawn qmail-local qmail-getpw; do
		echo "$name"
		on_a_host "
			swap $name
			fill 3
			drain 3
		"
	done
}

@test "each program of ours alone among the other's" {
	for name in qmail-queue qmail-inject qmail-start qmail-send qmail-clean \
	    qmail-lspawn qmail-rspawn qmail-local qmail-getpw; do
		echo "$name"
		on_a_host "
			swap \$(echo \$daemons qmail-queue qmail-inject qmail-local qmail-getpw |
			    tr ' ' '\n' | grep -vx $name)
			fill 3
			drain 3
		"
	done
}
