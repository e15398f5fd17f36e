#!/bin/bash
# SPDX-License-Identifier: ISC
# usage: BIN=... mx_network.bash
# Root only. In a network and with an /etc/resolv.conf of its own: two mail
# hosts at port 25, found by the MX records of a dnsmasq, and rblsmtpd with a
# zone of that dnsmasq. Says what it does; exits 0 when all of it happened.
set -eu
if [ -z "${MX_NETWORK-}" ]; then
	MX_NETWORK=1 exec unshare -mn --propagation private "$0"
fi
here=$(cd "${0%/*}" && pwd)
# shellcheck source=tests/support/home.bash
. "$here/home.bash"
# shellcheck source=tests/support/world.bash
. "$here/world.bash"

step() { echo "-- $*"; }

zone() {
	cat <<-'END'
		no-resolv
		no-hosts
		port=53
		listen-address=127.0.0.1
		bind-interfaces
		user=root
		local=/example/
		local=/test/
		mx-host=two.example,mx1.two.example,10
		mx-host=two.example,mx2.two.example,20
		host-record=mx1.two.example,127.0.0.4
		host-record=mx2.two.example,127.0.0.3
		host-record=plain.example,127.0.0.3
		cname=www.example,plain.example
		mx-host=circle.example,a.example,10
		host-record=a.example,127.0.0.2
		mx-host=six.example,mx.six.example,10
		host-record=mx.six.example,fd00::3
		txt-record=66.0.0.127.rbl.test,"seen sending junk"
	END
}

dns_start() {
	zone >"$world/dnsmasq.conf"
	dnsmasq --keep-in-foreground --conf-file="$world/dnsmasq.conf" \
	    --pid-file="$world/dnsmasq.pid" &
	dns=$!
	background+=("$dns")
	wait_for 10 test -s "$world/dnsmasq.pid"
}

post() { # SUBJECT TO
	letter "$1" | on a sendmail -f joe@a.example "$2"
}

set_up() {
	ip link set lo up
	ip addr add fd00::3/128 dev lo
	echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
	world_create
	trap world_destroy EXIT
	echo "nameserver 127.0.0.1" >"$world/resolv.conf"
	mount --bind "$world/resolv.conf" /etc/resolv.conf
	dns_start
	host_create a joe
	host_create b bob
	# all of this is this host; only 127.0.0.2 is to be seen as such
	printf '%s\n' 127.0.0.3/32 127.0.0.4/32 fd00::3 | edit a/control/notipme
	echo 127.0.0.3:25 | edit b/control/smtplisten
	printf '%s\n' two.example plain.example www.example six.example |
	    as_owner tee -a "$world/b/control/rcpthosts" >/dev/null
	for domain in two plain www six; do echo "$domain.example"; done |
	    as_owner tee -a "$world/b/control/locals" >/dev/null
	start a b
}

check_mx() {
	step "the second MX gets it when the first is down"
	post second bob@two.example
	wait_for 20 arrived b bob '^Delivered-To: bob@two.example'
	step "without MX the address counts, also through a CNAME"
	post plain bob@plain.example
	wait_for 20 arrived b bob '^Delivered-To: bob@plain.example'
	post www bob@www.example
	wait_for 20 arrived b bob '^Delivered-To: bob@www.example'
	step "no such domain, and a circle: bounces"
	post nowhere bob@nowhere.example
	wait_for 20 arrived a joe '(#5\.1\.2)'
	post circle bob@circle.example
	wait_for 20 arrived a joe '(#5\.4\.6)'
	step "no name server: deferred, delivered when it is back"
	kill "$dns"
	wait "$dns" || true
	post later bob-later@two.example
	wait_for 60 logged a 'deferral: .*(#4\.1\.2)'
	echo ./Maildir/ | edit b/people/bob/.qmail-default
	rm -f "$world/dnsmasq.pid"
	dns_start
	on a qmailctl flush
	wait_for 20 arrived b bob '^Delivered-To: bob-later@two.example'
}

# The tcpserver of ucspi-tcp knows IPv4 only: another far side.
check_v6() {
	if ! /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_INET6)'; then return; fi
	step "an MX that has an IPv6 address only"
	/usr/bin/python3 "$here/smtpsink.py" "$world/six.port" "$world/six" \
	    --address fd00::3 --port 25 &
	background+=($!)
	wait_for 10 test -s "$world/six.port"
	post six bob@six.example
	wait_for 20 logged a 'success: .*fd00::3.*_accepted_message'
}

check_rbl() {
	step "rblsmtpd refuses an address of its zone"
	on b qmailctl stop
	QMAILHOME=$world/b "${OWNER[@]}" tcpserver -v -H -R -l0 127.0.0.3 25 \
	    rblsmtpd -r rbl.test "$BIN/qmail-smtpd" 2>"$world/rbl.log" &
	background+=($!)
	echo 127.0.0.66 | edit a/control/outgoingip
	post listed bob@plain.example
	wait_for 20 logged a 'deferral: 127\.0\.0\.3_.*451_seen_sending_junk'
	grep -q '^rblsmtpd: 127.0.0.66 pid [0-9]*: 451 seen sending junk' "$world/rbl.log"
	as_owner rm "$world/a/control/outgoingip"
	on a qmailctl flush
	wait_for 20 logged a 'success: 127\.0\.0\.3_accepted_message'
	wait_for 20 queue_is_empty a
}

set_up
check_mx
check_v6
check_rbl
step "all well"
