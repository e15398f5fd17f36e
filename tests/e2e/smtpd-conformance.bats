# SPDX-License-Identifier: ISC
# The tables of the SMTP server, row by row.
bats_require_minimum_version 1.5.0
load ../support/home

setup() {
	home_create
	echo local.example >"$QMAILHOME/control/rcpthosts"
	export REC=$QMAILHOME/run QMAILQUEUE=$QMAILHOME/run/queue
	export TCPREMOTEIP=192.0.2.9
}
teardown() { home_destroy; }

talk() { printf '%b' "${1//\\n/\\r\\n}" | "$BIN/qmail-smtpd" | tr -d '\r'; }

program() {
	printf '#!/bin/sh\n%s\n' "$1" >"$QMAILQUEUE"
	chmod 755 "$QMAILQUEUE"
}

transaction='MAIL FROM:<s@x>\nRCPT TO:<u@local.example>\nDATA\n.\n'

@test "every exit status of the queue program" {
	program 'cat >/dev/null; cat <&1 >/dev/null
		n=$(cat "$REC/n"); echo $((n + 1)) >"$REC/n"; exit "$n"'
	echo 0 >"$REC/n"
	if [ "$(id -u)" -eq 0 ]; then chown nobody "$REC/n"; fi
	talk "$(for _ in {0..255}; do printf '%s' "$transaction"; done)QUIT\n" |
	    grep -E '^(250 ok [0-9]|554|451)' |
	    sed 's/^250 ok [0-9]* qp [0-9]*$/250/; s/^\(...\) .*(#\(.*\))$/\1 \2/' \
	    >"$BATS_TEST_TMPDIR/got"
	for n in {0..255}; do
		case $n in
		0) echo 250 ;;
		11 | 115) echo 554 5.1.3 ;;
		33 | 34) echo 554 5.7.1 ;;
		1[2-9] | 2[0-9] | 3[0-9] | 40) echo 554 5.3.0 ;;
		72 | 73) echo 451 4.4.1 ;;
		74) echo 451 4.4.2 ;;
		*) echo 451 4.3.0 ;;
		esac
	done >"$BATS_TEST_TMPDIR/want"
	diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
}

@test "text of the queue program: every length and every byte" {
	program 'cat >/dev/null; cat <&1 >/dev/null; cat "$REC/say" >&6; exit 82'
	reply() { # BYTES LETTER
		{ printf %s "$2"; head -c $(($1 - 1)) /dev/zero | tr '\0' x; } >"$REC/say"
		talk "${transaction}QUIT\n" | sed -n 5p
	}
	: >"$REC/say"
	[[ $(talk "$transaction" | sed -n 5p) == "451 "*"(#4.3.0)" ]]
	[[ $(reply 1 D) == "451 "*"(#4.3.0)" ]]
	[[ $(reply 2 D) == "451 "*"(#4.3.0)" ]]
	[ "$(reply 3 D)" = "554 xx" ]
	[ "$(reply 3 Z)" = "451 xx" ]
	[ "$(reply 3 Q)" = "451 xx" ]
	[ "$(reply 255 D)" = "554 $(head -c 254 /dev/zero | tr '\0' x)" ]
	[ "$(reply 256 D)" = "554 $(head -c 254 /dev/zero | tr '\0' x)" ]
	[ "$(reply 70000 D)" = "554 $(head -c 254 /dev/zero | tr '\0' x)" ]
	printf 'Da\nb\r\n250 c\0d\tx\x1b\x80z\n\n' >"$REC/say"
	[ "$(talk "$transaction" | sed -n 5p)" = '554 a b  250 c?d x??z' ]
}

@test "a queue program that crashes, that cannot run, that does not read" {
	program 'kill -9 $$'
	[[ $(talk "$transaction" | sed -n 5p) == "451 "*"(#4.3.0)" ]]
	rm "$QMAILQUEUE"
	run talk "${transaction}RSET\nQUIT\n"
	[[ ${lines[3]} == "451 "*"(#4.3.0)" ]] # at DATA; the dot is then unknown
	[[ ${lines[4]} == "502 "* ]]
	program 'exit 0'
	run bash -c "{ printf 'MAIL FROM:<s@x>\r\nRCPT TO:<u@local.example>\r\nDATA\r\n'
		yes | head -c 1000000 | sed 's/\$/\r/'; printf '.\r\nQUIT\r\n'; } | '$BIN/qmail-smtpd' | sed -n 5p"
	[[ $output == "451 "*"(#4.3.0)"* ]]
}

