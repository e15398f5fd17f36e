# SPDX-License-Identifier: ISC
load ../support/home
load ../support/queue_walk

setup() {
	walk_fast
	home_create
	q=$QMAILHOME/queue
}

teardown() { home_destroy; }

# put KIND ID...: files of messages, split 23, flat todo
put() {
	local kind=$1 id
	shift
	for id; do
		case $kind in
		mess) echo x >"$q/mess/$((id % 23))/$id" ;;
		*) echo x >"$q/$kind/$id" ;;
		esac
	done
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$q"; fi
}

# ask REQUEST...: each in printf's notation, ended by a NUL
ask() { printf '%b\0' "$@" | "$BIN/qmail-clean"; }

@test "qmail-clean: no request, no answer" {
	run "$BIN/qmail-clean" </dev/null
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "qmail-clean: todo removes intd and todo, foop intd and mess" {
	put mess 457 458
	put intd 457 458
	put todo 457
	[ "$(ask todo/457)" = + ]
	queue_state
	[ "$state" = "mess*2 intd" ]
	[ "$(ask foop/458)" = + ]
	[ ! -e "$q/intd/458" ]
	[ "$(ask foop/457)" = + ]
	queue_state
	[ -z "$state" ]
}

@test "qmail-clean: what is not there needs no removal" {
	[ "$(ask todo/457 foop/457)" = ++ ]
}

@test "qmail-clean: exactly one answer for each request, nothing done for bad ones" {
	put mess 12 123
	put intd 12 123
	put todo 12 123
	[ "$(ask todo/12a4x)" = x ]
	[ "$(ask todoX123)" = x ]
	[ "$(ask todo/12 '' todo x foop/ todo/0 todo/00012 mess/12 todo/12/)" = \
	    +xxxxxxxx ]
	[ "$(ask "foop/$(head -c 200 /dev/zero | tr '\0' 1)" foop/12)" = x+ ]
	[ "$(ask foop/18446744073709551617)" = x ]
	[ "$(ask ../todo/123)" = x ]
	[ -e "$q/intd/123" ]
	[ -e "$q/todo/123" ]
}

@test "qmail-clean: requests in pieces, the last one not complete" {
	put intd 457
	put todo 457
	out=$({ printf 'to'; sleep 0.05; printf 'do/45'; sleep 0.05
		printf '7\0todo/45'; } | "$BIN/qmail-clean")
	[ "$out" = + ]
	queue_state
	[ -z "$state" ]
}

@test "qmail-clean: split todo, with and without its number in the request" {
	queue_split_todo
	for id in 457 458; do
		echo x >"$q/intd/$((id % 23))/$id"
		ln "$q/intd/$((id % 23))/$id" "$q/todo/$((id % 23))/$id"
	done
	[ "$(ask todo/19/457)" = x ]
	[ "$(ask todo/20/457 todo/458)" = ++ ]
	queue_state
	[ -z "$state" ]
}

@test "qmail-clean: a file that cannot be removed is answered by !" {
	mkdir "$q/todo/457"
	put mess 457
	[ "$(ask todo/457 foop/457)" = '!+' ]
	mkdir "$q/intd/458"
	put mess 458
	[ "$(ask foop/458)" = '!' ]
	[ -e "$q/mess/$((458 % 23))/458" ]
}

# The inode change time cannot be set back, so only the clock of the test can
# be set forward.
@test "qmail-clean: garbage in pid is removed after 36 hours, at the start" {
	command -v faketime >/dev/null || skip "no faketime"
	skip_if_sanitized
	put pid 1.2.3
	mkdir "$q/pid/folder"
	touch "$q/pid/.hidden"
	if [ "$(id -u)" -eq 0 ]; then chown -R nobody "$q/pid"; fi
	faketime -f +35h "$BIN/qmail-clean" </dev/null
	[ -e "$q/pid/1.2.3" ]
	faketime -f +37h "$BIN/qmail-clean" </dev/null
	[ ! -e "$q/pid/1.2.3" ]
	[ -d "$q/pid/folder" ]
	[ -e "$q/pid/.hidden" ]
}

@test "qmail-clean: without a queue it ends with 111" {
	rm -rf "$q"
	run "$BIN/qmail-clean" </dev/null
	[ "$status" -eq 111 ]
	[[ $output == "qmail-clean: fatal: "* ]]
}
