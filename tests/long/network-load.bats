# SPDX-License-Identifier: ISC
# tests/e2e/network-load.bats with ten thousand of everything.
load ../support/home
load ../support/world
load ../support/netload

setup() {
	needs tcpserver tcprules multilog
	world_create
	host_create a joe
}

teardown() { world_destroy; }

@test "network load: 10 000 messages in, 100 sessions at a time" {
	load_in 100 10000 1
}

@test "network load: 10 000 messages in over 100 connections" {
	load_in 100 10000 100
}

@test "network load: 10 000 messages out at concurrency 200" {
	load_out 200 10000
}

@test "network load: one message to 10 000 recipients" {
	load_list 200 10000
}
