# SPDX-License-Identifier: ISC
# qmailctl start with control/smtplisten: tcpserver and qmail-smtpd, with the
# clients swaks and curl.
load ../support/home
load ../support/world

setup() {
	needs tcpserver tcprules multilog
	world_create
	host_create a joe ann
}

teardown() { world_destroy; }

smtp_logged() { as_owner grep -qE -e "$1" "$world/a/log/smtpd/current"; }

# by_curl TO FILE [OPTION...]: sends the file from x@client.example
by_curl() {
	local to=$1 file=$2
	shift 2
	curl -sS --max-time 20 --mail-from x@client.example --mail-rcpt "$to" \
	    --upload-file "$file" "$@" \
	    "smtp://127.0.0.2:${port[a]}/client.example"
}

by_swaks() {
	swaks --server "127.0.0.2:${port[a]}" --helo client.example \
	    --from x@client.example --timeout 20 "$@"
}

sessions() { pgrep -c -P "$(cat "$world/a/run/smtpd-127.0.0.2:${port[a]}.pid")" -x qmail-smtpd; }
has_sessions() { [ "$(sessions)" -eq "$1" ]; }

@test "smtp service: swaks delivers to a local user, with the trace it should leave" {
	needs swaks
	listen_at a 127.0.0.2
	start a
	run by_swaks --to joe@a.example --body "by swaks"
	[ "$status" -eq 0 ]
	[[ $output == *"250 ok "*" qp "* ]]
	qp=$(sed -n 's/.*250 ok [0-9]* qp \([0-9]*\).*/\1/p' <<<"$output")
	wait_for 10 arrived a joe "by swaks"
	as_owner grep -rq "^Received: from unknown (HELO client.example) (127.0.0.1)$" "$(folder a joe)"
	as_owner grep -rq "^  by 0 with ESMTP; " "$(folder a joe)"
	as_owner grep -rqx "Return-Path: <x@client.example>" "$(folder a joe)"
	logged a "info msg [0-9]+: bytes [0-9]+ from <x@client.example> qp $qp "
	wait_for 10 smtp_logged "tcpserver: ok [0-9]+ .*127\.0\.0\.2:${port[a]} .*127\.0\.0\.1:"
	wait_for 10 smtp_logged 'tcpserver: end [0-9]+ status 0$'
}

@test "smtp service: foreign domains are refused, nothing is queued" {
	needs swaks
	listen_at a 127.0.0.2
	start a
	run by_swaks --to joe@elsewhere.example
	[ "$status" -eq 24 ]
	[[ $output == *"553 "*"(#5.7.1)"* ]]
	queue_is_empty a
}

