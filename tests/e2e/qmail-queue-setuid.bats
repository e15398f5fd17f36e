# SPDX-License-Identifier: ISC
# qmail-queue as it is in an ordinary installation: set-uid to the queue user,
# in the compiled home. Needs root, who gives us a /var of our own.
load ../support/home
load ../support/powercut

setup() {
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null ||
	    skip "needs root and mount namespaces"
	case $BIN in /var/*) skip "the checkout would be hidden" ;; esac
	grep -qaF /var/qmail "$BIN/qmail-queue" || skip "another home"
}

# The classic home with numbers that no account of this machine has.
prepare() {
	mount -t tmpfs -o mode=755 tmpfs /var
	mkdir -m 777 /var/tmp /var/qmail /var/qmail/{users,bin}
	chmod 755 /var/qmail
	TMPDIR=/var/tmp home_create
	mv "$QMAILHOME/queue" /var/qmail/queue
	q=/var/qmail/queue
	other=$QMAILHOME
	unset QMAILHOME
	chmod 755 /var/qmail/users
	printf 'user:%s\n' alias:70001 qmaild:70002 qmails:70003 qmailq:70004 \
	    >/var/qmail/users/ids
	chown 70004 "$q" "$q"/{pid,intd,todo,mess,lock} "$q"/mess/*
	chown 70003 "$q"/{info,local,remote,bounce,lock/{trigger,sendmutex}} \
	    "$q"/{info,local,remote}/*
	chmod 700 "$q"/{pid,intd,todo,mess,info,local,remote,bounce}
	chmod 755 "$q" "$q/lock"
	install -o 70004 -m 4711 "$BIN/qmail-queue" /var/qmail/bin/qmail-queue
	echo text >/mnt/setuid.msg
	printf 'Fann@a.example\0Tbob@r.example\0\0' >/mnt/setuid.env
}

# as UID [VARIABLE=VALUE...]: submits, sets $rc
as() {
	local uid=$1
	shift
	rc=0
	setpriv --reuid="$uid" --regid=70005 --clear-groups env "$@" \
	    /var/qmail/bin/qmail-queue </mnt/setuid.msg 1</mnt/setuid.env ||
	    rc=$?
}

# is HOW UID: the one message came this way and belongs to the queue user
is() {
	local file line
	[ "$rc" -eq 0 ]
	file=$(find "$q/mess" -type f)
	[ "$(stat -c %u:%g:%a "$file")" = 70004:70005:644 ]
	read -r line <"$file"
	[[ $line == *" invoked $1); "* ]]
	[ "$(tr '\0' '\n' <"$q/todo/${file##*/}" | head -n 1)" = "u$2" ]
	find "$q/mess" "$q/intd" "$q/todo" -type f -delete
}

callers() {
	prepare
	as 70001; is "by alias" 70001
	as 70002; is "from network" 70002
	as 70003; is "for bounce" 70003
	as 70004; is "by uid 70004" 70004
	as 70009; is "by uid 70009" 70009
	as 0; is "by uid 0" 0
	# without the numbers, and without such accounts, mail goes on
	rm /var/qmail/users/ids
	as 70002; is "by uid 70002" 70002
	# numbers that anybody can write are not believed
	echo user:qmaild:70009 >/var/qmail/users/ids
	chmod 666 /var/qmail/users/ids
	as 70009; is "by uid 70009" 70009
}

other_home() {
	prepare
	as 70009 QMAILHOME="$other"
	[ "$rc" -eq 61 ]
	as 70009 QMAILHOME=/nonexistent
	[ "$rc" -eq 61 ]
	[ -z "$(find "$q/pid" "$q/mess" "$q/intd" "$q/todo" -type f)" ]
	ln -s /var/qmail /var/link
	as 70009 QMAILHOME=/var/link
	is "by uid 70009" 70009
	# nothing else of the environment matters
	as 70009 PATH=/nonexistent LD_PRELOAD=/nonexistent TZ=Asia/Tokyo \
	    IFS=/ LC_ALL=C QMAILQUEUE=/nonexistent
	is "by uid 70009" 70009
}

closed_descriptors() {
	prepare
	rc=0
	setpriv --reuid=70009 --regid=70005 --clear-groups sh -c \
	    'exec /var/qmail/bin/qmail-queue <&- 1</mnt/setuid.env' || rc=$?
	[ "$rc" -eq 54 ]
	rc=0
	setpriv --reuid=70009 --regid=70005 --clear-groups sh -c \
	    'exec /var/qmail/bin/qmail-queue </mnt/setuid.msg 1<&-' || rc=$?
	[ "$rc" -eq 54 ]
	[ -z "$(find "$q/pid" "$q/mess" "$q/intd" "$q/todo" -type f)" ]
}

@test "set-uid qmail-queue: who called it" {
	powercut_run callers
}

@test "set-uid qmail-queue: QMAILHOME is not obeyed, another home refused" {
	powercut_run other_home
}

@test "set-uid qmail-queue: closed descriptors are exit 54" {
	powercut_run closed_descriptors
}
