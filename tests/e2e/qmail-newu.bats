# SPDX-License-Identifier: ISC
load ../support/home

setup() { home_create; }
teardown() { home_destroy; }

assign() {
	printf '%s\n' "$@" >"$QMAILHOME/users/assign"
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody: "$QMAILHOME/users"; fi
}

@test "qmail-newu: makes users/cdb, readable for all" {
	umask 077
	assign "=joe:joe:1:2:/h:::" .
	run "$BIN/qmail-newu"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(stat -c %a "$QMAILHOME/users/cdb")" = 644 ]
	[ ! -e "$QMAILHOME/users/cdb.tmp" ]
	grep -qa '!joe' "$QMAILHOME/users/cdb"
}

@test "qmail-newu: a bad line is named, the old database stays" {
	assign "=joe:joe:1:2:/h:::" .
	"$BIN/qmail-newu"
	cp "$QMAILHOME/users/cdb" "$QMAILHOME/run/before"
	assign "=joe:joe:1:2:/other:::" "=ann:ann:1:2" .
	run "$BIN/qmail-newu"
	[ "$status" -eq 111 ]
	[[ $output == "qmail-newu: fatal: users/assign:2: "* ]]
	cmp "$QMAILHOME/users/cdb" "$QMAILHOME/run/before"
	[ ! -e "$QMAILHOME/users/cdb.tmp" ]
}

@test "qmail-newu: no failing or killed sync loses the old database" {
	need_strace
	local when how
	assign "=joe:joe:1:2:/h:::" .
	"$BIN/qmail-newu"
	cp "$QMAILHOME/users/cdb" "$QMAILHOME/run/old"
	assign "=joe:joe:1:2:/other:::" .
	"$BIN/qmail-newu"
	cp "$QMAILHOME/users/cdb" "$QMAILHOME/run/new"
	for when in 1 2; do
		for how in error=EIO signal=KILL; do
			as_owner cp "$QMAILHOME/run/old" "$QMAILHOME/users/cdb"
			run as_owner strace -qq -o /dev/null -e trace=fsync \
			    -e "inject=fsync:$how:when=$when" "$BIN/qmail-newu"
			[ "$status" -ne 0 ]
			cmp "$QMAILHOME/users/cdb" "$QMAILHOME/run/old" ||
			    cmp "$QMAILHOME/users/cdb" "$QMAILHOME/run/new"
		done
	done
	# what a killed run left is no obstacle
	"$BIN/qmail-newu"
	cmp "$QMAILHOME/users/cdb" "$QMAILHOME/run/new"
}
