# SPDX-License-Identifier: ISC
# For bats files: name servers on loopback ports, found through DNSCACHEIP.
#
#	dns_start FOLDER OPTION...   dnsmasq with these options; skips without it
#	dns_script FOLDER RULE...    tests/support/dnssink.py
#	dns_stop                     in teardown

dns_free_port() {
	/usr/bin/python3 -c 'import socket
t = socket.socket(); t.bind(("127.0.0.1", 0)); print(t.getsockname()[1])'
}

dns_find_dnsmasq() {
	PATH=$PATH:/usr/sbin command -v dnsmasq
}

# Another process may take the port between our choice and its use: try again.
dns_start() {
	local folder=$1 server port
	shift
	server=$(dns_find_dnsmasq) || skip "needs dnsmasq"
	for _ in 1 2 3 4 5; do
		port=$(dns_free_port)
		"$server" --keep-in-foreground --conf-file=/dev/null --no-resolv \
		    --no-hosts --no-daemon --pid-file= --port="$port" \
		    --listen-address=127.0.0.1 --bind-interfaces \
		    --local-ttl=60 "$@" >"$folder/dnsmasq.log" 2>&1 3>&- &
		DNS_PID=$!
		if wait_for 5 dns_answers "$port"; then
			export DNSCACHEIP=127.0.0.1:$port
			return 0
		fi
		kill "$DNS_PID" 2>/dev/null || true
	done
	cat "$folder/dnsmasq.log" >&2
	return 1
}

dns_answers() {
	kill -0 "$DNS_PID" && /usr/bin/python3 - "$1" <<'PY' 2>/dev/null
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.3)
s.connect(("127.0.0.1", int(sys.argv[1])))
s.send(b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")
s.recv(512)
PY
}

dns_script() {
	local folder=$1
	shift
	rm -f "$folder/dns.port"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../support/dnssink.py" "$folder/dns.port" \
	    "$folder/dns.log" "$@" 3>&- &
	DNS_PID=$!
	wait_for 10 test -s "$folder/dns.port"
	DNSCACHEIP=127.0.0.1:$(cat "$folder/dns.port")
	export DNSCACHEIP
}

dns_stop() {
	if [ -n "${DNS_PID-}" ]; then kill "$DNS_PID" 2>/dev/null || true; fi
	DNS_PID=
}
