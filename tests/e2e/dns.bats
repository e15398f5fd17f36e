# SPDX-License-Identifier: ISC
# qmail-remote and name servers: a real one (dnsmasq) and one that misbehaves.
# Nothing here connects to port 25 of this host: either the outcome tells what
# was resolved, or a route leads to another port, or the test has a network of
# its own.
bats_require_minimum_version 1.5.0
load ../support/home
load ../support/dns

setup() {
	home_create
	REC=$QMAILHOME/run
	printf 'Subject: x\n\nbody\n' >"$REC/mail"
	export RES_OPTIONS='timeout:1 attempts:1'
}
teardown() {
	dns_stop
	if [ -n "${SINK-}" ]; then kill "$SINK"; fi
	home_destroy
}

# report HOST: what qmail-remote says, LF as /, NUL as |
report() {
	"$BIN/qmail-remote" "$1" s@x.example "u@$1" <"$REC/mail" | tr '\n\0' '/|'
}

sink() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../support/smtpsink.py" "$REC/port" \
	    "$REC/transcript" "$@" 3>&- &
	SINK=$!
	wait_for 10 test -s "$REC/port"
}

# own_network COMMAND...: a loopback interface and nothing else
own_network() {
	local ns=(unshare -n)
	[ "$(id -u)" -eq 0 ] || ns=(unshare -rn)
	command -v ip >/dev/null && "${ns[@]}" true 2>/dev/null ||
	    skip "needs a network of its own"
	"${ns[@]}" bash -euc 'ip link set lo up; "$@"' own_network "$@"
}

# ---- dnsmasq ----------------------------------------------------------------

@test "dnsmasq: addresses, aliases, missing names" {
	dns_start "$REC" --local=/example/ --host-record=host.example,127.0.0.1 \
	    --cname=second.example,host.example \
	    --cname=first.example,second.example \
	    --mx-host=mx.example,first.example,10
	run report mx.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
	run report host.example # no MX: the host itself
	[[ $output == "D"*"(#5.4.6)/|" ]]
	run report nowhere.example
	[ "$output" = "DThere is no host named nowhere.example. (#5.1.2)/|" ]
	sink
	echo ":first.example:$(cat "$REC/port")" >"$QMAILHOME/control/smtproutes"
	run report far.example
	[ "$output" = "r|K127.0.0.1 accepted message./Remote host said: 250 taken/|" ]
	echo ":mx.example:$(cat "$REC/port")" >"$QMAILHOME/control/smtproutes"
	run report far.example # a relay is not looked for by MX
	[ "$output" = "DThere is no host named mx.example. (#5.1.2)/|" ]
}

@test "dnsmasq: 60 mail exchangers do not fit a datagram" {
	local options=() i
	for i in $(seq 0 59); do
		options+=(--mx-host="many.example,host-$i.with-a-long-name.example,$i")
	done
	dns_start "$REC" --local=/example/ "${options[@]}" \
	    --host-record=host-59.with-a-long-name.example,127.0.0.1
	run report many.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
}

@test "dnsmasq: a server with an IPv6 address" {
	/usr/bin/python3 -c "import socket; socket.create_server(('::1', 0), family=socket.AF_INET6)" 2>/dev/null ||
	    skip "no IPv6 here"
	dns_start "$REC" --local=/example/ --host-record=host.example,127.0.0.1 \
	    --listen-address=::1
	DNSCACHEIP="[::1]:${DNSCACHEIP#*:}" run report host.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
	# of several servers the dead ones are passed over
	DNSCACHEIP="127.0.0.1:1 $DNSCACHEIP" run report host.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
}

# ---- the one that misbehaves ------------------------------------------------

@test "questions carry EDNS, and a server without it is asked again" {
	dns_script "$REC" 'old.example MX=noedns,10 m.example' \
	    'm.example A=127.0.0.1' 'm.example AAAA=nx'
	run report old.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
	grep -qx 'udp old.example MX edns' "$REC/dns.log"
	grep -qx 'udp old.example MX' "$REC/dns.log"
}

