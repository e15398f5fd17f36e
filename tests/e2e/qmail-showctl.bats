# SPDX-License-Identifier: ISC
bats_require_minimum_version 1.5.0
load ../support/home
load ../support/options

setup() {
	home_create
	C=$QMAILHOME/control
}
teardown() { home_destroy; }

# block NAME: the lines of one file, without its name
block() {
	"$BIN/qmail-showctl" | sed -n "/^$1: /,/^\$/{s/^$1: //;/^\$/!p}"
}

@test "qmail-showctl: head, order of the files, an empty line before each" {
	local names
	run "$BIN/qmail-showctl" ignored
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "qmail home directory: $QMAILHOME." ]
	[ "${lines[1]}" = 'user-ext delimiter: -.' ]
	[ "${lines[2]}" = 'paternalism (in decimal): 2.' ]
	[ "${lines[3]}" = 'silent concurrency limit: 65000.' ]
	[ "${lines[4]}" = 'subdirectory split: 23.' ]
	[[ ${lines[5]} == 'user ids: '* ]]
	[[ ${lines[6]} == 'group ids: '* ]]
	# the classic files in their classic order, whatever stands between
	names='badmailfrom bouncefrom bouncehost concurrencylocal
concurrencyremote databytes defaultdomain defaulthost doublebouncehost
doublebounceto envnoathost helohost idhost localiphost locals me percenthack
plusdomain qmqpservers queuelifetime rcpthosts morercpthosts morercpthosts.cdb
smtpgreeting smtproutes timeoutconnect timeoutremote timeoutsmtpd
virtualdomains'
	diff <(tr ' ' '\n' <<<"$names") \
	    <(sed -n '/^$/{n;s/: .*//p}' <<<"$output" |
	        grep -xFf <(tr ' ' '\n' <<<"$names"))
}

@test "qmail-showctl: values and defaults" {
	echo 'mail.example  ' >"$C/helohost"
	echo 7 >"$C/concurrencylocal"
	printf 'a.example\n#no\nb.example\n' >"$C/rcpthosts"
	: >"$C/locals"
	[ "$(block helohost)" = 'mail.example' ]
	[ "$(block idhost)" = '(Default.) local.example' ]
	[ "$(block concurrencylocal)" = '7' ]
	[ "$(block concurrencyremote)" = '(Default.) 20' ]
	[ "$(block rcpthosts | tail -n +2)" = $'a.example\nb.example' ]
	[ "$(block locals)" = 'present, without entries' ]
	rm "$C/rcpthosts"
	[[ $(block rcpthosts) == '(Default.) '*'open relay'* ]]
}

@test "qmail-showctl: without control/me" {
	rm "$C/me"
	[ "$(block me)" = '(Default.) none' ]
	[ "$(block defaulthost)" = '(Default.) defaulthost' ]
	[ "$(block helohost)" = '(Default.) none' ]
}

@test "qmail-showctl: strange bytes become question marks" {
	printf 'a\033[2J\303\274' >"$C/smtpgreeting"
	[ "$(block smtpgreeting)" = 'a?[2J??' ]
	printf 'x\033y' >"$C/locals"
	[ "$(block locals | tail -n 1)" = 'x?y' ]
}

@test "qmail-showctl: what the programs stumble over is announced" {
	echo ten >"$C/concurrencylocal"
	[ "$(block concurrencylocal)" = $'(Default.) Oops! the file does not begin with a number\n10' ]
	mkdir "$C/databytes"
	[[ $(block databytes) == 'Oops! '* ]]
	echo a.example >"$C/morercpthosts"
	[[ $(block morercpthosts.cdb) == '(Default.) Oops! morercpthosts has no effect'* ]]
	: >"$C/morercpthosts.cdb"
	touch -d '2026-01-01' "$C/morercpthosts.cdb"
	[ "$(block morercpthosts.cdb)" = 'Oops! morercpthosts.cdb is older than morercpthosts' ]
	touch -d '2025-01-01' "$C/morercpthosts"
	[ "$(block morercpthosts.cdb)" = 'present' ]
}

@test "qmail-showctl: files that nobody reads come last, sorted" {
	touch "$C/zoo" "$C/badmailform" "$C/.hidden"
	run "$BIN/qmail-showctl"
	[ "${lines[-2]}" = 'badmailform: no program of this suite reads such a file' ]
	[ "${lines[-1]}" = 'zoo: no program of this suite reads such a file' ]
	[[ $output != *hidden* ]]
}

@test "qmail-showctl: split and ids follow the queue and the home" {
	rm -r "$QMAILHOME/queue/mess"
	mkdir -p "$QMAILHOME/queue/mess/"{0..6} \
	    "$QMAILHOME"/queue/{info,local,remote}
	rm -r "$QMAILHOME"/queue/{info,local,remote}/*
	run "$BIN/qmail-showctl"
	[ "${lines[4]}" = 'subdirectory split: 7.' ]
	rm -r "$QMAILHOME/queue"
	run "$BIN/qmail-showctl"
	[ "$status" -eq 0 ]
	[[ ${lines[4]} == 'subdirectory split: Oops! '* ]]
}

@test "qmail-showctl: JSON" {
	touch "$C/zoo"
	echo ten >"$C/concurrencylocal"
	"$BIN/qmail-showctl" --json | /usr/bin/python3 -c '
import json, sys
got = json.load(sys.stdin)
files = {f["name"]: f for f in got["files"]}
assert got["split"] == 23 and got["delimiter"] == "-"
assert set(got["users"]) == {"alias", "qmaild", "qmaill", "root", "qmailp",
                             "qmailq", "qmailr", "qmails"}
assert files["locals"]["value"] == ["local.example"]
assert files["locals"]["default"] is False
assert files["databytes"]["value"] == 0 and files["databytes"]["default"]
assert files["concurrencylocal"]["value"] == 10
assert "problem" in files["concurrencylocal"]
assert files["rcpthosts"]["value"] is None
assert got["unknown"] == ["zoo"]'
	"$BIN/qmail-showctl" --json | "$BATS_TEST_DIRNAME/../support/schema.py" \
	    "$BATS_TEST_DIRNAME/../../doc/schema/qmail-showctl.json"
}

@test "qmail-showctl: a home without control is temporary trouble" {
	rm -r "$C"
	run "$BIN/qmail-showctl"
	[ "$status" -eq 111 ]
	[[ $output == 'qmail-showctl: fatal: '*control* ]]
	run "$BIN/qmail-showctl" --home /nonexistent
	[ "$status" -eq 111 ]
}

@test "qmail-control.5 describes the files and defaults of the schema" {
	rm "$C"/*
	diff <("$BIN/qmail-showctl" --json | /usr/bin/python3 -c '
import json, sys
for f in sorted(json.load(sys.stdin)["files"], key=lambda f: f["name"]):
    value = f["value"]
    if value is None or value == f["name"]:
        value = "-"
    print(f["name"], value)') \
	    <(/usr/bin/python3 - "$BATS_TEST_DIRNAME/../../man/qmail-control.5" <<'END'
import re, sys
text = open(sys.argv[1]).read()
for name, body in re.findall(r'^\.It Pa ([^\s/]+)\n(.*?)(?=^\.It|^\.El)', text,
                             re.M | re.S):
    value = re.search(r'default\n\.Ql (\S+)', body)
    print(name, value.group(1) if value else '-')
END
	)
}

@test "qmail-showctl: help names what the manual page names" {
	options_match_page qmail-showctl 8
}
