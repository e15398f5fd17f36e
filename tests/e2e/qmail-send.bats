# SPDX-License-Identifier: ISC
# qmail-send against a scripted world; the cases are in support/send_cases.py.

load ../support/home

setup() { home_create; }
teardown() { home_destroy; }

run_case() {
	as_owner /usr/bin/python3 -B \
	    "$BATS_TEST_DIRNAME/../support/send_cases.py" "$@"
}

@test "qmail-send, classic: a delivery from command to end of message" {
	run_case success classic
}

@test "qmail-send, classic: a message without recipients ends at once" {
	run_case no_recipients classic
}

@test "qmail-send, classic: a message with both channels ends once" {
	run_case two_channels classic
}

@test "qmail-send, classic: two channels that end at once are one end" {
	run_case both_at_once classic
}

@test "qmail-send, classic: each success is one byte in the chan file" {
	run_case marks classic
}

@test "qmail-send, classic: VERP senders name the recipient" {
	run_case verp classic
}

@test "qmail-send, classic: concurrency 0 stops one channel only" {
	run_case zero classic
}

@test "qmail-send, classic: no more deliveries than the spawner announced" {
	run_case greeting_limits classic
}

@test "qmail-send, classic: a message with many recipients does not hold up others" {
	run_case turns classic
}

@test "qmail-send, classic: the next attempt is written to the mtime at exit" {
	run_case retries classic
}

@test "qmail-send, classic: the last deferral is a failure" {
	run_case dying classic
}

@test "qmail-send, classic: ALRM makes waiting messages due" {
	run_case alarm classic
}

@test "qmail-send, classic: everything that is due at start is tried" {
	run_case overdue_first classic
}

@test "qmail-send, classic: mangled reports defer, long ones are cut" {
	run_case mangled classic
}

@test "qmail-send, classic: reports nobody waits for are refused" {
	run_case out_of_range classic
}

@test "qmail-send, classic: reports arrive in any pieces" {
	run_case in_pieces classic
}

@test "qmail-send, classic: a lost spawner ends qmail-send in order" {
	run_case spawner_dies classic
}

@test "qmail-send, classic: a lost qmail-clean ends qmail-send in order" {
	run_case clean_dies classic
}

@test "qmail-send, classic: what qmail-clean cannot remove is mentioned" {
	run_case clean_refuses classic
}

@test "qmail-send, classic: nobody waits for qmail-clean" {
	run_case clean_is_slow classic
}

@test "qmail-send, classic: a failure notice, byte by byte" {
	run_case bounce classic
}

@test "qmail-send, classic: a bounce that bounces goes to the postmaster" {
	run_case double_bounce classic
}

@test "qmail-send, classic: a double bounce that bounces is discarded" {
	run_case triple_bounce classic
}

@test "qmail-send, classic: notices for VERP senders go to the list" {
	run_case verp_bounce classic
}

@test "qmail-send, classic: bouncemaxbytes cuts the copy" {
	run_case bounce_max classic
}

@test "qmail-send, classic: the bounce file stops growing" {
	run_case bounce_size classic
}

@test "qmail-send, classic: a notice that is refused is tried again" {
	run_case bounce_refused classic
}

@test "qmail-send, classic: without qmail-queue notices wait, mail does not" {
	run_case bounce_no_program classic
}

@test "qmail-send, classic: deliveries go on while qmail-queue stands still" {
	run_case bounce_is_slow classic
}

@test "qmail-send, classic: no text, no mark; and nothing stands still" {
	run_case bounce_disk_full classic
}

@test "qmail-send, classic: TERM waits for running deliveries" {
	run_case term classic
}

@test "qmail-send, classic: a second TERM does not wait" {
	run_case term_twice classic
}

@test "qmail-send, classic: HUP reads virtualdomains again" {
	run_case hup classic
}

@test "qmail-send, classic: HUP keeps the old values when files are unreadable" {
	run_case hup_fails classic
}

@test "qmail-send, classic: a second qmail-send does not start" {
	run_case mutex_busy classic
}

@test "qmail-send, classic: without a mutex it does not start" {
	run_case no_mutex classic
}

@test "qmail-send, classic: unreadable control files keep it from starting" {
	run_case no_controls classic
}

@test "qmail-send, classic: neither locals nor me keeps it from starting" {
	run_case no_locals classic
}

@test "qmail-send, classic: without a queue it does not start" {
	run_case no_queue classic
}

@test "qmail-send, classic: without a spawner it does not start" {
	run_case no_spawner classic
}

@test "qmail-send, classic: a damaged info file stops one message only" {
	run_case bad_info classic
}

@test "qmail-send, classic: past its lifetime damage is mentioned once an hour" {
	run_case bad_info_old classic
}

@test "qmail-send, classic: damaged chan files are kept" {
	run_case bad_chan classic
}

@test "qmail-send, classic: a message without mess is finished" {
	run_case no_mess classic
}

@test "qmail-send, classic: what is in todo is preprocessed before it is delivered" {
	run_case redo classic
}

@test "qmail-send, classic: misplaced files do not exist" {
	run_case wrong_place classic
}

@test "qmail-send, classic: new mail does not wait for a backlog" {
	run_case backlog_and_new classic
}

