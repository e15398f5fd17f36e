# SPDX-License-Identifier: ISC
bats_require_minimum_version 1.5.0
load ../support/home

setup() {
	home_create
	echo local.example >"$QMAILHOME/control/rcpthosts"
	record_queue
	export QMAILQUEUE=$RECORDER
	export TCPREMOTEIP=192.0.2.9
}
teardown() { home_destroy; }

# talk TEXT: sends it (printf %b, \n is CR LF), prints the replies without CR
talk() {
	printf '%b' "${1//\\n/\\r\\n}" | "$BIN/qmail-smtpd" | tr -d '\r'
	return "${PIPESTATUS[1]}"
}

start='EHLO c.example\nMAIL FROM:<s@x.example>\nRCPT TO:<u@local.example>\n'

@test "a whole session: replies, message, envelope, exit status" {
	run talk "${start}DATA\nSubject: hi\n\n..dot\nbody\n.\nQUIT\n"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "220 local.example ESMTP" ]
	[ "${lines[1]}" = "250-local.example" ]
	[ "${lines[2]}" = "250-PIPELINING" ]
	[ "${lines[3]}" = "250-8BITMIME" ]
	[ "${lines[4]}" = "250 SIZE 0" ]
	[ "${lines[5]}" = "250 ok" ]
	[ "${lines[6]}" = "250 ok" ]
	[[ ${lines[7]} == "354 "* ]]
	[[ ${lines[8]} =~ ^250\ ok\ [0-9]+\ qp\ [0-9]+$ ]]
	[ "${lines[9]}" = "221 local.example" ]
	[ "$(envelope)" = "Fs@x.example|Tu@local.example||" ]
	[ "$(sed -n 1p "$REC/message")" = "Received: from unknown (HELO c.example) (192.0.2.9)" ]
	[[ $(sed -n 2p "$REC/message") =~ ^"  by unknown with ESMTP; "[0-9]+" "[A-Z][a-z][a-z]" "[0-9]{4}" "[0-9:]{8}" -0000"$ ]]
	[ "$(sed -n '3,$p' "$REC/message")" = $'Subject: hi\n\n.dot\nbody' ]
}

@test "the order of commands" {
	run talk 'RCPT TO:<u@local.example>\nDATA\nMAIL FROM:<>\nDATA\nRCPT TO:<u@local.example>\nRSET\nDATA\nNOOP x\nVRFY u\nHELP\nWHAT\n\nquit\n'
	[ "$status" -eq 0 ]
	[[ ${lines[1]} == "503 "*"(#5.5.1)" ]]
	[[ ${lines[2]} == "503 "*"(#5.5.1)" ]]
	[ "${lines[3]}" = "250 ok" ]
	[[ ${lines[4]} == "503 "*"(#5.5.1)" ]]
	[ "${lines[5]}" = "250 ok" ]
	[ "${lines[6]}" = "250 flushed" ]
	[[ ${lines[7]} == "503 "* ]]
	[ "${lines[8]}" = "250 ok" ]
	[[ ${lines[9]} == "252 "* ]]
	[[ ${lines[10]} == "214 "* ]]
	[[ ${lines[11]} == "502 "*"(#5.5.1)" ]]
	[[ ${lines[12]} == "502 "*"(#5.5.1)" ]]
}

@test "rcpthosts: exact names and dot suffixes, in any case" {
	printf 'local.example\n.sub.example\n' >"$QMAILHOME/control/rcpthosts"
	run talk 'MAIL FROM:<s@x>\nRCPT TO:<a@LOCAL.Example>\nRCPT TO:<a@x.local.example>\nRCPT TO:<a@x.sub.example>\nRCPT TO:<a@sub.example>\nRCPT TO:<nohost>\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "553 "*"(#5.7.1)" ]]
	[ "${lines[4]}" = "250 ok" ]
	[[ ${lines[5]} == "553 "* ]]
	[ "${lines[6]}" = "250 ok" ]
}

@test "morercpthosts.cdb is asked after rcpthosts; a broken one ends the session" {
	echo 'More.Example' >"$QMAILHOME/control/morercpthosts"
	"$BIN/qmail-newmrh"
	run talk 'MAIL FROM:<s@x>\nRCPT TO:<a@more.example>\nRCPT TO:<a@less.example>\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "553 "* ]]
	echo x >"$QMAILHOME/control/morercpthosts.cdb"
	run talk 'MAIL FROM:<s@x>\nRCPT TO:<a@local.example>\nRCPT TO:<a@less.example>\nQUIT\n'
	[ "$status" -eq 1 ]
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "421 "*"(#4.3.0)" ]]
}

@test "RELAYCLIENT is appended and skips rcpthosts, not badmailfrom" {
	echo '@bad.example' >"$QMAILHOME/control/badmailfrom"
	RELAYCLIENT=@gw run talk 'MAIL FROM:<s@x>\nRCPT TO:<a@far.example>\nDATA\n.\nMAIL FROM:<s@Bad.example>\nRCPT TO:<a@far.example>\nQUIT\n'
	[ "$(envelope)" = "Fs@x|Ta@far.example@gw||" ]
	[[ ${lines[6]} == "553 "*"(#5.7.1)" ]]
}

