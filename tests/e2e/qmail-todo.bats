# SPDX-License-Identifier: ISC
load ../support/home

setup() {
	home_create
	echo virt.example:alice-v >"$QMAILHOME/control/virtualdomains"
}
teardown() { home_destroy; }

# peer SCENARIO: see the functions of that file
peer() { /usr/bin/python3 "$BATS_TEST_DIRNAME/../support/todo_peer.py" "$@"; }

# todo and intd split like mess
split_todo() {
	local sub
	for sub in $(seq 0 22); do
		mkdir "$QMAILHOME/queue/todo/$sub" "$QMAILHOME/queue/intd/$sub"
	done
	chown -R --reference="$QMAILHOME" "$QMAILHOME"/queue/{todo,intd}
}

@test "qmail-todo: one message, local and remote recipients" { peer one; }
@test "qmail-todo: one message where todo is split" {
	split_todo
	peer one
}
@test "qmail-todo: the trigger brings each message at once" { peer trigger; }
@test "qmail-todo: the trigger where todo is split" {
	split_todo
	peer trigger
}
@test "qmail-todo: many messages, each once" { peer many; }
@test "qmail-todo: many messages where todo is split" {
	split_todo
	peer many
}
@test "qmail-todo: does nothing before it is told to start" {
	peer waits_for_start
}
@test "qmail-todo: what an earlier message left behind is removed" {
	peer stale
}
@test "qmail-todo: damaged entries stay, are named once, repairs are seen" {
	peer damaged
}
@test "qmail-todo: damaged entries where todo is split" {
	split_todo
	peer damaged
}
@test "qmail-todo: HUP rereads locals and virtualdomains, both or none" {
	peer hup
}
@test "qmail-todo: a message that qmail-clean keeps is not reported" {
	peer clean_refuses
}
@test "qmail-todo: ends when qmail-clean dies, nothing is lost" {
	peer clean_dies
}
@test "qmail-todo: ends when qmail-send dies" { peer send_dies; }
@test "qmail-todo: a qmail-send that does not read is waited for" {
	peer slow_send
}
@test "qmail-todo: log records keep to their limit" { peer long_sender; }
@test "qmail-todo: a hundred thousand recipients" { peer many_recipients; }
@test "qmail-todo: a trigger that is no FIFO is named once" {
	peer no_trigger
}

@test "qmail-todo: without its pipes it refuses to start" {
	run "$BIN/qmail-todo" 3<&- 4<&- </dev/null
	[ "$status" -eq 111 ]
	[[ $output == "qmail-todo: fatal: "* ]]
}

@test "qmail-todo: an unreadable control file is a refusal to start" {
	mkdir "$QMAILHOME/control/percenthack"
	run "$BIN/qmail-todo" 3</dev/null 4</dev/null </dev/null
	[ "$status" -eq 111 ]
	[[ $output == *control/percenthack* ]]
}