@test "truncated answers come by TCP" {
	dns_script "$REC" 'tc.example MX=tc,10 m.example' 'm.example A=tc,127.0.0.1' \
	    'big.example MX=*100,200 m.example'
	run report tc.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
	grep -qx 'tcp tc.example MX edns' "$REC/dns.log"
	grep -qx 'tcp m.example A edns' "$REC/dns.log"
	run report big.example
	[[ $output == "D"*"(#5.4.6)/|" ]]
	[ "$(grep -c '^udp m[0-9]*.a-longer-name.example A edns' "$REC/dns.log")" -eq 100 ]
}

@test "every bad answer has its report" {
	dns_script "$REC" 'null.example MX=0 .' 'servfail.example MX=servfail' \
	    'refused.example MX=refused' 'formerr.example MX=formerr' \
	    'drop.example MX=drop' 'junk.example MX=junk' \
	    'lame.example MX=10 nowhere.example,20 empty.example' \
	    'empty.example TXT=@x' 'softmx.example MX=10 softa.example,20 nowhere.example' \
	    'softa.example *=servfail' 'mixed.example MX=10 softa.example,20 m.example' \
	    'm.example A=127.0.0.1' 'aliasonly.example MX=@m.example' \
	    'loop.example *=@loop.example' 'mxalias.example MX=@real.example' \
	    'real.example MX=10 m.example' 'foreign.example MX=foreign' \
	    'foreign.example A=foreign' 'short.example MX=short,10 m.example' \
	    'literal.example MX=10 127.0.0.1' 'twodots.example MX=10 .,20 m.example' \
	    'six.example AAAA=::1'
	while read -r host letter code; do
		run report "$host"
		[[ $output == "$letter"*"(#$code)/|" ]] || {
			echo "$host: $output"
			false
		}
	done <<-'EOF2'
		null.example D 5.1.10
		servfail.example Z 4.1.2
		refused.example Z 4.1.2
		formerr.example Z 4.1.2
		drop.example Z 4.1.2
		junk.example Z 4.1.2
		lame.example D 5.4.4
		softmx.example Z 4.1.2
		mixed.example D 5.4.6
		aliasonly.example D 5.1.2
		loop.example D 5.1.2
		mxalias.example D 5.4.6
		foreign.example D 5.1.2
		short.example Z 4.1.2
		literal.example D 5.4.6
		twodots.example D 5.4.6
		six.example D 5.4.6
		[127.0.0.1] D 5.4.6
		127.0.0.1 D 5.4.6
		[IPv6:::1] D 5.4.6
		a..b D 5.1.2
	EOF2
	! grep -q 'null.example A' "$REC/dns.log" # nothing more was asked
}

@test "names that cannot be are not asked for" {
	dns_script "$REC"
	for host in '' . .. a..example "$(head -c 64 /dev/zero | tr '\0' x).example" \
	    "$(head -c 300 /dev/zero | tr '\0' 'y')"; do
		run report "$host"
		[[ $output == "D"*"(#5.1.2)/|" ]]
	done
	[ ! -s "$REC/dns.log" ]
}

# ---- which addresses are tried, and in which order --------------------------

# tries HOST RULE... : inside a network where everything of 127.0.0.0/8 and
# fd00::1-3 answers on port 25; prints the report, then the addresses in order
tries() {
	local host=$1
	shift
	printf '127.0.0.0/8\nfd00::1\nfd00::2\nfd00::3\n' >"$QMAILHOME/control/notipme"
	: >"$REC/transcript"
	export REC BATS_TEST_DIRNAME
	own_network bash -euc '
		ip -6 addr add fd00::1/128 dev lo 2>/dev/null || true
		ip -6 addr add fd00::2/128 dev lo 2>/dev/null || true
		ip -6 addr add fd00::3/128 dev lo 2>/dev/null || true
		support=$BATS_TEST_DIRNAME/../support host=$1
		shift
		dns=() smtp=()
		for rule; do case $rule in
		GREETING*) smtp+=("$rule");;
		*) dns+=("$rule");;
		esac; done
		rm -f "$REC/dns.port" "$REC/port"
		/usr/bin/python3 "$support/dnssink.py" "$REC/dns.port" "$REC/dns.log" "${dns[@]}" 3>&- & a=$!
		/usr/bin/python3 "$support/smtpsink.py" "$REC/port" "$REC/transcript" \
		    --address :: --port 25 --peers "${smtp[@]}" 3>&- & b=$!
		trap "kill $a $b" EXIT
		while [ ! -s "$REC/dns.port" ] || [ ! -s "$REC/port" ]; do sleep 0.02; done
		export DNSCACHEIP=127.0.0.1:$(cat "$REC/dns.port")
		for i in $(seq "${TIMES-1}"); do
			"$BIN/qmail-remote" "$host" s@x.example "u@$host" <"$REC/mail" | tr "\n\0" "/|"
			echo
		done
	' tries "$host" "$@"
	sed -n 's/^CONNECT //p' "$REC/transcript"
}

