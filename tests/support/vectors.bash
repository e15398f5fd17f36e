# SPDX-License-Identifier: ISC
# For the bats files that run one family of recorded cases.
# shellcheck disable=SC2154 # status and output come from bats

# Programs that the makefile knows: a missing one of these is a failure.
vectors_known() {
	sed -n 's/.*(call \(program\|alias\|script\),\([^,]*\),.*/\2/p' \
	    "$BATS_TEST_DIRNAME"/../../mta/*/module.mk
}

# vectors_run FAMILY [PROGRAM...]: the programs may still be unwritten
vectors_run() {
	local family=$1 program optional=
	shift
	for program; do
		vectors_known | grep -qx -- "$program" || optional+=$program,
	done
	run "$BATS_TEST_DIRNAME/../support/vectors.py" run --bin "$BIN" \
	    --optional "${optional%,}" \
	    "$BATS_TEST_DIRNAME/../data/vectors/$family.txt"
	echo "$output"
	[ "$status" -eq 0 ] || return 1
	case $output in
	*"passed 0 failed"*) skip "${output##*$'\n'}" ;;
	esac
}
