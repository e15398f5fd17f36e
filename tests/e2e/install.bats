# SPDX-License-Identifier: ISC
# What "make install" puts where. As root also a real installation, on a host of
# its own (tests/support/private_host.sh).
load ../support/home

setup() {
	dest=$(mktemp -d /tmp/qward-install-XXXXXX)
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	cd "$top"
}

teardown() { rm -rf "$dest"; }

# inst install|uninstall [VARIABLE=VALUE...]: as the makefile calls it
inst() {
	local verb=$1
	shift
	env DESTDIR="$dest" QMAIL_HOME=/var/qmail PREFIX=/usr/local \
	    BUILD="${BIN%/bin}" \
	    USERS="alias qmaild qmaill qmailp qmailq qmailr qmails root" \
	    GROUP_NAMES="nofiles qmail" TOOLS="" "$@" mta/install.sh "$verb"
}

rows() { sed '/^#/d; /^$/d' "$1"; }

@test "install: into DESTDIR, names and modes as in the manifest" {
	inst install
	home=$dest/var/qmail
	rows mta/modes | while read -r name mode user _; do
		[ -f "$BIN/$name" ] || continue
		cmp "$BIN/$name" "$home/bin/$name"
		got=$(stat -c %a "$home/bin/$name")
		# without the users root gives no set-uid bit
		if [ "$(id -u)" -eq 0 ] && ! id -u "$user" >/dev/null 2>&1; then
			mode=${mode/#4/0}
		fi
		[ $((0$got)) -eq $((0$mode)) ]
	done
	rows mta/layout | while read -r kind path mode _; do
		case $kind in
		dir | ship) [ $((0$(stat -c %a "$home/$path"))) -eq $((0$mode)) ] ;;
		*) [ ! -e "$home/$path" ] ;;
		esac
	done
	[ -z "$(find "$dest" -name '.*.new')" ]
}

@test "install: every program that is built has a line in the manifest" {
	for file in "$BIN"/*; do
		name=${file##*/}
		if [ -L "$file" ]; then continue; fi
		grep -q "^$name " mta/modes || [ -n "$(find tools -name "$name.c" 2>/dev/null)" ]
	done
}

@test "install: links, pages and boot scripts" {
	inst install QMAIL_HOME=/opt/mail
	[ "$(readlink "$dest/usr/local/sbin/sendmail")" = /opt/mail/bin/sendmail ]
	[ "$(readlink "$dest/usr/local/lib/sendmail")" = /opt/mail/bin/sendmail ]
	[ "$(readlink "$dest/usr/local/bin/mailq")" = /opt/mail/bin/sendmail ]
	[ "$(readlink "$dest/usr/local/bin/newaliases")" = /opt/mail/bin/sendmail ]
	cmp man/qmail-start.8 "$dest/opt/mail/man/man8/qmail-start.8"
	cmp LICENSE "$dest/opt/mail/doc/LICENSE"
	[ -x "$dest/opt/mail/boot/home" ]
	grep -q /opt/mail "$dest/opt/mail/boot/home"
	! grep -q /var/qmail "$dest/opt/mail/boot/home"
}

@test "install: again over what is there, then uninstall" {
	inst install >/dev/null
	home=$dest/var/qmail
	echo mine >"$home/control/me"
	echo mine >"$home/queue/kept"
	echo mine >"$home/alias/.qmail-root"
	chmod 750 "$home/control"
	echo old >"$home/bin/qmail-start"
	inst install >/dev/null
	cmp "$BIN/qmail-start" "$home/bin/qmail-start"
	[ "$(stat -c %a "$home/control")" = 750 ]
	echo other >"$home/bin/own-script"
	inst uninstall
	[ "$(find "$home" -type f | sort)" = "$(printf "$home/%s\n" \
	    alias/.qmail-root bin/own-script control/me queue/kept)" ]
	[ -z "$(find "$dest/usr" -type l)" ]
}

@test "install: an upgrade replaces files, it never writes into them" {
	inst install >/dev/null
	before=$(stat -c %i "$dest/var/qmail/bin/qmail-send")
	exec 5<"$dest/var/qmail/bin/qmail-send"
	inst install >/dev/null
	[ "$(stat -c %i "$dest/var/qmail/bin/qmail-send")" != "$before" ]
	cmp "$BIN/qmail-send" /dev/fd/5
	exec 5<&-
}

@test "install: root without the users is told to add them first" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	if id -u qmailq >/dev/null 2>&1; then skip "qmailq exists here"; fi
	run inst install DESTDIR= QMAIL_HOME="$dest/home" PREFIX="$dest/usr"
	[ "$status" -eq 1 ]
	[[ $output == *"qmailctl adduser"* ]]
	[ -z "$(ls -A "$dest")" ]
}

# ---- a whole host ------------------------------------------------------------

