# SPDX-License-Identifier: ISC
# The parts of "make lint" that take no time, so that every "make check" has
# them.

load ../support/home

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	mapfile -t files < <(find lib mta tools tests -name '*.[ch]' 2>/dev/null | sort)
	lib=$(dirname "$BIN")/lib
}

@test "no file includes a header its layer may not see" {
	tests/lint/layers.sh "${files[@]}"
}

@test "sizes, licence lines and forbidden calls" {
	mapfile -t mains < <(sed -n 's/.*(call program,[^,]*,\([^,)]*\.c\).*/\1/p' \
	    mta/*/module.mk tools/*/module.mk 2>/dev/null)
	tests/lint/limits.py "${mains[@]}" -- "${files[@]}"
}

@test "the libraries neither exit nor print nor have visible variables" {
	skip_if_sanitized
	tests/lint/symbols.sh "$lib"/*.a
}

@test "the layer check sees a wrong include" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/base"
	echo '#include "qmail/site.h"' >"$BATS_TEST_TMPDIR/lib/base/x.c"
	cd "$BATS_TEST_TMPDIR"
	run "$BATS_TEST_DIRNAME/layers.sh" lib/base/x.c
	[ "$status" -eq 1 ]
	[[ $output == *"lib/base/x.c:1:"* ]]
}

@test "the size check sees a long function, a forbidden call, a bare file" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/base"
	cd "$BATS_TEST_TMPDIR"
	{
		printf 'static void\nf(void)\n{\n'
		seq 61 | sed 's/.*/\t;/'
		printf '\tstrcpy(a, b);\n}\n'
	} >lib/base/x.c
	run "$BATS_TEST_DIRNAME/limits.py" -- lib/base/x.c
	[ "$status" -eq 1 ]
	[[ $output == *"no licence line"* ]]
	[[ $output == *"function of 62 lines"* ]]
	[[ $output == *"strcpy() is not used here"* ]]
}
