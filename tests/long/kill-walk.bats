# SPDX-License-Identifier: ISC
# A running mail system, a daemon killed before each system call.
load ../support/script

@test "qmail-send: killed before each call" { script system_walk kill:qmail-send:1; }
@test "qmail-todo: killed before each call" { script system_walk kill:qmail-todo:1; }
@test "qmail-lspawn: killed before each call" { script system_walk kill:qmail-lspawn:1; }
@test "qmail-rspawn: killed before each call" { script system_walk kill:qmail-rspawn:1; }
@test "qmail-clean: killed before each call" { script system_walk kill:qmail-clean:1; }
