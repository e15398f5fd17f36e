# SPDX-License-Identifier: ISC
# qmail-local killed at, or refused, its system calls; tests/long has them all.
load ../support/script

@test "Maildir: killed before each call" { script local_walk kill:maildir; }
@test "mbox: killed before each call" { script local_walk kill:mbox; }
@test "forward: killed before each call" { script local_walk kill:forward; }
@test "program: killed before each call" { script local_walk kill:program; }
@test "all kinds in one file: killed before every 9th call" {
	script local_walk kill:all:9
}
@test "Maildir: each call fails" { script local_walk errno:maildir; }
@test "mbox: each call fails" { script local_walk errno:mbox; }
@test "forward: every 11th call fails" { script local_walk errno:forward:11; }
@test "program: every 11th call fails" { script local_walk errno:program:11; }
@test "all kinds in one file: every 29th call fails" {
	script local_walk errno:all:29
}
@test "short reads and writes change nothing" {
	script local_walk short:maildir short:mbox short:forward short:program
}
