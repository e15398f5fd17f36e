# SPDX-License-Identifier: ISC
# doc/privileges.md against the processes of a real installation.
load ../support/home

setup() { top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd); }

@test "privileges: every process has the ids of the table, none of the network is root's" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	for program in tcpserver multilog; do
		command -v $program >/dev/null || skip "needs $program"
	done
	case $top in /var/* | /etc/*) skip "the checkout would be hidden" ;; esac
	run "$top/tests/support/private_host.sh" \
	    "$top/tests/support/privileges.bash" "$top/doc/privileges.md"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "privileges: every program has a line in doc/privileges.md" {
	for file in "$BIN"/qmail-* "$BIN/sendmail" "$BIN/tcp-env"; do
		grep -qE "^\|( |.*, )${file##*/}[ ,]" "$top/doc/privileges.md" || {
			echo "${file##*/} has none"
			false
		}
	done
}
