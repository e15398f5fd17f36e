# SPDX-License-Identifier: ISC
# splogger with a syslog socket of its own, which only root can arrange.

trapped() {
	[ "$(id -u)" -eq 0 ] || skip "needs root for a private /dev/log"
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	run "$BATS_TEST_DIRNAME/../support/syslog_trap.py" "$BATS_TEST_TMPDIR/out" \
	    "$BIN/splogger" "$@"
}

# <PRIORITY>Mon DD HH:MM:SS TAG: SECONDS.MICROS TEXT without what varies
plain() {
	sed -E 's/^(<[0-9]+>)[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} /\1/; s/[0-9]{10}\.[0-9]{6}/STAMP/'
}

@test "splogger: facility mail, tag splogger, priority by prefix" {
	trapped < <(printf 'new msg 5\nalert: no\nwarning: hm\n\ntab\there\nlost')
	[ "$status" -eq 0 ]
	[ "$(plain <<<"$output")" = "<22>splogger: STAMP new msg 5
<17>splogger: STAMP alert: no
<20>splogger: STAMP warning: hm
<22>splogger: STAMP tab?here" ]
}

@test "splogger: tag and facility are arguments" {
	trapped qmail 16 < <(echo hello)
	[ "$(plain <<<"$output")" = "<134>qmail: STAMP hello" ]
}

@test "splogger: pieces of a long line carry the stamp of the first" {
	trapped < <(head -c 900 /dev/zero | tr '\0' x && echo)
	[ "${#lines[@]}" -eq 2 ]
	first=$(sed -E 's/.*: ([0-9.]+) x.*/\1/' <<<"${lines[0]}")
	[[ ${lines[1]} == *": $first+"x* ]]
	[ "$(tr -cd x <<<"${lines[0]#*: }" | wc -c)" -eq 799 ]
	[ "$(tr -cd x <<<"${lines[1]#*: }" | wc -c)" -eq 101 ]
}

@test "splogger: a facility that is no number is refused" {
	run "$BIN/splogger" tag mail </dev/null
	[ "$status" -eq 100 ]
	run "$BIN/splogger" tag 24 </dev/null
	[ "$status" -eq 100 ]
}
