# SPDX-License-Identifier: ISC
# Mail exchangers out of a real name server; see tests/support/mx_network.bash.

@test "network dns: MX order, IPv6, failures and a block list, with dnsmasq" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	PATH=$PATH:/usr/sbin:/sbin
	for program in dnsmasq ip tcpserver rblsmtpd multilog; do
		command -v $program >/dev/null || skip "needs $program"
	done
	unshare -mn sh -c 'ip link set lo up &&
	    echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start' 2>/dev/null ||
	    skip "needs network namespaces"
	run "$BATS_TEST_DIRNAME/../support/mx_network.bash"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "-- all well" ]
}
