# SPDX-License-Identifier: ISC
# The SMTP server among the programs that people use with it.
bats_require_minimum_version 1.5.0
load ../support/home

setup() {
	for program in tcpserver rblsmtpd fixcrio recordio; do
		command -v "$program" >/dev/null || skip "needs $program"
	done
	home_create
	echo local.example >"$QMAILHOME/control/rcpthosts"
	export REC=$QMAILHOME/run QMAILQUEUE=$QMAILHOME/run/queue
	cat >"$QMAILQUEUE" <<'EOF2'
#!/bin/sh
cat >"$REC/message"; tr '\0' '|' <&1 >"$REC/envelope"
EOF2
	chmod 755 "$QMAILQUEUE"
}
teardown() {
	if [ -n "${SERVER-}" ]; then kill "$SERVER"; fi
	home_destroy
}

# serve [WRAPPER...]: qmail-smtpd behind tcpserver; the port is then in $PORT
serve() {
	tcpserver -1 -HRl0 127.0.0.1 0 "$@" "$BIN/qmail-smtpd" \
	    >"$BATS_TEST_TMPDIR/port" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
	SERVER=$!
	wait_for 10 test -s "$BATS_TEST_TMPDIR/port"
	PORT=$(cat "$BATS_TEST_TMPDIR/port")
}

body() { sed '1,/^$/d' "$REC/message"; }

@test "swaks: with pipelining and without" {
	command -v swaks >/dev/null || skip "needs swaks"
	serve
	for option in --pipeline --protocol=SMTP --protocol=ESMTP; do
		rm -f "$REC/envelope"
		run swaks --server 127.0.0.1 --port "$PORT" --from s@x.example \
		    --to u@local.example,v@local.example --ehlo c.example \
		    --body $'first\n.dot\n..two\nlast' $option
		[ "$status" -eq 0 ]
		[ "$(cat "$REC/envelope")" = "Fs@x.example|Tu@local.example|Tv@local.example||" ]
		body | grep -qx '.dot'
		body | grep -qx '..two'
	done
	run swaks --server 127.0.0.1 --port "$PORT" --from s@x --to u@far.example
	[ "$status" -ne 0 ]
	[[ $output == *"553 "*"(#5.7.1)"* ]]
}

@test "curl: a message from a file" {
	command -v curl >/dev/null || skip "needs curl"
	serve
	printf 'Subject: x\r\n\r\nhello\r\n.\r\nworld\r\n' >"$BATS_TEST_TMPDIR/mail"
	curl -sS --mail-from s@x.example --mail-rcpt u@local.example \
	    -T "$BATS_TEST_TMPDIR/mail" "smtp://127.0.0.1:$PORT/c.example"
	[ "$(cat "$REC/envelope")" = "Fs@x.example|Tu@local.example||" ]
	[ "$(body)" = $'hello\n.\nworld' ]
}

@test "smtplib: many messages in one session" {
	serve
	python3 - "$PORT" <<'EOF2'
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as s:
    for i in range(50):
        s.sendmail("s@x.example", ["u@local.example"], f"Subject: {i}\r\n\r\nx\r\n")
    assert s.has_extn("pipelining") and s.has_extn("8bitmime") and s.has_extn("size")
EOF2
	grep -qx 'Subject: 49' "$REC/message"
}

@test "rblsmtpd blocks, or lets through" {
	RBLSMTPD='go away' serve rblsmtpd
	run bash -c "printf 'EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<u@local.example>\r\nQUIT\r\n' |
	    '$BATS_TEST_DIRNAME/../support/tcptalk.py' $PORT"
	[[ $output == *"451 go away"* ]]
	[ ! -e "$REC/envelope" ]
	kill "$SERVER"
	RBLSMTPD='' serve rblsmtpd
	run bash -c "printf 'QUIT\r\n' | '$BATS_TEST_DIRNAME/../support/tcptalk.py' $PORT"
	[[ $output == "220 local.example ESMTP"* ]]
}

@test "fixcrio and recordio change nothing that they should not" {
	serve recordio fixcrio
	run bash -c "printf 'MAIL FROM:<>\nRCPT TO:<u@local.example>\nDATA\nSubject: x\n\n..y\n.\nQUIT\n' |
	    '$BATS_TEST_DIRNAME/../support/tcptalk.py' $PORT"
	[[ $output == *"250 ok "*" qp "*"221 local.example"* ]]
	[ "$(body)" = .y ]
	grep -q '< Subject: x' "$BATS_TEST_TMPDIR/log"
	grep -q '> 221 local.example' "$BATS_TEST_TMPDIR/log"
}
