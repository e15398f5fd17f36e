# SPDX-License-Identifier: ISC
# qmail-qmtpd, qmail-qmqpd and qmail-qmqpc
bats_require_minimum_version 1.5.0
load ../support/home

setup() {
	home_create
	echo local.example >"$QMAILHOME/control/rcpthosts"
	record_queue
	export QMAILQUEUE=$RECORDER TCPREMOTEIP=192.0.2.9
}
teardown() {
	if [ -n "${SERVER-}" ]; then kill "$SERVER"; fi
	home_destroy
}

ns() { printf '%d:%s,' "${#1}" "$1"; }
qmtp() { printf '%s' "$1" | "$BIN/qmail-qmtpd"; }
body() { tail -n +3 "$REC/message"; }

@test "QMTP: one answer a recipient, unacceptable ones apart" {
	run qmtp "$(ns $'\nSubject: x\n\nhi\n')$(ns s@x)$(ns "$(ns u@local.example)$(ns v@far.example)")"
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+:Kok\ [0-9]+\ qp\ [0-9]+,[0-9]+:D.*\(#5.7.1\),$ ]]
	[ "$(envelope)" = "Fs@x|Tu@local.example||" ]
	[ "$(body)" = $'Subject: x\n\nhi' ]
	[ "$(sed -n 1p "$REC/message")" = "Received: from unknown (192.0.2.9)" ]
	[[ $(sed -n 2p "$REC/message") == "  by unknown with QMTP; "* ]]
}

@test "QMTP: dos text, several messages in one session" {
	one="$(ns $'\ra\r\nb\rc\r\r\n')$(ns '')$(ns "$(ns u@local.example)")"
	run qmtp "$one$one"
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+:Kok[^,]*,[0-9]+:Kok[^,]*,$ ]]
	[ "$(body | od -An -c | tr -d ' \n')" = 'a\nb\rc\r\n' ]
}

@test "QMTP: nobody acceptable, nothing queued; no recipient, no answer" {
	run qmtp "$(ns $'\nx')$(ns s@x)$(ns "$(ns v@far.example)")"
	[[ $output == *"(#5.7.1),"* ]]
	[ ! -e "$REC/envelope" ]
	run qmtp "$(ns $'\nx')$(ns s@x)$(ns '')"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "QMTP: long sender, long recipient, databytes, relay clients" {
	long=$(head -c 1000 /dev/zero | tr '\0' x)
	run qmtp "$(ns $'\nx')$(ns "$long")$(ns "$(ns u@local.example)")"
	[[ $output == *"D"*"(#5.1.7),"* ]]
	run qmtp "$(ns $'\nx')$(ns s@x)$(ns "$(ns "$long@local.example")$(ns u@local.example)")"
	[[ $output == *"D"*"(#5.1.3),"*"Kok"* ]]
	DATABYTES=1 run qmtp "$(ns $'\nxy')$(ns s@x)$(ns "$(ns u@local.example)")"
	[[ $output == *"D"*"(#5.3.4),"* ]]
	RELAYCLIENT=@gw run qmtp "$(ns $'\nx')$(ns s@x)$(ns "$(ns v@far.example)")"
	[ "$(envelope)" = "Fs@x|Tv@far.example@gw||" ]
}

@test "QMTP: broken protocol, cut input, lengths without end" {
	run qmtp 'x'
	[ "$status" -eq 100 ]
	run qmtp '3:abc;'
	[ "$status" -eq 100 ]
	run qmtp '1:xx'
	[ "$status" -eq 100 ]
	run qmtp '0:,'
	[ "$status" -eq 100 ]
	run qmtp '300000000:'
	[ "$status" -eq 111 ]
	run qmtp '99999999999999999999999999999:'
	[ "$status" -eq 111 ]
	whole="$(ns $'\nx')$(ns s@x)$(ns "$(ns u@local.example)")"
	for n in $(seq 0 $((${#whole} - 1))); do
		run qmtp "${whole:0:$n}"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		[ ! -e "$REC/envelope" ]
	done
}

@test "QMQP: a message, addresses that cannot be, wrong lengths" {
	inner="$(ns $'Subject: x\n\nhi\n')$(ns s@x)$(ns a@b)$(ns c@d)"
	run bash -c "printf '%s' '$(ns "$inner")' | '$BIN/qmail-qmqpd'"
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+:Kok\ [0-9]+\ qp\ [0-9]+,$ ]]
	[ "$(envelope)" = "Fs@x|Ta@b|Tc@d||" ]
	[[ $(sed -n 2p "$REC/message") == "  by unknown with QMQP; "* ]]
	rm "$REC/envelope"
	long=$(head -c 1000 /dev/zero | tr '\0' x)
	inner="$(ns x)$(ns s@x)$(ns "$long")"
	run bash -c "printf '%s' '$(ns "$inner")' | '$BIN/qmail-qmqpd'"
	[[ $output == *"D"*"(#5.1.3),"* ]]
	[ ! -e "$REC/envelope" ]
	run bash -c "printf '9:5:abcde,0:,' | '$BIN/qmail-qmqpd'"
	[ "$status" -eq 100 ]
}

serve() {
	"${OWNER[@]}" env "$@" /usr/bin/python3 "$BATS_TEST_DIRNAME/../support/netserve.py" \
	    "$REC/port" "$BIN/qmail-qmqpd" 3>&- &
	wait_for 10 test -s "$REC/port"
	# not $!, which is a shell around it
	SERVER=$(cat "$REC/port.pid")
}

client() {
	printf 'Subject: null\n\nclient\n' >"$REC/in"
	printf 'Fs@x\0Ta@b\0Tc@d\0\0' >"$REC/env"
	"$BIN/qmail-qmqpc" <"$REC/in" 1<"$REC/env"
}

@test "qmqpc: servers are tried in turn, the first that connects decides" {
	serve
	printf 'name.example\n127.0.0.1:1\n127.0.0.1:%s\n' "$(cat "$REC/port")" \
	    >"$QMAILHOME/control/qmqpservers"
	run client
	[ "$status" -eq 0 ]
	[ "$(envelope)" = "Fs@x|Ta@b|Tc@d||" ]
	[ "$(body)" = $'Subject: null\n\nclient' ]
}

@test "qmqpc: refusals of the server come back as exit codes" {
	for want in 31 71; do
		rm -f "$REC/port"
		serve RESULT=$want
		echo "127.0.0.1:$(cat "$REC/port")" >"$QMAILHOME/control/qmqpservers"
		run client
		[ "$status" -eq "$want" ]
		kill "$SERVER"
		SERVER=
	done
}

@test "qmqpc: no servers 55, refused 73, bad envelope 91, closed input 54" {
	run client
	[ "$status" -eq 55 ]
	: >"$QMAILHOME/control/qmqpservers"
	run client
	[ "$status" -eq 55 ]
	echo 127.0.0.1:1 >"$QMAILHOME/control/qmqpservers"
	run client
	[ "$status" -eq 73 ]
	printf 'Ta@b\0\0' >"$REC/env"
	run bash -c "'$BIN/qmail-qmqpc' <'$REC/in' 1<'$REC/env'"
	[ "$status" -eq 91 ]
	printf 'Fs@x\0Ta@b\0' >"$REC/env"
	run bash -c "'$BIN/qmail-qmqpc' <'$REC/in' 1<'$REC/env'"
	[ "$status" -eq 91 ]
	run bash -c "'$BIN/qmail-qmqpc' <&- 1<'$REC/env'"
	[ "$status" -eq 54 ]
}
