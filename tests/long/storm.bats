# SPDX-License-Identifier: ISC
# The storms of tests/fault in full.
load ../support/script

@test "5000 messages, qmail-send killed 20 times" { script storm kills:5000:20; }
@test "100000 messages" { script storm calm:100000; }
@test "ten minutes of mail, a random daemon killed every half second" {
	script storm soak:600
}