@test "smtp service: curl, a large message with dots arrives byte for byte" {
	needs curl
	listen_at a 127.0.0.2
	start a
	{
		printf 'Subject: large\r\n\r\n'
		for i in $(seq 3000); do printf '.%d\r\n..\r\n.\r\nline %d\r\n' "$i" "$i"; done
	} >"$world/large"
	by_curl joe@a.example "$world/large" --mail-rcpt ann@a.example
	wait_for 20 arrived a joe 'line 3000'
	wait_for 20 arrived a ann 'line 3000'
	tr -d '\r' <"$world/large" | sed '1,/^$/d' | cmp - <(as_owner cat "$(folder a joe)"/* | sed '1,/^$/d')
	[ "$(count a joe)$(count a ann)" = 11 ]
}

@test "smtp service: swaks pipelines" {
	needs swaks
	listen_at a 127.0.0.2
	start a
	run by_swaks --pipeline --to joe@a.example,ann@a.example --body pipelined
	[ "$status" -eq 0 ]
	wait_for 10 arrived a joe pipelined
	wait_for 10 arrived a ann pipelined
}

@test "smtp service: control/tcp.smtp decides by client address" {
	needs curl
	printf '127.0.0.5:allow,RELAYCLIENT=""\n127.0.0.6:deny\n127.0.0.7:allow,DATABYTES="20"\n:allow\n' |
	    edit a/control/tcp.smtp
	on a qmailctl cdb
	listen_at a 127.0.0.2
	start a
	smtp_letter ruled >"$world/letter"
	by_curl far@elsewhere.example "$world/letter" --interface 127.0.0.5
	wait_for 10 logged a 'to remote far@elsewhere.example'
	run by_curl far@elsewhere.example "$world/letter"
	[ "$status" -eq 55 ]
	run by_curl joe@a.example "$world/letter" --interface 127.0.0.6
	[ "$status" -ne 0 ]
	run by_curl joe@a.example "$world/letter" --interface 127.0.0.7
	[ "$status" -ne 0 ]
	by_curl joe@a.example "$world/letter"
	wait_for 10 arrived a joe ruled
	# new rules count at once
	echo ':deny' | edit a/control/tcp.smtp
	on a qmailctl cdb
	run by_curl joe@a.example "$world/letter"
	[ "$status" -ne 0 ]
}

@test "smtp service: several listeners, each its own server" {
	needs curl
	listen_at a 127.0.0.2
	second=$(free_port 127.0.0.3)
	echo "127.0.0.3:$second" | as_owner tee -a "$world/a/control/smtplisten" >/dev/null
	start a
	smtp_letter one >"$world/letter"
	by_curl joe@a.example "$world/letter"
	port[a]=$second
	sed 's/one/two/' "$world/letter" >"$world/other"
	curl -sS --mail-from x@c.example --mail-rcpt joe@a.example \
	    --upload-file "$world/other" "smtp://127.0.0.3:$second/c.example"
	wait_for 10 arrived a joe "^Subject: one"
	wait_for 10 arrived a joe "^Subject: two"
	run on a qmailctl stat
	[[ $output == *"127.0.0.2:"* && $output == *"127.0.0.3:$second"* ]]
}

@test "smtp service: concurrencyincoming bounds the sessions" {
	echo 2 | edit a/control/concurrencyincoming
	listen_at a 127.0.0.2
	start a
	wait_for 10 has_sessions 0
	exec 5<>"/dev/tcp/127.0.0.2/${port[a]}" 6<>"/dev/tcp/127.0.0.2/${port[a]}" \
	    7<>"/dev/tcp/127.0.0.2/${port[a]}"
	read -r -t 10 -u 5 first
	read -r -t 10 -u 6 second
	[[ $first == 220* && $second == 220* ]]
	has_sessions 2
	wait_for 10 smtp_logged 'tcpserver: status: 2/2'
	exec 5>&-
	read -r -t 10 -u 7 third
	[[ $third == 220* ]]
	exec 6>&- 7>&-
}

@test "smtp service: stop ends sessions, and a message half sent is not queued" {
	listen_at a 127.0.0.2
	start a
	exec 5<>"/dev/tcp/127.0.0.2/${port[a]}"
	printf 'HELO x\r\nMAIL FROM:<x@c.example>\r\nRCPT TO:<joe@a.example>\r\nDATA\r\nSubject: half\r\n' >&5
	for code in 220 250 250 250 354; do
		read -r -t 10 -u 5 line
		[[ $line == "$code"* ]]
	done
	on a qmailctl stop
	exec 5>&-
	[ -z "$(ls "$world/a/run")" ]
	run bash -c "exec 5<>/dev/tcp/127.0.0.2/${port[a]}"
	[ "$status" -ne 0 ]
	start a
	queue_is_empty a
	[ "$(count a joe)" -eq 0 ]
}

@test "smtp service: without rcpthosts nothing starts" {
	listen_at a 127.0.0.2
	as_owner rm "$world/a/control/rcpthosts"
	run start a
	[ "$status" -eq 100 ]
	[[ $output == *rcpthosts* ]]
	run on a qmailctl stat
	[ "$status" -eq 3 ]
	# the same while mail is running: a service that went away stays away
	as_owner mv "$world/a/control/smtplisten" "$world/a/control/off"
	start a
	as_owner mv "$world/a/control/off" "$world/a/control/smtplisten"
	run start a
	[ "$status" -eq 100 ]
	[[ $output == *rcpthosts* ]]
}

@test "smtp service: IPv6 takes a tcpserver that knows it" {
	if ! /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))'; then
		skip "needs IPv6"
	fi
	port[a]=$(free_port ::1)
	echo "[::1]:${port[a]}" | edit a/control/smtplisten
	if tcpserver -6 2>&1 | grep -q illegal; then
		run start a
		[ "$status" -eq 100 ]
		[[ $output == *"ucspi-tcp-ipv6"* ]]
		run on a qmailctl stat
		[ "$status" -eq 3 ]
		return
	fi
	start a
	smtp_letter six >"$world/letter"
	curl -sS --mail-from x@c.example --mail-rcpt joe@a.example \
	    --upload-file "$world/letter" "smtp://[::1]:${port[a]}/c.example"
	wait_for 10 arrived a joe '^Subject: six'
	as_owner grep -rq '^Received: from unknown (HELO c.example) (::1)' "$(folder a joe)"
	on a qmailctl stop
	echo "[::]:${port[a]}" | edit a/control/smtplisten
	start a
	for host in 127.0.0.2 '[::1]'; do
		curl -sS --mail-from x@c.example --mail-rcpt ann@a.example --upload-file \
		    "$world/letter" "smtp://$host:${port[a]}/c.example"
	done
	both() { [ "$(count a ann)" -eq 2 ]; }
	wait_for 10 both
}