on_private_host() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	case $top in /var/* | /etc/*) skip "the checkout would be hidden" ;; esac
	export top BIN
	run "$BATS_TEST_DIRNAME/../support/private_host.sh" bash -euc "
		$(declare -f rows inst wait_for)
		dest='' home=/var/qmail
		unset QMAILHOME
		cd $top
		$1"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "install: adduser, install, init on a real host: owners and modes" {
	on_private_host '
		"$BIN/qmailctl" adduser
		"$BIN/qmailctl" adduser
		[ "$(id -gn qmaild) $(id -gn qmailq)" = "nofiles qmail" ]
		[ "$(getent passwd alias | cut -d: -f6,7)" = /var/qmail/alias:/usr/sbin/nologin ]
		inst install PREFIX=/var/prefix
		$home/bin/qmailctl init mail.example.test --split 3
		check() { # PATH MODE OWNER GROUP
			got=$(stat -c "%a %U %G" "$home/$1")
			want=$(printf "%o %s %s" "$((0$2))" "$3" "$4")
			[ "$got" = "$want" ] || { echo "$1: $got, not $want"; exit 1; }
		}
		while read -r name mode user group; do
			if [ -f "$BIN/$name" ]; then check "bin/$name" $mode $user $group; fi
		done < <(rows mta/modes)
		while read -r kind path mode user group _; do
			check "$path" $mode $user $group
			if [ $kind = split ]; then
				for i in 0 1 2; do check "$path/$i" $mode $user $group; done
				[ ! -e "$home/$path/3" ]
			fi
		done < <(rows mta/layout)
		check alias/Maildir/new 2700 alias qmail
		grep -qx "user:qmailq:$(id -u qmailq)" $home/users/ids
		grep -qx "group:nofiles:$(getent group nofiles | cut -d: -f3)" $home/users/ids
		[ "$(stat -c "%a %U" $home/users/ids)" = "644 root" ]
	'
}

@test "install: init gives the files of a package their owners" {
	on_private_host '
		"$BIN/qmailctl" adduser
		inst install PREFIX=/var/prefix
		chown -R 0:0 $home
		chmod 711 $home/bin/qmail-queue
		$home/bin/qmailctl init mail.example.test
		[ "$(stat -c "%a %U %G" $home/bin/qmail-queue)" = "4711 qmailq qmail" ]
		[ "$(stat -c "%a %U %G" $home/alias)" = "2755 alias qmail" ]
	'
}

@test "install: a real host sends mail, each daemon under its own user" {
	command -v multilog >/dev/null || skip "needs daemontools"
	command -v tcpserver >/dev/null || skip "needs ucspi-tcp"
	on_private_host '
		"$BIN/qmailctl" adduser >/dev/null
		inst install PREFIX=/var/prefix >/dev/null
		PATH=/var/prefix/bin:$PATH
		qmailctl init mail.example.test
		trap "qmailctl stop" EXIT
		useradd --create-home --home-dir /var/joe joe
		su -s /bin/sh joe -c "/var/qmail/bin/maildirmake /var/joe/Maildir"
		echo ./Maildir/ >$home/control/defaultdelivery
		port=$(/usr/bin/python3 -c "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])")
		echo 127.0.0.1:$port >$home/control/smtplisten
		qmailctl start
		user_of() { ps -o user:20= -C $1 | sort -u | paste -sd" "; }
		sender=$(cat $home/run/qmail-send.pid)
		children=$(ps -o user:20=,comm= --ppid $sender | sort | tr -s " " | paste -sd,)
		[ "$children" = "qmailq qmail-clean,qmailq qmail-clean,qmailr qmail-rspawn,qmails qmail-todo,root qmail-lspawn" ]
		[ "$(ps -o user:20= $sender)" = qmails ]
		[ "$(ps -o user:20= $(cat $home/run/log-send.pid))" = qmaill ]
		[ "$(ps -o user:20= $(cat $home/run/smtpd-127.0.0.1:$port.pid))" = qmaild ]
		echo "to joe" | setpriv --reuid=nobody --regid=nogroup --clear-groups \
		    /var/prefix/sbin/sendmail joe@mail.example.test
		wait_for 10 grep -rqs "to joe" /var/joe/Maildir/new
		[ "$(stat -c %U /var/joe/Maildir/new/*)" = joe ]
		echo "to root" | /var/prefix/sbin/sendmail root
		wait_for 10 grep -rqs "to root" $home/alias/Maildir/new
		[ "$(stat -c %U $home/alias/Maildir/new/*)" = alias ]
		tests/support/smtp_hello.py $port | grep -q "^220 mail.example.test"
		qmailctl stat
		! setpriv --reuid=nobody --regid=nogroup --clear-groups $home/bin/qmailctl stop
		qmailctl stop
		trap - EXIT
		[ -z "$(ls $home/run)" ]
	'
}