@test "qmail-send, wide: a delivery from command to end of message" {
	run_case success wide
}

@test "qmail-send, wide: a message without recipients ends at once" {
	run_case no_recipients wide
}

@test "qmail-send, wide: a message with both channels ends once" {
	run_case two_channels wide
}

@test "qmail-send, wide: two channels that end at once are one end" {
	run_case both_at_once wide
}

@test "qmail-send, wide: each success is one byte in the chan file" {
	run_case marks wide
}

@test "qmail-send, wide: VERP senders name the recipient" {
	run_case verp wide
}

@test "qmail-send, wide: concurrency 0 stops one channel only" {
	run_case zero wide
}

@test "qmail-send, wide: no more deliveries than the spawner announced" {
	run_case greeting_limits wide
}

@test "qmail-send, wide: a message with many recipients does not hold up others" {
	run_case turns wide
}

@test "qmail-send, wide: the next attempt is written to the mtime at exit" {
	run_case retries wide
}

@test "qmail-send, wide: the last deferral is a failure" {
	run_case dying wide
}

@test "qmail-send, wide: ALRM makes waiting messages due" {
	run_case alarm wide
}

@test "qmail-send, wide: everything that is due at start is tried" {
	run_case overdue_first wide
}

@test "qmail-send, wide: mangled reports defer, long ones are cut" {
	run_case mangled wide
}

@test "qmail-send, wide: reports nobody waits for are refused" {
	run_case out_of_range wide
}

@test "qmail-send, wide: reports arrive in any pieces" {
	run_case in_pieces wide
}

@test "qmail-send, wide: a lost spawner ends qmail-send in order" {
	run_case spawner_dies wide
}

@test "qmail-send, wide: a lost qmail-clean ends qmail-send in order" {
	run_case clean_dies wide
}

@test "qmail-send, wide: what qmail-clean cannot remove is mentioned" {
	run_case clean_refuses wide
}

@test "qmail-send, wide: nobody waits for qmail-clean" {
	run_case clean_is_slow wide
}

@test "qmail-send, wide: a failure notice, byte by byte" {
	run_case bounce wide
}

@test "qmail-send, wide: a bounce that bounces goes to the postmaster" {
	run_case double_bounce wide
}

@test "qmail-send, wide: a double bounce that bounces is discarded" {
	run_case triple_bounce wide
}

@test "qmail-send, wide: notices for VERP senders go to the list" {
	run_case verp_bounce wide
}

@test "qmail-send, wide: bouncemaxbytes cuts the copy" {
	run_case bounce_max wide
}

@test "qmail-send, wide: the bounce file stops growing" {
	run_case bounce_size wide
}

@test "qmail-send, wide: a notice that is refused is tried again" {
	run_case bounce_refused wide
}

@test "qmail-send, wide: without qmail-queue notices wait, mail does not" {
	run_case bounce_no_program wide
}

@test "qmail-send, wide: deliveries go on while qmail-queue stands still" {
	run_case bounce_is_slow wide
}

@test "qmail-send, wide: no text, no mark; and nothing stands still" {
	run_case bounce_disk_full wide
}

@test "qmail-send, wide: TERM waits for running deliveries" {
	run_case term wide
}

@test "qmail-send, wide: a second TERM does not wait" {
	run_case term_twice wide
}

@test "qmail-send, wide: HUP reads virtualdomains again" {
	run_case hup wide
}

@test "qmail-send, wide: HUP keeps the old values when files are unreadable" {
	run_case hup_fails wide
}

@test "qmail-send, wide: a second qmail-send does not start" {
	run_case mutex_busy wide
}

@test "qmail-send, wide: without a mutex it does not start" {
	run_case no_mutex wide
}

@test "qmail-send, wide: unreadable control files keep it from starting" {
	run_case no_controls wide
}

@test "qmail-send, wide: neither locals nor me keeps it from starting" {
	run_case no_locals wide
}

@test "qmail-send, wide: without a queue it does not start" {
	run_case no_queue wide
}

@test "qmail-send, wide: without a spawner it does not start" {
	run_case no_spawner wide
}

@test "qmail-send, wide: a damaged info file stops one message only" {
	run_case bad_info wide
}

@test "qmail-send, wide: past its lifetime damage is mentioned once an hour" {
	run_case bad_info_old wide
}

@test "qmail-send, wide: damaged chan files are kept" {
	run_case bad_chan wide
}

@test "qmail-send, wide: a message without mess is finished" {
	run_case no_mess wide
}

@test "qmail-send, wide: what is in todo is preprocessed before it is delivered" {
	run_case redo wide
}

@test "qmail-send, wide: misplaced files do not exist" {
	run_case wrong_place wide
}

@test "qmail-send, wide: new mail does not wait for a backlog" {
	run_case backlog_and_new wide
}

@test "qmail-send, wide: a thousand deliveries at once" {
	run_case many wide
}

@test "qmail-send, wide: few descriptors are enough" {
	run_case few_files wide
}

@test "qmail-send, wide: a lost qmail-todo ends qmail-send in order" {
	run_case todo_dies wide
}

@test "qmail-send, wide: records it does not understand are mentioned" {
	run_case todo_mangled wide
}
