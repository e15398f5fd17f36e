# SPDX-License-Identifier: ISC
# qfixq check on a queue that the mail system filled, at work and at rest.
load ../support/home

setup() {
	QMAILHOME=$(mktemp -d "${TMPDIR:-/var/tmp}/qward-home-XXXXXX")
	export QMAILHOME
	if [ "$(id -u)" -eq 0 ]; then chown "nobody:$(id -gn nobody)" "$QMAILHOME"; fi
}

teardown() {
	"$BIN/qmailctl" stop >/dev/null 2>&1 || true
	home_destroy
}

inject() {
	printf 'Subject: x\n\nx\n' |
	    "$BIN/qmail-inject" -fa@mail.example.test "$@"
}

preprocessed() {
	[ "$("$BIN/qfixq" find --state S5 | wc -l)" -eq "$1" ]
}

@test "qfixq check: a queue filled by the mail system, at work and at rest" {
	"$BIN/qmailctl" init mail.example.test
	echo 0 >"$QMAILHOME/control/concurrencylocal"
	echo 0 >"$QMAILHOME/control/concurrencyremote"
	if [ "$(id -u)" -eq 0 ]; then
		chown --reference="$QMAILHOME" "$QMAILHOME"/control/concurrency*
	fi
	"$BIN/qmailctl" start
	for _ in 1 2 3 4 5; do
		inject postmaster@mail.example.test x@remote.example
	done
	wait_for 10 preprocessed 5
	run "$BIN/qfixq" check --bodies -f tsv --skip Q003,Q005
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == Q002* ]]
	"$BIN/qmailctl" stop
	run "$BIN/qfixq" check --bodies -f tsv --skip Q003,Q005
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}
