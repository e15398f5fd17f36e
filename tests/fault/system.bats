# SPDX-License-Identifier: ISC
# A running mail system whose daemons are killed at, or refused, some of their
# system calls; tests/long has them all.
load ../support/script

@test "qmail-send killed: nothing lost, nothing twice but what was in flight" {
	script system_walk kill:qmail-send:50
}
@test "qmail-todo killed" { script system_walk kill:qmail-todo:30; }
@test "qmail-lspawn killed" { script system_walk kill:qmail-lspawn:30; }
@test "qmail-rspawn killed" { script system_walk kill:qmail-rspawn:30; }
@test "qmail-clean killed" { script system_walk kill:qmail-clean:15; }
@test "system calls of qmail-send fail" {
	script system_walk errno:qmail-send:200
}
@test "system calls of qmail-todo fail" {
	script system_walk errno:qmail-todo:80
}
@test "system calls of both spawners and of qmail-clean fail" {
	script system_walk errno:qmail-lspawn:90 errno:qmail-rspawn:60 \
	    errno:qmail-clean:40
}
