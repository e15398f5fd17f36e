# SPDX-License-Identifier: ISC
# SMTP in and out at full speed, counted: nothing lost, nothing twice. The same
# with ten times as many messages is in tests/long.
load ../support/home
load ../support/world
load ../support/netload

setup() {
	needs tcpserver tcprules multilog
	world_create
	host_create a joe
}

teardown() { world_destroy; }

@test "network load: 1000 messages in, 100 sessions at a time" {
	load_in 100 1000 1
}

@test "network load: 500 messages in over 10 connections" {
	load_in 10 500 50
}

@test "network load: 1000 messages out at concurrency 200" {
	load_out 200 1000
}

@test "network load: one message to 1000 recipients" {
	load_list 200 1000
}
