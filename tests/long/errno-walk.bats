# SPDX-License-Identifier: ISC
# A running mail system, each system call of a daemon failing.
load ../support/script

@test "qmail-send: each call fails" { script system_walk errno:qmail-send:1; }
@test "qmail-todo: each call fails" { script system_walk errno:qmail-todo:1; }
@test "qmail-lspawn: each call fails" { script system_walk errno:qmail-lspawn:1; }
@test "qmail-rspawn: each call fails" { script system_walk errno:qmail-rspawn:1; }
@test "qmail-clean: each call fails" { script system_walk errno:qmail-clean:1; }