@test "commands with odd arguments, in odd order" {
	program 'cat >/dev/null; tr "\0" "|" <&1 >"$REC/envelope"'
	while IFS='|' read -r commands replies; do
		got=$(talk "$commands" | sed 1d | sed 's/^\(...\).*/\1/' | paste -sd' ')
		[ "$got" = "$replies" ] || { echo "$commands: $got"; false; }
	done <<-'EOF2'
		HELO\nHELO a b c\nhelo\n|250 250 250
		EHLO\neHlO x y\n|250 250 250 250 250 250 250 250
		NOOP x y\nRSET x\nVRFY\nVRFY a\nHELP\nHELP me\nQUIT now\nNOOP\n|250 250 252 252 214 214 221
		NOOP\tx\n NOOP\nNOOPS\n\n\xff\n|502 502 502 502 502
		MAIL FROM:<a@b>\nMAIL FROM:<c@d>\nDATA\nRCPT TO:<u@local.example>\nDATA\n.\nDATA\n|250 250 503 250 354 250 503
		RCPT TO:<u@local.example>\nMAIL FROM:<>\nRCPT TO:<u@local.example>\nEHLO x\nDATA\n|503 250 250 250 250 250 250 503
		MAIL FROM:<>\nRCPT TO:<u@local.example>\nHELO x\nRCPT TO:<u@local.example>\n|250 250 250 503
		MAIL FROM:<>\nRCPT TO:<u@local.example>\nDATA junk\n.\n|250 250 354 250
		MAIL<a@b>\nMAIL <a@b>\nMAIL foo:a@b\nMAIL :\nMAIL FROM:<a@b> SIZE=x BODY=8BITMIME FOO\n|502 250 250 250 250
	EOF2
	[ "$(cat "$REC/envelope")" = 'F|Tu@local.example||' ]
	# commands may end in LF alone; only the message is strict
	run bash -c "printf 'HELO x\nNOOP\nQUIT\n' | '$BIN/qmail-smtpd'"
	[ "${#lines[@]}" -eq 4 ]
}

@test "addresses as the classic parser reads them" {
	program 'cat >/dev/null; tr "\0" "|" <&1 >"$REC/envelope"'
	rm "$QMAILHOME/control/rcpthosts"
	while IFS=' ' read -r argument want; do
		talk "MAIL FROM:<>\nRCPT ${argument//_/ }\nDATA\n.\n" >/dev/null
		[ "$(cat "$REC/envelope")" = "F|T$want||" ] || {
			echo "$argument: $(cat "$REC/envelope")"
			false
		}
	done <<-'EOF2'
		TO:<x@y> x@y
		<x@y>trailing x@y
		"<x@y>" x@y
		<"a>b"@c> a>b@c
		<a\\@b@c> a@b@c
		<@h1,@h2:a@b> a@b
		<a@b a@b
		TO:a@b_foo a@b
		a@b_foo a@b
		TO:__a@b a@b
		TO:<a%b@c>_X=1 a%b@c
		<A@B> A@B
	EOF2
}

@test "no stored message can end early on its way out again" {
	command -v python3 >/dev/null
	program 'cat | sed 1,2d >"$REC/stored"; cat <&1 >/dev/null'
	rm "$QMAILHOME/control/rcpthosts"
	python3 "$BATS_TEST_DIRNAME/../support/smtpsink.py" "$REC/port" \
	    "$REC/transcript" 3>&- &
	sink=$!
	wait_for 10 test -s "$REC/port"
	echo ":127.0.0.1:$(cat "$REC/port")" >"$QMAILHOME/control/smtproutes"
	for text in 'a\r.\r\nMAIL FROM:<evil@x>' '\r\r.\r\r\n.x' '..\r\n...\r.' \
	    'x\r\n.\r.\r\ny' '\r.' '.\rz'; do
		: >"$REC/transcript"
		printf 'MAIL FROM:<>\r\nRCPT TO:<u@x>\r\nDATA\r\n%b\r\n.\r\nQUIT\r\n' "$text" |
		    "$BIN/qmail-smtpd" >/dev/null
		"$BIN/qmail-remote" far.example s@x u@far.example <"$REC/stored" >/dev/null
		wait_for 5 grep -q '^QUIT' "$REC/transcript"
		[ "$(grep -c $'^\\.\r$' "$REC/transcript")" -eq 1 ]
		[ "$(tail -n 1 "$REC/transcript" | tr -d '\r')" = QUIT ]
	done
	kill "$sink"
}