@test "order: best preference first, the next after a busy or refusing host" {
	run tries d.example 'd.example MX=30 c.example,10 a.example,20 b.example' \
	    'a.example A=127.0.0.2' 'b.example A=127.0.0.3' 'c.example A=127.0.0.4' \
	    'GREETING:127.0.0.2=421 busy' 'GREETING:127.0.0.3=554 no'
	[ "${lines[0]}" = "r|K127.0.0.4 accepted message./Remote host said: 250 taken/|" ]
	[ "${lines[*]:1}" = "127.0.0.2 127.0.0.3 127.0.0.4" ]
}

@test "order: when all refuse, the last refusal is reported" {
	rules=('d.example MX=10 a.example,20 b.example' 'a.example A=127.0.0.2'
	    'b.example A=127.0.0.3')
	run tries d.example "${rules[@]}" 'GREETING:127.0.0.2=421 busy' \
	    'GREETING:127.0.0.3=554 no'
	[ "${lines[0]}" = "ZConnected to 127.0.0.3 but greeting failed./Remote host said: 554 no/|" ]
	REMOTE_5XX_GREETING_FATAL=1 run tries d.example "${rules[@]}" \
	    'GREETING:127.0.0.2=421 busy' 'GREETING:127.0.0.3=554 no'
	[[ ${lines[0]} == Z* ]]
	REMOTE_5XX_GREETING_FATAL=1 run tries d.example "${rules[@]}" GREETING='554 no'
	[[ ${lines[0]} == D* ]]
	run tries d.example "${rules[@]}" GREETING='554 no'
	[[ ${lines[0]} == Z* ]]
	run tries d.example "${rules[@]}" 'GREETING:127.0.0.2=close' \
	    'GREETING:127.0.0.3=close'
	[ "${lines[0]}" = "ZConnected to 127.0.0.3 but connection died. (#4.4.2)/|" ]
}

@test "order: hosts of equal preference take turns by chance" {
	TIMES=40 run tries d.example 'd.example MX=10 a.example,10 b.example' \
	    'a.example A=127.0.0.2' 'b.example A=127.0.0.3'
	a=$(grep -c '^127.0.0.2' <<<"$output")
	b=$(grep -c '^127.0.0.3' <<<"$output")
	[ $((a + b)) -eq 40 ]
	[ "$a" -ge 5 ] # chance of less: below 1 in 10 million
	[ "$b" -ge 5 ]
}

@test "order: only hosts better than ourselves are tried" {
	# fd00::/8 of the interface is us; 127.0.0.2 and 3 are not
	run tries d.example 'd.example MX=10 a.example,20 me.example,20 b.example,30 c.example' \
	    'a.example A=127.0.0.2' 'me.example AAAA=::1' 'b.example A=127.0.0.3' \
	    'c.example A=127.0.0.4' GREETING='421 no'
	[[ ${lines[0]} == "ZConnected to 127.0.0.2 "* ]]
	[ "${lines[*]:1}" = "127.0.0.2" ]
}

@test "order: IPv6 only, both families, the one that is preferred" {
	own_network ip -6 addr add fd00::1/128 dev lo || skip "no IPv6 here"
	run tries d.example 'd.example MX=10 a.example' 'a.example AAAA=fd00::1'
	[ "${lines[0]}" = "r|Kfd00::1 accepted message./Remote host said: 250 taken/|" ]
	rules=('d.example MX=10 a.example,20 b.example'
	    'a.example A=127.0.0.2,127.0.0.3' 'a.example AAAA=fd00::1'
	    'b.example AAAA=fd00::2' 'b.example A=127.0.0.4' GREETING='421 no')
	IPPREF=6 run tries d.example "${rules[@]}"
	[ "${lines[*]:1}" = "fd00::1 127.0.0.2 127.0.0.3 fd00::2 127.0.0.4" ]
	IPPREF=4 run tries d.example "${rules[@]}"
	[ "${lines[*]:1}" = "127.0.0.2 fd00::1 127.0.0.3 127.0.0.4 fd00::2" ]
	# no address of the whole Internet here: IPv4 first
	run tries d.example "${rules[@]}"
	[ "${lines[1]}" = 127.0.0.2 ]
}

