#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

setup() { DIR=$(mktemp -d "${TMPDIR:-/var/tmp}/qward-XXXXXX"); }

teardown() { rm -rf "$DIR"; }

@test "maildirmake: makes four private folders whatever the umask" {
	umask 0
	"$BIN/maildirmake" "$DIR/M"
	for folder in M M/tmp M/new M/cur; do
		[ "$(stat -c %a "$DIR/$folder")" = 700 ]
	done
}

@test "maildirmake: what exists is left alone" {
	mkdir -m 755 "$DIR/M"
	run "$BIN/maildirmake" "$DIR/M"
	[ "$status" -eq 111 ]
	[[ $output == "maildirmake: fatal: "*"$DIR/M"* ]]
	[ -z "$(ls "$DIR/M")" ]
}

@test "maildirmake: exactly one name" {
	run "$BIN/maildirmake"
	[ "$status" -eq 100 ]
	run "$BIN/maildirmake" "$DIR/a" "$DIR/b"
	[ "$status" -eq 100 ]
	run "$BIN/maildirmake" ''
	[ "$status" -eq 100 ]
	[ -z "$(ls "$DIR")" ]
}
