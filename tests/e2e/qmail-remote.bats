# SPDX-License-Identifier: ISC
bats_require_minimum_version 1.5.0
load ../support/home

setup() {
	home_create
	export REC=$QMAILHOME/run
	printf 'Subject: x\n\n.dot\nbody\n' >"$REC/mail"
	export DNSCACHEIP=127.0.0.1:1 # nobody answers there
}
teardown() {
	if [ -n "${SINK-}" ]; then kill "$SINK"; fi
	home_destroy
}

# sink RULE...: starts the server and routes far.example to it
sink() {
	if [ -n "${SINK-}" ]; then kill "$SINK"; fi
	rm -f "$REC/port" "$REC/transcript"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../support/smtpsink.py" "$REC/port" \
	    "$REC/transcript" "$@" 3>&- &
	SINK=$!
	wait_for 10 test -s "$REC/port"
	echo "far.example:127.0.0.1:$(cat "$REC/port")" >"$QMAILHOME/control/smtproutes"
}

# send [RCPT...]: the report, LF as /, NUL as |
send() {
	"$BIN/qmail-remote" far.example s@x.example "${@:-u@far.example}" \
	    <"$REC/mail" | tr '\n\0' '/|'
}
heard() { tr -d '\r' <"$REC/transcript"; }

@test "accepted: report, commands and message on the wire" {
	sink
	run send
	[ "$status" -eq 0 ]
	[ "$output" = "r|K127.0.0.1 accepted message./Remote host said: 250 taken/|" ]
	wait_for 5 grep -q QUIT "$REC/transcript"
	[ "$(heard)" = 'EHLO local.example
MAIL FROM:<s@x.example> SIZE=22
RCPT TO:<u@far.example>
DATA
Subject: x

..dot
body
.
QUIT' ]
}

@test "a server without extensions gets HELO and one command at a time" {
	sink EHLO='502 no'
	run send
	[ "$output" = "r|K127.0.0.1 accepted message./Remote host said: 250 taken/|" ]
	[ "$(heard | sed -n 1,3p)" = 'EHLO local.example
HELO local.example
MAIL FROM:<s@x.example>' ]
}

@test "8-bit messages are announced, addresses quoted, the last line completed" {
	sink
	printf 'Subject: x\n\n\351' >"$REC/mail"
	run send 'a b@far.example'
	[[ $output == "r|K"* ]]
	[[ $(heard) == *"MAIL FROM:<s@x.example> BODY=8BITMIME SIZE="* ]]
	[[ $(heard) == *'RCPT TO:<"a b"@far.example>'* ]]
	[ "$(tail -c 9 "$REC/transcript" | od -An -c | tr -d ' \n')" != "" ]
	grep -aq $'^\351\r$' "$REC/transcript"
	REMOTE_STRICT_EOL=1 run send
	[ "$output" = "r|DThe last line of the message has no end. (#5.6.2)/|" ]
}

@test "a stored CR dot LF cannot end the message early" {
	sink
	printf 'foo\r.\nMAIL FROM:<evil@x>\n' >"$REC/mail"
	run send
	[[ $output == "r|K"* ]]
	wait_for 5 grep -q QUIT "$REC/transcript"
	[ "$(grep -c $'^\\.\r$' "$REC/transcript")" -eq 1 ]
	[ "$(heard | tail -n 5)" = 'foo
..
MAIL FROM:<evil@x>
.
QUIT' ]
}

@test "every refusal has its report" {
	check() {
		local want=$1
		shift
		sink "$@"
		run send
		[ "$output" = "$want" ] || { echo "$* gave $output"; false; }
	}
	h='Remote host said: '
	plain='EHLO=250 sink'
	for ext in "$plain" ''; do
		check "DConnected to 127.0.0.1 but sender was rejected./${h}550 no/|" MAIL='550 no' ${ext:+"$ext"}
		check "ZConnected to 127.0.0.1 but sender was rejected./${h}450 no/|" MAIL='450 no' ${ext:+"$ext"}
		check "h127.0.0.1 does not like recipient./${h}550 no/|DGiving up on 127.0.0.1./|" RCPT='550 no' ${ext:+"$ext"}
		check "s127.0.0.1 does not like recipient./${h}450 no/|DGiving up on 127.0.0.1./|" RCPT='450 no' ${ext:+"$ext"}
		check "r|D127.0.0.1 failed on DATA command./${h}554 no/|" DATA='554 no' ${ext:+"$ext"}
		check "r|Z127.0.0.1 failed on DATA command./${h}451 no/|" DATA='451 no' ${ext:+"$ext"}
		check "r|D127.0.0.1 failed after I sent the message./${h}554-a/554 b/|" END='554-a\n554 b' ${ext:+"$ext"}
		check "r|Z127.0.0.1 failed after I sent the message./${h}452 no/|" END='452 no' ${ext:+"$ext"}
		check "r|ZConnected to 127.0.0.1 but connection died. Possible duplicate! (#4.4.2)/|" END=close ${ext:+"$ext"}
		check "ZConnected to 127.0.0.1 but connection died. (#4.4.2)/|" MAIL=close ${ext:+"$ext"}
		check "r|Z127.0.0.1 answered DATA with no 354. (#4.5.0)/${h}250 hm/|" DATA='250 hm' ${ext:+"$ext"}
	done
	check "ZConnected to 127.0.0.1 but greeting failed./${h}554 no/|" GREETING='554 no'
	check "ZConnected to 127.0.0.1 but my name was rejected./${h}550 no/|" EHLO='550 no' HELO='550 no'
	check "ZWhat came from 127.0.0.1 is no SMTP. (#4.5.0)/|" GREETING='hello'
	check "ZConnected to 127.0.0.1 but connection died. (#4.4.2)/|" GREETING=close
}

@test "several recipients, some refused" {
	sink 'RCPT:b@far.example=550 no' 'RCPT:c@far.example=451 later'
	run send a@far.example b@far.example c@far.example
	[ "$output" = "r|h127.0.0.1 does not like recipient./Remote host said: 550 no/|s127.0.0.1 does not like recipient./Remote host said: 451 later/|K127.0.0.1 accepted message./Remote host said: 250 taken/|" ]
}

@test "the server's text is bounded and holds no NUL" {
	sink END="554 $(head -c 20000 /dev/zero | tr '\0' y)"
	run send
	[ "${#output}" -lt 5200 ]
	[ "${#output}" -gt 5000 ]
}

@test "nobody there, no route, silent name servers, wrong arguments" {
	echo 'far.example:127.0.0.1:1' >"$QMAILHOME/control/smtproutes"
	run send
	[[ $output == "Z"*"(#4.4.1)/|" ]]
	echo 'far.example:127.0.0.1:abc' >"$QMAILHOME/control/smtproutes"
	run send
	[[ $output == "Z"*"(#4.4.1)/|" ]]
	echo 'options timeout:1 attempts:1' >"$REC/resolv.conf"
	rm "$QMAILHOME/control/smtproutes"
	RES_OPTIONS='timeout:1 attempts:1' run send
	[[ $output == "Z"*"(#4.1.2)/|" ]]
	run bash -c "'$BIN/qmail-remote' far.example s </dev/null | tr '\n\0' '/|'"
	[[ $output == "D"*"(#5.3.5)/|" ]]
	run bash -c "'$BIN/qmail-remote' 127.0.0.1 s u@x </dev/null | tr '\n\0' '/|'"
	[[ $output == "D"*"(#5.4.6)/|" ]]
	run send $'a\nb@far.example'
	[[ $output == "D"*"(#5.1.3)/|" ]]
}

@test "control/me or helohost is needed" {
	rm "$QMAILHOME/control/me"
	run send
	[[ $output == "Z"*"helohost"*"(#4.3.0)/|" ]]
	echo helo.example >"$QMAILHOME/control/helohost"
	sink
	run send
	[[ $output == "r|K"* ]]
	[[ $(heard) == "EHLO helo.example"* ]]
}

@test "IPv6 relay" {
	if ! /usr/bin/python3 -c "import socket; socket.create_server(('::1', 0), family=socket.AF_INET6)" 2>/dev/null; then
		skip "no IPv6 here"
	fi
	sink --address ::1
	echo "far.example:[::1]:$(cat "$REC/port")" >"$QMAILHOME/control/smtproutes"
	run send
	[ "$output" = "r|K::1 accepted message./Remote host said: 250 taken/|" ]
}

# source_of SENDER: the address the connection comes from, and the EHLO name
source_of() {
	: >"$REC/transcript"
	"$BIN/qmail-remote" far.example "$1" u@far.example <"$REC/mail" >/dev/null
	tr -d '\r' <"$REC/transcript" | sed -n 's/^FROM //p; s/^EHLO //p' | paste -sd' '
}

@test "outgoingip and domainbindings choose where mail comes from" {
	sink --peers
	[ "$(source_of a@x.example)" = "127.0.0.1 local.example" ]
	printf '2001:db8::1\n127.0.0.8\n' >"$QMAILHOME/control/outgoingip"
	[ "$(source_of a@x.example)" = "127.0.0.8 local.example" ]
	cat >"$QMAILHOME/control/domainbindings" <<-'EOF2'
		a@x.example:127.0.0.11
		x.example:127.0.0.12|x-helo.example
		.x.example:127.0.0.13
		six.example:2001:db8::7
		any.example:0.0.0.0
		bad.example:nonsense
		:127.0.0.14
	EOF2
	[ "$(source_of a@X.example)" = "127.0.0.11 local.example" ]
	[ "$(source_of b@x.example)" = "127.0.0.12 x-helo.example" ]
	[ "$(source_of b@y.x.example)" = "127.0.0.13 local.example" ]
	[ "$(source_of b@six.example)" = "127.0.0.8 local.example" ]
	[ "$(source_of b@any.example)" = "127.0.0.1 local.example" ]
	[ "$(source_of b@bad.example)" = "127.0.0.8 local.example" ]
	[ "$(source_of '')" = "127.0.0.14 local.example" ]
}

@test "an address that is not ours is local trouble" {
	sink
	echo 203.0.113.7 >"$QMAILHOME/control/outgoingip"
	run send
	[[ $output == "Z"*"(#4.3.0)/|" ]]
}

@test "routes: mail without sender, TLS and logins that we cannot give" {
	sink
	port=$(cat "$REC/port")
	printf '%s\n' '!@:127.0.0.1:1' "far.example:127.0.0.1:$port" >"$QMAILHOME/control/smtproutes"
	run send
	[[ $output == "r|K"* ]]
	run bash -c "'$BIN/qmail-remote' far.example '' u@far.example <'$REC/mail' | tr '\n\0' '/|'"
	[[ $output == "Z"*"(#4.4.1)/|" ]]
	echo "far.example:127.0.0.1:s$port" >"$QMAILHOME/control/smtproutes"
	run send
	[[ $output == "Z"*"TLS"*"/|" ]]
	echo "far.example:127.0.0.1:$port|user|secret" >"$QMAILHOME/control/smtproutes"
	run send
	[[ $output == "Z"*"login"*"/|" ]]
	REMOTE_AUTH_OPTIONAL=1 run send
	[[ $output == "r|K"* ]]
	[[ $(heard) != *secret* ]]
}

@test "a message through a pipe" {
	sink
	run bash -c "cat '$REC/mail' | '$BIN/qmail-remote' far.example s@x u@far.example | tr '\n\0' '/|'"
	[[ $output == "r|K"* ]]
	[ "$(heard | sed -n 2p)" = "MAIL FROM:<s@x>" ]
}

@test "pipelining: all replies are read, and DATA that was too much is undone" {
	check() { # WANT RULE...
		local want=$1
		shift
		sink "$@"
		run send a@far.example b@far.example
		[ "$output" = "$want" ] || { echo "$*: $output"; false; }
		wait_for 5 grep -q QUIT "$REC/transcript"
	}
	h='Remote host said: '
	check "DConnected to 127.0.0.1 but sender was rejected./${h}550 no/|" MAIL='550 no'
	# the server took DATA for good: it got an empty message, then QUIT
	[ "$(heard | tail -n 2)" = $'.\nQUIT' ]
	check "DConnected to 127.0.0.1 but sender was rejected./${h}550 no/|" MAIL='550 no' RCPT='503 no' DATA='503 no'
	[ "$(heard | tail -n 2)" = $'DATA\nQUIT' ]
	check "h127.0.0.1 does not like recipient./${h}550 no/|h127.0.0.1 does not like recipient./${h}550 no/|DGiving up on 127.0.0.1./|" RCPT='550 no' END='554 nobody'
	[ "$(heard | tail -n 2)" = $'.\nQUIT' ]
}

@test "pipelining: many recipients go in portions" {
	sink
	run bash -c "'$BIN/qmail-remote' far.example s@x \$(seq -f 'r%g@far.example' 5000) <'$REC/mail' | tr '\0' '\n' | sort | uniq -c"
	[ "$(sed -n 's/^ *\([0-9]*\) r$/\1/p' <<<"$output")" = 5000 ]
	[[ $output == *"127.0.0.1 accepted message."* ]]
}
