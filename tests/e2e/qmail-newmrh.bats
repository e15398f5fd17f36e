# SPDX-License-Identifier: ISC
load ../support/home

setup() { home_create; }
teardown() { home_destroy; }

own() { if [ "$(id -u)" -eq 0 ]; then chown -R nobody: "$QMAILHOME/control"; fi; }

@test "qmail-newmrh: makes the database, readable for all" {
	umask 077
	printf 'A.Example \n# no\n\n.b.example' >"$QMAILHOME/control/morercpthosts"
	own
	run "$BIN/qmail-newmrh"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(stat -c %a "$QMAILHOME/control/morercpthosts.cdb")" = 644 ]
	[ ! -e "$QMAILHOME/control/morercpthosts.tmp" ]
	grep -qa 'a\.example' "$QMAILHOME/control/morercpthosts.cdb"
}

@test "qmail-newmrh: without a source the old database stays" {
	echo a.example >"$QMAILHOME/control/morercpthosts"
	own
	"$BIN/qmail-newmrh"
	rm "$QMAILHOME/control/morercpthosts"
	run "$BIN/qmail-newmrh"
	[ "$status" -eq 111 ]
	[[ $output == "qmail-newmrh: fatal: "* ]]
	[ -s "$QMAILHOME/control/morercpthosts.cdb" ]
}

@test "qmail-newmrh: a full disk leaves the old database" {
	need_strace
	echo a.example >"$QMAILHOME/control/morercpthosts"
	own
	"$BIN/qmail-newmrh"
	cp "$QMAILHOME/control/morercpthosts.cdb" "$QMAILHOME/run/old"
	echo b.example >"$QMAILHOME/control/morercpthosts"
	run as_owner strace -qq -o /dev/null -e trace=write \
	    -e inject=write:error=ENOSPC:when=1 "$BIN/qmail-newmrh"
	[ "$status" -eq 111 ]
	cmp "$QMAILHOME/control/morercpthosts.cdb" "$QMAILHOME/run/old"
	[ ! -e "$QMAILHOME/control/morercpthosts.tmp" ]
}
