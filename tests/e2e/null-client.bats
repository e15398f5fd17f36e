# SPDX-License-Identifier: ISC
# Three instances: a null client without a queue hands its mail to a mailhost
# (QMQP, tcpserver), which sends all foreign mail through a gateway (SMTP),
# which delivers it to the far side.
load ../support/home
load ../support/world

setup() {
	needs tcpserver tcprules multilog
	world_create
	host_create mailhost joe
	host_create gateway
	host_create far bob
	client_create
	listen_at gateway 127.0.0.4
	listen_at far 127.0.0.5
	echo ":127.0.0.4:${port[gateway]}" | edit mailhost/control/smtproutes
	echo 127.0.0.3 | edit mailhost/control/outgoingip
	echo "far.example:127.0.0.5:${port[far]}" | edit gateway/control/smtproutes
	printf '127.0.0.3:allow,RELAYCLIENT=""\n:allow\n' | edit gateway/control/tcp.smtp
	on gateway qmailctl cdb
}

teardown() { world_destroy; }

# Only what a null client needs: two control files and four programs.
client_create() {
	local program
	mkdir "$world/client"
	if [ "$(id -u)" -eq 0 ]; then chown "nobody:$(id -gn nobody)" "$world/client"; fi
	as_owner mkdir "$world/client/control" "$world/client/bin"
	echo client.example | edit client/control/me
	port[qmqp]=$(free_port 127.0.0.3)
	echo "127.0.0.3:${port[qmqp]}" | edit client/control/qmqpservers
	for program in sendmail qmail-inject qmail-qmqpc; do
		as_owner cp "$BIN/$program" "$world/client/bin/$program"
	done
	as_owner ln -s qmail-qmqpc "$world/client/bin/qmail-queue"
}

# client PROGRAM ARG...: with the programs of the client itself
client() {
	local program=$1
	shift
	as_owner env QMAILHOME="$world/client" "$world/client/bin/$program" "$@"
}

accepts() { bash -c "exec 5<>/dev/tcp/$1/$2" 2>/dev/null; }

# RULES: who may use it; its own access file, as the manual page demands
start_qmqpd() {
	printf '%s\n' "$@" | edit mailhost/control/tcp.qmqp
	as_owner tcprules "$world/mailhost/control/tcp.qmqp.cdb" \
	    "$world/mailhost/control/tcp.qmqp.tmp" <"$world/mailhost/control/tcp.qmqp"
	"${OWNER[@]}" env QMAILHOME="$world/mailhost" tcpserver -v -H -R -l0 \
	    -x "$world/mailhost/control/tcp.qmqp.cdb" 127.0.0.3 "${port[qmqp]}" \
	    "$BIN/qmail-qmqpd" 2>"$BATS_TEST_TMPDIR/qmqpd.log" 3>&- &
	background+=($!)
	wait_for 10 accepts 127.0.0.3 "${port[qmqp]}"
}

@test "null client: its mail crosses mailhost and gateway" {
	start_qmqpd '127.0.0.1:allow' ':deny'
	start mailhost gateway far
	letter across | client sendmail -f joe@client.example bob@far.example joe@mailhost.example
	wait_for 10 arrived mailhost joe '^Subject: across'
	wait_for 10 arrived far bob '^Subject: across'
	[ "$(as_owner cat "$(folder far bob)"/* | grep -c '^Received: ')" -eq 6 ]
	as_owner grep -rqx '  by 0 with QMQP; .*' "$(folder far bob)"
	as_owner grep -rqx 'Return-Path: <joe@client.example>' "$(folder far bob)"
	wait_for 10 logged gateway 'delivery 1: success: 127\.0\.0\.5_accepted_message'
	wait_for 10 queue_is_empty mailhost
	wait_for 10 queue_is_empty gateway
	[ ! -e "$world/client/queue" ]
}

@test "null client: the mailhost is down: the sender is told, nothing is half done" {
	run client sendmail bob@far.example < <(letter lost)
	[ "$status" -eq 111 ]
	start_qmqpd '127.0.0.1:allow' ':deny'
	start mailhost
	client sendmail joe@mailhost.example < <(letter again)
	wait_for 10 arrived mailhost joe '^Subject: again'
	[ "$(count mailhost joe)" -eq 1 ]
}

@test "null client: whom the rules of the mailhost do not name is turned away" {
	start_qmqpd '127.0.0.9:allow' ':deny'
	run client sendmail joe@mailhost.example < <(letter no)
	[ "$status" -eq 111 ]
	queue_is_empty mailhost
}

@test "null client: a second mailhost takes over" {
	{ echo 127.0.0.3:1; cat "$world/client/control/qmqpservers"; } >"$BATS_TEST_TMPDIR/servers"
	edit client/control/qmqpservers <"$BATS_TEST_TMPDIR/servers"
	start_qmqpd ':allow'
	start mailhost
	client qmail-inject joe@mailhost.example < <(letter second)
	wait_for 10 arrived mailhost joe '^Subject: second'
}