# ---- QMTP by preference -----------------------------------------------------

# qmtp REPLIES RULE...: as tries, with a QMTP server on 127.0.0.2 that answers
# so; what it got is then in $REC/qmtp
qmtp() {
	local replies=$1
	shift
	export REPLIES=$replies
	cat >"$BATS_TEST_TMPDIR/server.py" <<'EOF2'
import os, socket, sys
s = socket.create_server(("127.0.0.2", 209))
c, _ = s.accept()
got = b""
while not got.endswith(b",,"):
    data = c.recv(65536)
    if not data:
        break
    got += data
open(os.environ["REC"] + "/qmtp", "wb").write(got)
c.sendall(os.environ["REPLIES"].encode())
c.close()
EOF2
	cat >"$BATS_TEST_TMPDIR/with_qmtp" <<'EOF2'
#!/bin/sh
python3 "${0%/*}/server.py" 3>&- & server=$!
while ! grep -q ' 0200007F:00D1 ' /proc/net/tcp; do sleep 0.02; done
"$REAL/qmail-remote" "$@"
kill $server 2>/dev/null
EOF2
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	chmod 755 "$BATS_TEST_TMPDIR/with_qmtp"
	ln -sf ../with_qmtp "$BATS_TEST_TMPDIR/bin/qmail-remote"
	ln -sf "$BATS_TEST_TMPDIR/server.py" "$BATS_TEST_TMPDIR/bin/server.py"
	REAL=$BIN BIN=$BATS_TEST_TMPDIR/bin tries "$@"
}

@test "mxps: QMTP where the preference asks for it, only if wanted" {
	rules=('d.example MX=12801 a.example' 'a.example A=127.0.0.2')
	export REAL=$BIN
	run qmtp '5:Kgood,' d.example "${rules[@]}"
	[ "${lines[0]}" = "r|K127.0.0.2 accepted message./Remote host said: 250 taken/|" ]
	echo 1 >"$QMAILHOME/control/mxps"
	run qmtp '5:Kgood,' d.example "${rules[@]}"
	[ "${lines[0]}" = "r|K127.0.0.2 accepted message./Remote host said: good/|" ]
	[ "$(tr '\n' '/' <"$REC/qmtp")" = "18:/Subject: x//body/,11:s@x.example,15:11:u@d.example,," ]
	run qmtp '5:Dnope,' d.example "${rules[@]}"
	[ "${lines[0]}" = "h127.0.0.2 does not like recipient./Remote host said: nope/|DGiving up on 127.0.0.2./|" ]
	run qmtp '6:Zlater,' d.example "${rules[@]}"
	[ "${lines[0]}" = "s127.0.0.2 does not like recipient./Remote host said: later/|DGiving up on 127.0.0.2./|" ]
	run qmtp '5:Kgo' d.example "${rules[@]}"
	[ "${lines[0]}" = "ZConnected to 127.0.0.2 but connection died. Possible duplicate! (#4.4.2)/|" ]
	run qmtp '5:Xgood,' d.example "${rules[@]}"
	[[ ${lines[0]} == "Z"*"(#4.5.0)/|" ]]
	run qmtp '9999999:' d.example "${rules[@]}"
	[[ ${lines[0]} == "Z"*"(#4.5.0)/|" ]]
	# other slices are SMTP, and so is a host where nobody listens
	run qmtp '5:Kgood,' d.example 'd.example MX=12802 a.example' 'a.example A=127.0.0.2'
	[[ ${lines[0]} == *"250 taken/|" ]]
	run qmtp '5:Kgood,' d.example 'd.example MX=12817 a.example' 'a.example A=127.0.0.3'
	[ "${lines[0]}" = "r|K127.0.0.3 accepted message./Remote host said: 250 taken/|" ]
}
