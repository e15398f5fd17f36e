# SPDX-License-Identifier: ISC
# The recorded cases lie in tests/data in a compact form. Where the originals
# are at hand, nothing may be lost or different.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	shared=../shared
}

need_originals() {
	[ -d "$shared" ] || skip "no originals beside this repository"
}

@test "tests/data holds every recorded case unchanged" {
	local family name
	need_originals
	for family in "$shared"/vectors/*/; do
		name=$(basename "$family")
		tests/support/vectors.py pack "$family" "$BATS_TEST_TMPDIR/$name"
		cmp "$BATS_TEST_TMPDIR/$name" "tests/data/vectors/$name.txt"
		[ -f "tests/e2e/vectors-$name.bats" ]
	done
}

@test "tests/data holds the recorded queues and logs unchanged" {
	local name
	need_originals
	for name in "$shared"/corpora/*/; do
		/usr/bin/python3 -m tarfile -e "tests/data/$(basename "$name").tar.xz" \
		    "$BATS_TEST_TMPDIR"
	done
	diff -r "$shared/corpora" "$BATS_TEST_TMPDIR"
}

@test "a bundle that was unpacked and packed again is the same" {
	local bundle
	for bundle in tests/data/vectors/*.txt; do
		rm -rf "$BATS_TEST_TMPDIR/u"
		tests/support/vectors.py unpack "$bundle" "$BATS_TEST_TMPDIR/u"
		tests/support/vectors.py pack "$BATS_TEST_TMPDIR/u" \
		    "$BATS_TEST_TMPDIR/packed"
		cmp "$bundle" "$BATS_TEST_TMPDIR/packed"
	done
}
