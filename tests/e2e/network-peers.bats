# SPDX-License-Identifier: ISC
# Programs of others before, beside and opposite to ours: rblsmtpd, recordio and
# fixcrio before qmail-smtpd, Postfix's test programs, aiosmtpd.
load ../support/home
load ../support/world

setup() {
	needs tcpserver tcprules multilog
	PATH=$PATH:/usr/sbin:/sbin
	world_create
	host_create a joe
}

teardown() { world_destroy; }

accepts() { bash -c "exec 5<>/dev/tcp/$1/$2" 2>/dev/null; }

# serve PROGRAM...: before qmail-smtpd of host a, at ${port[a]}; logs to $log
serve() {
	log=$BATS_TEST_TMPDIR/server.log
	port[a]=$(free_port 127.0.0.2)
	"${OWNER[@]}" env QMAILHOME="$world/a" tcpserver -v -H -R -l0 \
	    -x "$world/a/control/tcp.smtp.cdb" 127.0.0.2 "${port[a]}" "$@" \
	    "$BIN/qmail-smtpd" 2>"$log" 3>&- &
	background+=($!)
	wait_for 10 accepts 127.0.0.2 "${port[a]}"
}

rules() {
	printf '%s\n' "$@" | edit a/control/tcp.smtp
	on a qmailctl cdb
}

# dialogue LINE...: sends each after the answer to the one before; one address
# of the loopback as client if FROM is set. Prints the answers.
dialogue() {
	/usr/bin/python3 -c 'import os, socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20,
                             (os.environ.get("FROM", "127.0.0.1"), 0))
f = s.makefile("rb")
print(f.readline().decode().rstrip())
for line in sys.argv[3:]:
    s.sendall(line.encode().decode("unicode_escape").encode("latin-1"))
    print(f.readline().decode().rstrip())' 127.0.0.2 "${port[a]}" "$@"
}

envelope=('HELO x\r\n' 'MAIL FROM:<x@c.example>\r\n' 'RCPT TO:<joe@a.example>\r\n' 'DATA\r\n')

@test "peers: rblsmtpd refuses whom the rules name, and lets others pass" {
	needs rblsmtpd
	rules '127.0.0.5:allow,RBLSMTPD="come back later"' \
	    '127.0.0.6:allow,RBLSMTPD="-go away"' ':allow,RBLSMTPD=""'
	serve rblsmtpd
	start a
	FROM=127.0.0.5 run dialogue "${envelope[@]:0:3}" 'QUIT\r\n'
	[[ ${lines[3]} == "451 come back later" && ${lines[4]} == 221* ]]
	FROM=127.0.0.6 run dialogue "${envelope[@]:0:3}"
	[[ ${lines[3]} == "553 go away" ]]
	run dialogue "${envelope[@]}" 'Subject: passed\r\n\r\n.\r\n' 'QUIT\r\n'
	[[ ${lines[5]} == "250 ok "* ]]
	wait_for 10 arrived a joe '^Subject: passed'
	wait_for 10 grep -q 'rblsmtpd: 127.0.0.5 pid [0-9]*: 451 come back later' "$log"
}

@test "peers: recordio writes down both sides" {
	needs recordio
	rules ':allow'
	serve recordio
	start a
	run dialogue "${envelope[@]}" 'Subject: recorded\r\n\r\nx\r\n.\r\n' 'QUIT\r\n'
	[[ ${lines[5]} == "250 ok "* && ${lines[6]} == 221* ]]
	wait_for 10 arrived a joe '^Subject: recorded'
	wait_for 10 grep -q '[0-9]* > 221 ' "$log"
	grep -q '[0-9]* < RCPT TO:<joe@a.example>' "$log"
	grep -q '[0-9]* > 354 ' "$log"
}

@test "peers: without fixcrio a bare LF ends the session, with it the mail passes" {
	needs fixcrio
	rules ':allow'
	start a
	serve
	run dialogue "${envelope[@]}" 'Subject: bare\n\nx\n.\n'
	[[ ${lines[5]} == "451 "* ]]
	serve fixcrio
	run dialogue "${envelope[@]}" 'Subject: bare\n\nx\n.\n'
	[[ ${lines[5]} == "250 ok "* ]]
	wait_for 10 arrived a joe '^Subject: bare'
	[ "$(count a joe)" -eq 1 ]
}

@test "peers: smtp-source, 20 sessions, 200 messages" {
	needs smtp-source
	echo 20 | edit a/control/concurrencyincoming
	listen_at a 127.0.0.2
	start a
	smtp-source -s 20 -m 200 -l 2000 -f s@c.example -t joe@a.example \
	    "inet:127.0.0.2:${port[a]}"
	all() { [ "$(count a joe)" -eq 200 ]; }
	wait_for 60 all
	wait_for 10 queue_is_empty a
	smtp-source -d -s 5 -m 50 -r 2 -l 10 -f s@c.example -t joe@a.example \
	    "inet:127.0.0.2:${port[a]}"
	more() { [ "$(count a joe)" -ge 250 ]; }
	wait_for 60 more
}

@test "peers: smtp-sink takes what we send, also without EHLO" {
	needs smtp-sink
	local option
	for option in "" -e; do
		port[sink]=$(free_port 127.0.0.8)
		# as root it insists on another user
		"${OWNER[@]}" smtp-sink $option -c -m 50 "127.0.0.8:${port[sink]}" 50 \
		    >"$BATS_TEST_TMPDIR/sink" 3>&- &
		background+=($!)
		wait_for 10 accepts 127.0.0.8 "${port[sink]}"
		echo ":127.0.0.8:${port[sink]}" | edit a/control/smtproutes
		start a
		for i in {1..10}; do
			letter "sink $i" | on a sendmail -f joe@a.example "r$i@far.example"
		done
		wait_for 20 queue_is_empty a
		[ "$(as_owner grep -c ': success: 127.0.0.8_accepted_message' "$world/a/log/send/current")" -ge 10 ]
		on a qmailctl stop
	done
}

@test "peers: aiosmtpd gets every byte, and its refusals arrive" {
	/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || skip "needs python3-aiosmtpd"
	mkdir "$world/kept"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../support/aiosmtpd_sink.py" 127.0.0.8 \
	    "$BATS_TEST_TMPDIR/port" "$world/kept" 3>&- &
	background+=($!)
	wait_for 20 test -s "$BATS_TEST_TMPDIR/port"
	echo ":127.0.0.8:$(cat "$BATS_TEST_TMPDIR/port")" | edit a/control/smtproutes
	start a
	{
		printf 'Subject: bytes\n\n.\n..\n.leading\nf\303\274r 8 Bit \351\n\n'
		head -c 20000 /dev/zero | tr '\0' y | fold -w 900
		printf '\nlast line\n'
	} >"$world/sent"
	on a sendmail -f joe@a.example one@far.example later@far.example <"$world/sent"
	letter never | on a sendmail -f joe@a.example never@far.example
	wait_for 10 test -s "$world/kept/1"
	head -n 2 "$world/kept/1" | cmp - <(printf 'FROM joe@a.example\nTO one@far.example\n')
	tr -d '\r' <"$world/kept/1" | sed '1,/^$/d' | cmp - <(sed '1,/^$/d' "$world/sent")
	wait_for 10 arrived a joe '^<never@far.example>:'
	arrived a joe '^Remote host said: 550-5.1.1 there is$'
	arrived a joe '^550 5.1.1 nobody$'
	wait_for 10 logged a 'deferral: 127.0.0.8_does_not_like_recipient./Remote_host_said:_450_4.2.1_come_back/'
}
