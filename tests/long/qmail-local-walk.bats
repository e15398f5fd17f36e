# SPDX-License-Identifier: ISC
# qmail-local killed at, or refused, each system call.
load ../support/script

@test "all kinds in one file: killed before each call" { script local_walk kill:all; }
@test "forward: each call fails" { script local_walk errno:forward; }
@test "program: each call fails" { script local_walk errno:program; }
@test "all: each call fails" { script local_walk errno:all; }
