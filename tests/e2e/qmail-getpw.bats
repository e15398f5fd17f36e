# SPDX-License-Identifier: ISC
load ../support/home

setup() {
	home_create
	UID_=$(stat -c %u "$QMAILHOME")
	GID_=$(stat -c %g "$QMAILHOME")
}

teardown() { home_destroy; }

# fields LOCAL: the six fields, each with a comma behind it
fields() { "$BIN/qmail-getpw" "$1" | tr '\0' ','; }

alias_fields() { echo "alias,$UID_,$GID_,$QMAILHOME/alias,$1,$2,"; }

@test "qmail-getpw: without argument it is wrong usage, in silence" {
	run "$BIN/qmail-getpw"
	[ "$status" -eq 100 ]
	[ -z "$output" ]
}

@test "qmail-getpw: in a one-user instance unknown names go to alias" {
	[ "$(fields No-Such.user)" = "$(alias_fields - No-Such.user)" ]
	[ "$(fields '')" = "$(alias_fields - '')" ]
}

@test "qmail-getpw: in a one-user instance alias needs no account" {
	[ "$(fields alias)" = "$(alias_fields '' '')" ]
	[ "$(fields ALIAS-Ext)" = "$(alias_fields - Ext)" ]
}

@test "qmail-getpw: in a one-user instance other accounts do not exist" {
	[ "$(fields root)" = "$(alias_fields - root)" ]
	[ "$(fields daemon-x)" = "$(alias_fields - daemon-x)" ]
	[ "$(fields bin)" = "$(alias_fields - bin)" ]
}

@test "qmail-getpw: the owner of a one-user instance" {
	[ "$(id -u)" -ne 0 ] || skip "root owns no such instance"
	local home
	home=$(getent passwd "$(id -un)" | cut -d: -f6)
	[ "$(stat -c %u "$home" 2>/dev/null)" = "$(id -u)" ] || skip "no home"
	[ "$(fields "$(id -un)-Ext")" = "$(id -un),$(id -u),$(id -g),$home,-,Ext," ]
}

@test "qmail-getpw: a full disk behind standard output is trouble" {
	run bash -c '"$BIN/qmail-getpw" x >/dev/full'
	[ "$status" -eq 118 ]
}
