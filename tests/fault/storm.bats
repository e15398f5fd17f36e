# SPDX-License-Identifier: ISC
# Thousands of messages by 8 writers, 100 deliveries at a time.
load ../support/script

@test "5000 messages are all delivered exactly once" {
	script storm calm:5000
}
@test "2000 messages, qmail-send killed 10 times: none is lost" {
	script storm kills:2000:10
}