@test "databytes: exactly so many bytes pass, one more does not" {
	export DATABYTES=5
	run talk "${start}DATA\n1234\n.\nQUIT\n"
	[[ ${lines[8]} == "250 ok"* ]]
	rm "$REC/envelope"
	run talk "${start}DATA\n12345\n.\nQUIT\n"
	[[ ${lines[8]} == "552 "*"(#5.3.4)" ]]
	[ ! -e "$REC/envelope" ]
	run talk 'EHLO c\nMAIL FROM:<s@x> SIZE=6\nMAIL FROM:<s@x> SIZE=5\nQUIT\n'
	[[ ${lines[5]} == "552 "*"(#5.3.4)" ]]
	[ "${lines[6]}" = "250 ok" ]
}

@test "hops: 99 pass, 100 are a loop" {
	hops=$(for _ in $(seq 50); do printf 'Received: x\\nDELIVERED-To: y\\n'; done)
	run talk "${start}DATA\n${hops%'DELIVERED-To: y\n'}\nReceived: in the body\n.\nQUIT\n"
	[[ ${lines[8]} == "250 ok"* ]]
	rm "$REC/envelope"
	run talk "${start}DATA\n$hops\n.\nQUIT\n"
	[[ ${lines[8]} == "554 "*"(#5.4.6)" ]]
	[ ! -e "$REC/envelope" ]
}

@test "a bare LF in the message ends the session, nothing is queued" {
	run bash -c "printf 'MAIL FROM:<a@b>\r\nRCPT TO:<u@local.example>\r\nDATA\r\nx\n.\nMAIL FROM:<evil@x>\r\n.\r\nQUIT\r\n' | '$BIN/qmail-smtpd'"
	[ "$status" -eq 1 ]
	[[ ${lines[4]} == "451 "* ]]
	[ "${#lines[@]}" -eq 5 ]
	[ ! -e "$REC/envelope" ]
}

@test "a client that leaves in the middle queues nothing" {
	run talk "${start}DATA\nSubject: x\n\nhalf"
	[ "$status" -eq 1 ]
	[ ! -e "$REC/envelope" ]
}

@test "absent, empty and control addresses are refused unless SMTPD_LAX is set" {
	commands='MAIL\nMAIL FROM:<>\nRCPT\nRCPT TO:<>\nRCPT TO:<a\x01b@local.example>\nQUIT\n'
	run talk "$commands"
	[[ ${lines[1]} == "555 "*"(#5.5.4)" ]]
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "555 "* ]]
	[[ ${lines[4]} == "555 "* ]]
	[[ ${lines[5]} == "555 "* ]]
	SMTPD_LAX=1 run talk "$commands"
	for i in 1 2 3 4 5; do [ "${lines[$i]}" = "250 ok" ]; done
}

@test "NUL and long lines in commands" {
	long=$(head -c 5000 /dev/zero | tr '\0' x)
	run talk "$long\nNOOP\nQUIT\n"
	[[ ${lines[1]} == "500 "*"(#5.5.2)" ]]
	[ "${lines[2]}" = "250 ok" ]
	run bash -c "printf 'NOOP\0x\r\nQUIT\r\n' | '$BIN/qmail-smtpd'"
	[[ ${lines[1]} == "501 "* ]]
}

@test "too many unknown commands close the session" {
	run talk "$(for i in $(seq 21); do printf 'X%s\\n' "$i"; done)NOOP\n"
	[ "$status" -eq 1 ]
	[[ ${lines[21]} == "421 "* ]]
	[ "${#lines[@]}" -eq 22 ]
}

@test "every exit of qmail-queue has its reply" {
	while read -r result class code; do
		RESULT=$result run talk "${start}DATA\n.\nQUIT\n"
		[[ ${lines[8]} == "$class "*"(#$code)" ]] || {
			echo "$result: ${lines[8]}"
			false
		}
	done <<-'EOF'
		11 554 5.1.3
		31 554 5.3.0
		33 554 5.7.1
		40 554 5.3.0
		53 451 4.3.0
		71 451 4.3.0
		72 451 4.4.1
		74 451 4.4.2
		91 451 4.3.0
		120 451 4.3.0
		200 451 4.3.0
	EOF
}

@test "text of the queue program cannot split the reply" {
	RESULT=82 SAY='Dno such thing\r\n250 ok' run talk "${start}DATA\n.\nQUIT\n"
	[ "${lines[8]}" = "554 no such thing  250 ok" ]
	[ "${#lines[@]}" -eq 10 ]
}

@test "unreadable controls: 421 instead of a greeting" {
	rm "$QMAILHOME/control/rcpthosts"
	mkdir "$QMAILHOME/control/rcpthosts"
	run talk 'QUIT\n'
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == "421 "*"(#4.3.0)" ]]
}

@test "a slow client is told so" {
	echo 1 >"$QMAILHOME/control/timeoutsmtpd"
	mkfifo "$REC/slow"
	run bash -c "exec 3<>'$REC/slow'; '$BIN/qmail-smtpd' <'$REC/slow'"
	[ "$status" -eq 1 ]
	[[ ${lines[1]} == "451 "*"(#4.4.2)"* ]]
}

