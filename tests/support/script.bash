# SPDX-License-Identifier: ISC
# For bats files whose tests are scenarios of a python script:
#
#	script NAME SCENARIO...		tests/support/NAME.py
#
# The script says "skip" where this machine cannot do it.

script() {
	local name=$1
	shift
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/../support/$name.py" "$@"
	if [ "$output" = skip ]; then skip "not possible here"; fi
	echo "$output"
	[ "$status" -eq 0 ]
}
