# SPDX-License-Identifier: ISC

# options_match_page PROGRAM SECTION: --help lists the options of the manual
# page, both in one order
options_match_page() {
	local page=$BATS_TEST_DIRNAME/../../man/$1.$2
	diff <("$BIN/$1" --help |
	    sed -n 's/^  \(-\(.\), \)\{0,1\}--\([a-z-]*\).*/\3 \2/p') \
	    <(sed -n 's/^\.It Fl \(\(.\) , Fl \)\{0,1\}-\([a-z-]*\).*/\3 \2/p' \
	        "$page")
}