@test "SMTPD_LOG: one line per message and per refusal, control bytes masked" {
	SMTPD_LOG=1 run --separate-stderr talk "EHLO c\x1b\nMAIL FROM:<s@x.example>\nRCPT TO:<u@far.example>\nRCPT TO:<u@local.example>\nDATA\nMessage-ID: <id@x>\n\n.\nQUIT\n"
	[[ ${stderr_lines[0]} =~ ^"qmail-smtpd: pid "[0-9]+" from 192.0.2.9 reject 553 stage rcpt mail <s@x.example> rcpt <u@far.example>"$ ]]
	[[ ${stderr_lines[1]} =~ ^"qmail-smtpd: pid "[0-9]+" from 192.0.2.9 helo c_ mail <s@x.example> rcpts 1 bytes 20 qp "[0-9]+" mid <id@x>"$ ]]
	[ "${#stderr_lines[@]}" -eq 2 ]
}

@test "localiphost takes the place of an address of this host" {
	run talk 'MAIL FROM:<s@[127.0.0.1]>\nRCPT TO:<u@[127.0.0.1]>\nRCPT TO:<u@[192.0.2.77]>\nDATA\n.\nQUIT\n'
	[ "$(envelope)" = "Fs@local.example|Tu@local.example||" ]
	[[ ${lines[3]} == "553 "* ]]
}

@test "addresses of 899 bytes pass; what localiphost makes of them counts" {
	local n=$((899 - 14))
	long=$(head -c $n /dev/zero | tr '\0' x)
	run talk "MAIL FROM:<>\nRCPT TO:<$long@local.example>\nRCPT TO:<x$long@local.example>\nRCPT TO:<$long@[127.0.0.1]>\nRCPT TO:<$long@[IPv6:::1]>\nQUIT\n"
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "555 "*"(#5.5.4)" ]]
	[ "${lines[4]}" = "250 ok" ]
	[ "${lines[5]}" = "250 ok" ]
}

@test "moreipme and notipme say which literals are this host" {
	echo 192.0.2.0/24 >"$QMAILHOME/control/moreipme"
	printf '192.0.2.7\n127.0.0.1\n' >"$QMAILHOME/control/notipme"
	run talk 'MAIL FROM:<>\nRCPT TO:<u@[192.0.2.8]>\nRCPT TO:<u@[192.0.2.7]>\nRCPT TO:<u@[127.0.0.1]>\nRCPT TO:<u@[127.0.0.2]>\nRCPT TO:<u@[383.000.00.2]>\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "553 "* ]]
	[[ ${lines[4]} == "553 "* ]]
	[ "${lines[5]}" = "250 ok" ]
	[ "${lines[6]}" = "250 ok" ] # octets count modulo 256, as they always did
}

@test "a session has an end, and says goodbye" {
	mkfifo "$REC/slow"
	SMTPD_MAXSESSION=1 run bash -c "exec 3<>'$REC/slow'; '$BIN/qmail-smtpd' <'$REC/slow'"
	[ "$status" -eq 1 ]
	[[ ${lines[1]} == "451 "*"(#4.4.2)"* ]]
}

@test "rcptcheck: who would bounce is refused, who cannot be told is not" {
	echo 1 >"$QMAILHOME/control/rcptcheck"
	printf 'local.example\nvirt.example\nfar.example\n' >"$QMAILHOME/control/rcpthosts"
	echo virt.example:box >"$QMAILHOME/control/virtualdomains"
	echo ./x/ >"$QMAILHOME/alias/.qmail-postmaster"
	echo '|exit 100' >"$QMAILHOME/alias/.qmail-box-default"
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$QMAILHOME/alias"; fi
	run talk 'MAIL FROM:<>\nRCPT TO:<postmaster@local.example>\nRCPT TO:<No-Such@local.example>\nRCPT TO:<any@virt.example>\nRCPT TO:<any@far.example>\nRCPT TO:<postmaster>\nRCPT TO:<x@other.example>\nDATA\n.\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
	[[ ${lines[3]} == "550 "*"(#5.1.1)" ]]
	[ "${lines[4]}" = "250 ok" ]
	[ "${lines[5]}" = "250 ok" ]
	[ "${lines[6]}" = "250 ok" ]
	[[ ${lines[7]} == "553 "*"(#5.7.1)" ]]
	[ "$(envelope)" = "F|Tpostmaster@local.example|Tany@virt.example|Tany@far.example|Tpostmaster||" ]
	RELAYCLIENT='' run talk 'MAIL FROM:<>\nRCPT TO:<no-such@local.example>\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
	echo junk >"$QMAILHOME/users/cdb"
	run talk 'MAIL FROM:<>\nRCPT TO:<no-such@local.example>\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
	rm "$QMAILHOME/users/cdb"
	echo 0 >"$QMAILHOME/control/rcptcheck"
	run talk 'MAIL FROM:<>\nRCPT TO:<no-such@local.example>\nQUIT\n'
	[ "${lines[2]}" = "250 ok" ]
}
