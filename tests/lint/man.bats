# SPDX-License-Identifier: ISC
# "make man", and that it sees what it should see.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

@test "manual pages: mandoc, sections, options as --help names them" {
	# a tool in the making may come before its page; "make man" names it
	run tests/lint/man.py "$BIN" man/*
	echo "$output"
	[ -z "$(grep -v '^q[a-z]*: no page names' <<<"$output")" ]
}

@test "a page with a missing section and a wrong option is seen" {
	local page=$BATS_TEST_TMPDIR/qmail-qread.8
	sed -e 's/^\.It Fl -queue .*/.It Fl -quote Ar DIR/' \
	    -e 's/^\.Sh EXAMPLES/.Sh NOTES/' man/qmail-qread.8 >"$page"
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$BIN/qmail-qread" "$BATS_TEST_TMPDIR/bin/"
	run tests/lint/man.py "$BATS_TEST_TMPDIR/bin" "$page"
	[ "$status" -eq 1 ]
	[[ $output == *"no section EXAMPLES"* ]]
	[[ $output == *"does not describe --queue"* ]]
	[[ $output == *"describes --quote, which"* ]]
}

@test "a program without a page is seen" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	: >"$BATS_TEST_TMPDIR/bin/qmail-unknown"
	run tests/lint/man.py "$BATS_TEST_TMPDIR/bin" man/*
	[ "$status" -eq 1 ]
	[[ $output == *"qmail-unknown: no page"* ]]
}
