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
	case $top in
	/var/* | /etc/*) # would be hidden there
		mkdir "$BATS_TEST_TMPDIR/copy"
		tar -C "$top" -c --exclude=.git --exclude='*.o' --exclude='build/tests' . |
		    tar -C "$BATS_TEST_TMPDIR/copy" -x
		BIN=$BATS_TEST_TMPDIR/copy${BIN#"$top"}
		top=$BATS_TEST_TMPDIR/copy
		;;
	esac
	cd "$top"
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
