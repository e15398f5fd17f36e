#!/bin/bash
# SPDX-License-Identifier: ISC
# usage: BIN=... privileges.bash TABLE
# Root only, in private_host.sh. Installs for real, brings every kind of process
# to life and compares their ids with the table of doc/privileges.md. Prints
# "PROGRAM uid=R,E,S gid=R,E,S groups=G..." for each, then what is wrong.
set -eu
table=$1
here=$(cd "${0%/*}" && pwd)
top=$(cd "$here/../.." && pwd)
home=/var/qmail
# shellcheck source=tests/support/home.bash
. "$here/home.bash"
unset QMAILHOME QMAILQUEUE QMAILREMOTE
opened=()

# The deliveries of this test never end by themselves.
leave() {
	processes | while read -r pid name; do
		case $name in
		qmail-* | tcpserver | multilog | tcp-env | sh | cat | sleep) kill -9 "$pid" ;;
		esac
	done
}
trap leave EXIT

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.2", 0)); print(s.getsockname()[1])'
}
accepts() { bash -c "exec 5<>/dev/tcp/127.0.0.2/$1" 2>/dev/null; }

# Two ordinary users; the ids are nobody's.
add_people() {
	echo 'joe:x:23456:23456::/var/people/joe:/bin/sh' >>/etc/passwd
	echo 'joe:x:23456:' >>/etc/group
	install -d -o joe -g joe /var/people/joe
	mkfifo /var/people/joe/gate
	echo "|cat gate" >/var/people/joe/.qmail
	chown joe:joe /var/people/joe/gate /var/people/joe/.qmail
}

install_it() {
	"$BIN/qmailctl" adduser >/dev/null
	(cd "$top" && DESTDIR='' QMAIL_HOME=$home PREFIX=/var/prefix \
	    BUILD=${BIN%/bin} TOOLS='' GROUP_NAMES="nofiles qmail" \
	    USERS="alias qmaild qmaill qmailp qmailq qmailr qmails root" \
	    mta/install.sh install >/dev/null)
	"$home/bin/qmailctl" init mail.example.test >/dev/null
}

# A server at a free port, whose number is added to ${ports[@]}.
serve() { # PROGRAM...
	local port
	port=$(free_port)
	tcpserver -H -R -l0 -u "$(id -u qmaild)" -g "$(getent group nofiles | cut -d: -f3)" \
	    127.0.0.2 "$port" "$@" >/dev/null 2>&1 3>&- &
	wait_for 10 accepts "$port"
	ports+=("$port")
}

open_session() { # PORT: stays open on a descriptor of its own
	local fd
	exec {fd}<>"/dev/tcp/127.0.0.2/$1"
	opened+=("$fd")
}

make_busy() {
	local port silent
	ports=()
	serve sleep 60 # a mail server that never greets
	silent=${ports[0]}
	echo ":127.0.0.2:$silent" >$home/control/smtproutes
	port=$(free_port)
	echo "127.0.0.2:$port" >$home/control/smtplisten
	$home/bin/qmailctl start 3>&-
	serve $home/bin/qmail-qmtpd
	serve $home/bin/qmail-qmqpd
	serve $home/bin/tcp-env -R sh -c 'read line' # tcp-env itself is brief
	for p in "$port" "${ports[@]:1}"; do open_session "$p"; done
	printf 'HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<joe@mail.example.test>\r\nDATA\r\n' >&"${opened[0]}"
	printf 'to: joe\n\nx\n' | $home/bin/sendmail joe@mail.example.test
	printf 'to: far\n\nx\n' | $home/bin/sendmail far@far.example
	for name in qmail-local qmail-remote qmail-queue qmail-qmtpd qmail-qmqpd; do
		wait_for 20 pgrep_here $name
	done
}

# The processes of this installation: those that see our /var.
processes() {
	local ours dir
	ours=$(readlink /proc/self/ns/mnt)
	for dir in /proc/[0-9]*; do
		if [ "$(readlink "$dir/ns/mnt" 2>/dev/null)" = "$ours" ]; then
			echo "${dir#/proc/} $(cat "$dir/comm" 2>/dev/null)"
		fi
	done
}
pgrep_here() { processes | grep -q " $1$"; }

ids() { # PID: "uid=R,E,S gid=R,E,S groups=..."
	awk '/^Uid:/{u=$2","$3","$4} /^Gid:/{g=$2","$3","$4}
	    /^Groups:/{$1=""; sub(/^ */, ""); r=$0}
	    END{print "uid=" u, "gid=" g, "groups=" r}' "/proc/$1/status"
}

row() { # PROGRAM: its line of the table, "USER|GROUP|READS"
	awk -F' *[|] *' -v name="$1" '{n = split($2, names, ", ")
	    for (i = 1; i <= n; i++) if (names[i] == name) print $3 "|" $4 "|" $5}' "$table"
}

uid_of() { # the word of the table
	case $1 in
	recipient) echo 23456 ;;
	*) id -u "${1%%,*}" ;;
	esac
}
gid_of() {
	case $1 in
	recipient) echo 23456 ;;
	*) getent group "$1" | cut -d: -f3 ;;
	esac
}

wrong=0
complain() {
	echo "WRONG: $*"
	wrong=1
}

check_process() { # PID NAME
	local now line user group reads want
	now=$(ids "$1" 2>/dev/null) || return 0
	printf '%-14s %s\n' "$2" "$now"
	line=$(row "$2")
	IFS='|' read -r user group reads <<<"$line"
	case $reads in
	*network*) [[ $now != *=0,* && $now != *,0* && $now != *"groups=0"* ]] ||
	    complain "$2 reads from the network with ids of root" ;;
	esac
	case $user in
	"") complain "$2 has no line in the table" ;;
	*effective*)
		# here its caller is qmail-smtpd
		want="uid=$(id -u qmaild),$(id -u qmailq),$(id -u qmailq) gid=$(gid_of nofiles)"
		[[ $now == "$want"* ]] || complain "$2: expected $want"
		;;
	*)
		user=$(uid_of "$user") group=$(gid_of "$group")
		want="uid=$user,$user,$user gid=$group,$group,$group groups=$group"
		[ "$now" = "$want" ] || complain "$2: expected $want"
		;;
	esac
}

# Every program that is installed has a line; one alone is set-uid.
check_files() {
	local file
	for file in $home/bin/*; do
		[ -n "$(row "${file##*/}")" ] || complain "${file##*/} has no line in the table"
	done
	[ "$(find $home /var/prefix -perm /6000 -type f)" = $home/bin/qmail-queue ] ||
	    complain "set-uid: $(find $home /var/prefix -perm /6000 -type f)"
}

# What the table promises without a process: no line with network says root.
check_table() {
	if grep -E '^\|.*network.*\|$' "$table" | grep -i root; then
		complain "a program of the network is root's"
	fi
}

add_people
install_it
make_busy
seen=" "
while read -r pid name; do
	case $name in
	qmail-* | tcpserver | multilog | tcp-env)
		check_process "$pid" "$name"
		seen="$seen$name "
		;;
	esac
done < <(processes)
for name in send todo clean lspawn rspawn local remote queue smtpd qmtpd qmqpd; do
	[[ $seen == *" qmail-$name "* ]] || complain "no qmail-$name was seen"
done
check_files
check_table
exit $wrong
