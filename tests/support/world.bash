# SPDX-License-Identifier: ISC
# For bats files: several mail hosts on loopback addresses, each a complete
# one-user instance made by qmailctl.
#
#	load ../support/home
#	load ../support/world
#	setup() { world_create; }
#	teardown() { world_destroy; }
#
# A host NAME lives in $world/NAME and is called NAME.example.

world_create() {
	world=$(mktemp -d /var/tmp/qward-world-XXXXXX)
	chmod 755 "$world"
	unset QMAILHOME QMAILQUEUE QMAILREMOTE RELAYCLIENT
	declare -gA port
}

# Stops every host and whatever is in ${background[@]}.
world_destroy() {
	local dir pid
	for dir in "$world"/*/run; do
		if [ -d "$dir" ]; then
			QMAILHOME=${dir%/run} "$BIN/qmailctl" stop >/dev/null 2>&1 || true
		fi
	done
	for pid in "${background[@]}"; do kill "$pid" 2>/dev/null || true; done
	rm -rf "$world"
}

background=()

# on NAME PROGRAM ARG...: one of our programs, in the home of that host
on() {
	local name=$1 program=$2
	shift 2
	QMAILHOME=$world/$name "$BIN/$program" "$@"
}

# edit NAME/FILE: standard input becomes a file of the owner
edit() { as_owner tee "$world/$1" >/dev/null; }

# host_create NAME [USER...]: an instance; each user has a Maildir, known from
# users/assign
host_create() {
	local name=$1 home=$world/$1 who user
	shift
	mkdir "$home"
	if [ "$(id -u)" -eq 0 ]; then chown "nobody:$(id -gn nobody)" "$home"; fi
	on "$name" qmailctl init "$name.example" >/dev/null
	who=$(home_owner):$(id -u "$(home_owner)"):$(id -g "$(home_owner)")
	for user; do
		as_owner mkdir -p "$home/people/$user"
		as_owner "$BIN/maildirmake" "$home/people/$user/Maildir"
		echo ./Maildir/ | edit "$name/people/$user/.qmail"
		printf '=%s:%s:%s:::\n+%s-:%s:%s:-::\n' "$user" "$who" \
		    "$home/people/$user" "$user" "$who" "$home/people/$user"
	done | cat - <(echo .) | edit "$name/users/assign"
	on "$name" qmail-newu
}

# free_port ADDRESS
free_port() {
	/usr/bin/python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
s.bind((sys.argv[1], 0)); print(s.getsockname()[1])' "$1"
}

# listen_at NAME ADDRESS: SMTP there from the next start on, at ${port[NAME]}
listen_at() {
	port[$1]=$(free_port "$2")
	echo "$2:${port[$1]}" | edit "$1/control/smtplisten"
}

# start NAME...
start() {
	local name
	for name; do on "$name" qmailctl start; done
}

# logged NAME REGEX: in the log of qmail-send
logged() { as_owner grep -qE -e "$2" "$world/$1/log/send/current"; }

# folder NAME USER: where that user's new mail lies
folder() { echo "$world/$1/people/$2/Maildir/new"; }

# arrived NAME USER TEXT: some message of the user has this text
arrived() { as_owner grep -rqs -e "$3" "$(folder "$1" "$2")"; }

# count NAME USER: messages
count() { as_owner ls "$(folder "$1" "$2")" | wc -l; }

# queue_is_empty NAME
queue_is_empty() {
	[ "$(on "$1" qmail-qstat)" = $'messages in queue: 0\nmessages in queue but not yet preprocessed: 0' ]
}

# letter SUBJECT, and the same as SMTP sends it
letter() { printf 'From: joe@a.example\nSubject: %s\n\nhello\n' "$1"; }
smtp_letter() { letter "$1" | sed 's/$/\r/'; }

needs() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip "needs $program"
	done
}
