# SPDX-License-Identifier: ISC
bats_require_minimum_version 1.5.0
load ../support/home
load ../support/dns

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TMPDIR=$BATS_TEST_TMPDIR PORTS=$BATS_TEST_TMPDIR/ports
	in=$BATS_TEST_DIRNAME/../support/insocket.py
	export DNSCACHEIP=127.0.0.1:1 RES_OPTIONS='timeout:1 attempts:1'
}
teardown() { dns_stop; }

has_v6() {
	/usr/bin/python3 -c "import socket; socket.create_server(('::1', 0), family=socket.AF_INET6)" 2>/dev/null
}

# show KIND OPTION...: the variables that tcp-env sets, sorted
show() {
	local kind=$1
	shift
	env -i PATH="$PATH" TMPDIR="$TMPDIR" PORTS="$PORTS" \
	    DNSCACHEIP="$DNSCACHEIP" RES_OPTIONS="$RES_OPTIONS" ${SET-} \
	    "$in" "$kind" "$BIN/tcp-env" -R "$@" env |
	    grep -E '^(PROTO|TCP|X|RELAY)' | LC_ALL=C sort
}

@test "IPv4: addresses and ports" {
	run show v4 -H
	read -r local remote <ports
	[ "$output" = "PROTO=TCP
TCPLOCALIP=127.0.0.1
TCPLOCALPORT=$local
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT=$remote" ]
}

@test "IPv6, and IPv4 through an IPv6 socket" {
	has_v6 || skip "no IPv6 here"
	run show v6 -H -l here.example
	read -r local remote <ports
	[ "$output" = "PROTO=TCP6
TCP6LOCALHOST=here.example
TCP6LOCALIP=::1
TCP6LOCALPORT=$local
TCP6REMOTEIP=::1
TCP6REMOTEPORT=$remote
TCPLOCALHOST=here.example
TCPLOCALIP=::1
TCPLOCALPORT=$local
TCPREMOTEIP=::1
TCPREMOTEPORT=$remote" ]
	run show mapped -H
	read -r local remote <ports
	[ "$output" = "PROTO=TCP
TCP6LOCALIP=::ffff:127.0.0.1
TCP6LOCALPORT=$local
TCP6REMOTEIP=::ffff:127.0.0.1
TCP6REMOTEPORT=$remote
TCPLOCALIP=127.0.0.1
TCPLOCALPORT=$local
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT=$remote" ]
}

@test "a local socket" {
	run show unix
	[ "$output" = "PROTO=UNIX
TCPLOCALHOST=localhost
TCPLOCALIP=0.0.0.0
TCPLOCALPORT=0
TCPREMOTEHOST=localhost
TCPREMOTEIP=0.0.0.0
TCPREMOTEPORT=0" ]
}

@test "what another server has set stays; stale variables do not" {
	for proto in TCP TCP6 SSL SSL6; do
		SET="PROTO=$proto TCPREMOTEIP=192.0.2.1" run show v4
		[ "$output" = "PROTO=$proto
TCPREMOTEIP=192.0.2.1" ]
	done
	SET="PROTO=UNIX TCPREMOTEHOST=old.example TCPREMOTEINFO=old TCPLOCALHOST=old" \
	    run show v4 -H
	[ "${lines[0]}" = PROTO=TCP ]
	[[ $output != *old* ]]
}

@test "names: found, not there, no answer, paranoid" {
	run show v4
	[[ $output == *"TCPREMOTEHOST=softdnserror"* ]]
	dns_start "$BATS_TEST_TMPDIR" --host-record=Loop.Example,127.0.0.1
	run show v4
	[[ $output == *"TCPREMOTEHOST=loop.example"* ]]
	[[ $output == *"TCPLOCALHOST=loop.example"* ]]
	run show v4 -p -l here
	[[ $output == *"TCPREMOTEHOST=loop.example"* ]]
	[[ $output == *"TCPLOCALHOST=here"* ]]
	dns_stop
	dns_start "$BATS_TEST_TMPDIR" \
	    --ptr-record=1.0.0.127.in-addr.arpa,liar.example
	run show v4
	[[ $output == *"TCPREMOTEHOST=liar.example"* ]]
	run show v4 -p
	[[ $output != *TCPREMOTEHOST* ]]
	dns_stop
	dns_start "$BATS_TEST_TMPDIR" --bogus-priv
	run show v4
	[[ $output != *TCPREMOTEHOST* ]]
	[[ $output != *TCPLOCALHOST* ]]
}

@test "rules: variables, denial, no file, no rule" {
	command -v tcprules >/dev/null || skip "needs tcprules"
	printf '127.0.0.1:allow,RELAYCLIENT="",X=/a b/\n:deny\n' |
	    tcprules rules.cdb rules.tmp
	run show v4 -H -x rules.cdb
	[[ $output == *"RELAYCLIENT="* ]]
	[[ $output == *"X=a b"* ]]
	SET="PROTO=TCP TCPREMOTEIP=192.0.2.1" run "$in" v4 env PROTO=TCP \
	    TCPREMOTEIP=192.0.2.1 "$BIN/tcp-env" -x rules.cdb echo served
	[ "$status" -eq 100 ]
	[ -z "$output" ]
	run "$in" v4 "$BIN/tcp-env" -RH -x nowhere.cdb echo served
	[ "$status" -eq 111 ]
	printf '10.:deny\n' | tcprules rules.cdb rules.tmp
	run "$in" v4 "$BIN/tcp-env" -RH -x rules.cdb echo served
	[ "$output" = served ]
}

@test "our choice among rules is that of tcprulescheck" {
	command -v tcprulescheck >/dev/null || skip "needs tcprulescheck"
	printf '%s:allow,X="%s"\n' \
	    {joe@192.0.2.9,joe@=h.x.example,192.0.2.9,=h.x.example,192.0.2.,192.0.,192.,=.x.example,=.example,=,192.0.2.20-29,10.2-3.}{,} >rules
	printf ':allow,X="any"\n' >>rules
	tcprules rules.cdb rules.tmp <rules
	for ip in 192.0.2.9 192.0.2.25 192.0.2.30 192.0.3.1 192.1.1.1 10.2.1.1 10.4.1.1; do
		for host in '' h.x.example y.x.example example z.example; do
			for info in '' joe jim; do
				set -- TCPREMOTEIP=$ip
				[ -z "$host" ] || set -- "$@" TCPREMOTEHOST=$host
				[ -z "$info" ] || set -- "$@" TCPREMOTEINFO=$info
				want=$(env -i PATH="$PATH" "$@" tcprulescheck rules.cdb "$ip" |
				    sed -n 's/^set environment variable X=//p')
				got=$(env -i PATH="$PATH" PROTO=TCP "$@" \
				    "$BIN/tcp-env" -x rules.cdb sh -c 'echo "$X"')
				[ "$got" = "$want" ] || {
					echo "$*: $got instead of $want"
					false
				}
			done
		done
	done
}

@test "no socket, no program, wrong usage" {
	run "$BIN/tcp-env" -RH true </dev/null
	[ "$status" -eq 111 ]
	[ -z "$output" ]
	run "$in" v4 "$BIN/tcp-env" -RH /nowhere/program
	[ "$status" -eq 111 ]
	run "$BIN/tcp-env" -t x true
	[ "$status" -eq 100 ]
	run "$BIN/tcp-env"
	[ "$status" -eq 100 ]
}

@test "the user's name comes from the other side" {
	[ "$(id -u)" -eq 0 ] || skip "needs root for port 113"
	command -v unshare >/dev/null && unshare -n true || skip "needs unshare"
	cat >ident.py <<'EOF2'
import socket, sys
s = socket.create_server(("127.0.0.1", 113))
open("ready", "w").close()
c, _ = s.accept()
ask = c.recv(100).decode()
c.sendall((ask.strip() + " : USERID : UNIX : jo e\r\n").encode())
c.close()
open("asked", "w").write(ask)
EOF2
	cat >inside.sh <<'EOF2'
ip link set lo up
/usr/bin/python3 ident.py & server=$!
while [ ! -e ready ]; do sleep 0.02; done
env -i PATH="$PATH" TMPDIR="$TMPDIR" PORTS="$PORTS" "$in" v4 "$BIN/tcp-env" -H env
wait $server
EOF2
	export in
	run unshare -n sh inside.sh
	[[ $output == *"TCPREMOTEINFO=joe"* ]]
	read -r local remote <ports
	[ "$(tr -d '\r' <asked)" = "$remote , $local" ]
}
