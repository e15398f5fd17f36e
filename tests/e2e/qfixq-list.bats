# SPDX-License-Identifier: ISC
# qfixq list, find, stat, show and selectors.
load ../support/home

setup() {
	home_create
	Q=$QMAILHOME/queue
	message 46 ann@a.example 'Tbob@b.example\0Dcarl@b.example\0' 'Lunch'
	message 69 '' 'Tdan@d.example\0' 'failure notice'
	message 92 eve@spam.example 'Tfay@b.example\0' 'Buy now'
	printf 'u7\0p77\0Fzoe@z.example\0Thal@h.example\0' | put todo/115
	printf 'Received: x\nSubject: new\n\nfresh\n' | put mess/0/115
}
teardown() { home_destroy; }

put() {
	cat >"$Q/$1"
	if [ "$(id -u)" -eq 0 ]; then chown nobody "$Q/$1"; fi
	touch -d @1795000000 "$Q/$1"
}

# message ID SENDER LOCAL SUBJECT
message() {
	printf 'Subject: %s\nFrom: x\n\nText of %s.\n' "$4" "$1" |
	    put "mess/$(($1 % 23))/$1"
	printf 'F%s\0' "$2" | put "info/$(($1 % 23))/$1"
	# shellcheck disable=SC2059
	printf "$3" | put "local/$(($1 % 23))/$1"
}

# finds IDS -- SELECTOR...
finds() {
	local want=()
	while [ "$1" != -- ]; do want+=("$1.1795000000") && shift; done
	shift
	run "$BIN/qfixq" find --now 1795003600 "$@"
	if [ "$(sort <<<"$output")" != "$(printf '%s\n' "${want[@]}" | sort)" ]; then
		echo "$* found: $output"
		return 1
	fi
	[ "$status" -eq "$((${#want[@]} == 0))" ]
}

@test "qfixq find: selectors" {
	finds 46 69 92 115 --
	finds 46 92 -- --recipient '@b\.example$'
	finds -- --recipient '^carl@'
	finds 46 -- --any-recipient '^carl@'
	finds 46 -- --sender ann
	finds -- --sender ANN
	finds 46 -- --ignore-case --sender ANN
	finds 46 92 -- --sender ann --sender eve
	finds 92 -- --sender eve --domain 'B.*'
	finds 69 -- --null-sender
	finds 69 115 -- --not --domain 'b.example'
	finds 92 -- --subject '^Buy'
	finds 69 -- --header 'subject: notice$'
	finds 115 -- --body '^fresh$'
	finds 115 -- --channel todo
	finds 115 -- --state S4
	finds 115 -- --uid 7
	finds 115 -- --qp 77
	finds 46 69 92 115 -- --age +59m
	finds -- --age +1h
	finds 46 69 92 115 -- --age -61m
	finds 46 69 92 115 -- --size -1k
	finds 46 69 92 -- --next -1m
	printf 'x\n\n' | put bounce/46
	finds 46 -- --bouncing
}

@test "qfixq find: ids, tokens, limits" {
	finds 46 92 -- --id 46,92
	finds 46 -- --id 46.1795000000
	finds -- --id 46.1795000001
	echo '69 and more' >"$QMAILHOME/ids"
	finds 69 -- --from-file "$QMAILHOME/ids"
	run "$BIN/qfixq" find --stdin < <(echo 92.1795000000)
	[ "$output" = 92.1795000000 ]
	run "$BIN/qfixq" find --limit 2
	[ "${#lines[@]}" -eq 2 ]
	run "$BIN/qfixq" find --sender '('
	[ "$status" -eq 8 ]
	run "$BIN/qfixq" find --age 3d
	[ "$status" -eq 8 ]
}

@test "qfixq list: table, order, machines" {
	run "$BIN/qfixq" list --now 1795003600 --sort sender
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "TOKEN "*"RECIPIENT (not done/all)" ]]
	[[ ${lines[1]} == "69.1795000000 "*"<>"* ]]
	[[ ${lines[2]} == "46.1795000000 "*" 1h "*"S5"*"ann@a.example"*"local bob@b.example (1/2)" ]]
	run "$BIN/qfixq" list --now 1795003600 -l --id 46
	[[ ${lines[3]} == *"done local carl@b.example" ]]
	run "$BIN/qfixq" list --json
	python3 -c 'import json, sys
d = {m["id"]: m for m in json.loads(sys.argv[1])}
assert d[115]["state"] == "S4" and d[69]["sender"] == "", d
assert d[46]["recipients"][1] == {"recipient": "carl@b.example",
    "channel": "local", "done": True}, d' "$output"
	run "$BIN/qfixq" list --sender nobody
	[ "$status" -eq 1 ]
}

@test "qfixq stat: by domain and by state" {
	run "$BIN/qfixq" stat --now 1795003600
	[ "$status" -eq 0 ]
	[[ ${lines[1]} =~ ^all\ +4\  ]]
	[[ ${lines[2]} =~ ^b.example\ +2\  ]]
	run "$BIN/qfixq" stat --by state --now 1795003600
	[[ ${lines[2]} =~ ^S5\ +3\  ]]
}

@test "qfixq show: what a terminal could obey is escaped" {
	printf 'Subject: \033[31mred\n\n\033]0;x\007\n' | put mess/0/46
	run "$BIN/qfixq" show 46
	[ "$status" -eq 0 ]
	[[ $output == *"sender: ann@a.example"* ]]
	[[ $output == *'Subject: \x1b[31mred'* ]]
	[[ $output != *$'\033'* ]]
	run "$BIN/qfixq" headers --raw 46
	[ "$output" = $'Subject: \033[31mred' ]
	run "$BIN/qfixq" body 92
	[ "$output" = 'Text of 92.' ]
	run "$BIN/qfixq" envelope 115
	[[ $output == *"uid: 7"*"qp: 77"*"todo: hal@h.example" ]]
	run "$BIN/qfixq" files 46
	[[ ${lines[0]} == "id 46 "*" row P7  state S5  birth 1795000000"* ]]
	[ "${#lines[@]}" -eq 6 ]
	run "$BIN/qfixq" show 46.1
	[ "$status" -eq 1 ]
	run "$BIN/qfixq" show
	[ "$status" -eq 16 ]
}

@test "qfixq show: no link is followed out of the queue" {
	rm "$Q/mess/0/46"
	ln -s /etc/passwd "$Q/mess/0/46"
	run "$BIN/qfixq" body 46
	[ "$status" -eq 8 ]
	[[ $output != *root:* ]]
}

@test "qfixq: --help and the manual page name the same options" {
	load ../support/options
	options_match_page qfixq 8
}
