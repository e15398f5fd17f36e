# SPDX-License-Identifier: ISC
# Shared by the benchmarks: stores, instances, rates. Sourced, not run.
#
# A store is where queue and mailboxes lie: "tmpfs" (no durability cost at
# all) or "disk" (ext4 with a journal in a file, on a loop device). Never a file
# system without a journal: creating files there slows down by itself. Both are
# mounted in a private mount namespace and are gone when the benchmark ends.

top=$(cd "$(dirname "$0")/.." && pwd)
bin=$top/build/bin
helpers=$top/build/tests/bin
support=$top/tests/support

# in_namespace "$@": starts the calling script again, as root in a namespace of
# its own
in_namespace() {
	if [ "$(id -u)" -ne 0 ]; then
		echo "$0: needs root, for the file systems it mounts" >&2
		exit 111
	fi
	if [ -z "${BENCH_INNER-}" ]; then
		BENCH_INNER=1 exec unshare -m --propagation private sh "$0" "$@"
	fi
}

# make_store tmpfs|disk: mounts it at $store
make_store() {
	store=$(mktemp -d /var/tmp/qward-bench-XXXXXX)
	trap 'leave' EXIT
	trap 'exit 1' INT TERM
	if [ "$1" = tmpfs ]; then
		mount -t tmpfs -o mode=755 tmpfs "$store"
		return
	fi
	mkdir "$store/image"
	mount -t tmpfs tmpfs "$store/image"
	# the image itself lies on a real disk, or nothing would cost anything
	truncate -s 4G "$store.img"
	mke2fs -q -t ext4 -N 400000 "$store.img"
	umount "$store/image"
	rmdir "$store/image"
	mount -o loop "$store.img" "$store"
	chmod 755 "$store"
}

leave() {
	QMAILHOME=$store/home "$bin/qmailctl" stop >/dev/null 2>&1
	umount "$store" 2>/dev/null
	rmdir "$store" 2>/dev/null
	rm -f "$store.img"
}

# make_home: a one-user instance of nobody in $QMAILHOME, with the address
# load@bench.example that ends in a Maildir
make_home() {
	QMAILHOME=$store/home
	export QMAILHOME
	mkdir "$QMAILHOME"
	chown nobody:nogroup "$QMAILHOME"
	"$bin/qmailctl" init bench.example >/dev/null
	mkdir "$QMAILHOME/user"
	"$bin/maildirmake" "$QMAILHOME/user/Maildir"
	echo ./Maildir/ >"$QMAILHOME/user/.qmail"
	chown -R nobody:nogroup "$QMAILHOME/user"
	printf '=load:nobody:%s:%s:%s:::\n.\n' "$(id -u nobody)" \
	    "$(id -g nobody)" "$QMAILHOME/user" >"$QMAILHOME/users/assign"
	"$bin/qmail-newu"
	: >"$QMAILHOME/accepted"
	chown nobody "$QMAILHOME/accepted"
	new=$QMAILHOME/user/Maildir/new
}

# busy time of the machine in ms
busy_ms() { awk '/^cpu /{print ($2+$3+$4+$7+$8)*10}' /proc/stat; }
# a port of the loopback that nobody uses
free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }
delivered() { find "$new" -type f | wc -l; }

# wait_delivered N
wait_delivered() {
	while [ "$(delivered)" -lt "$1" ]; do sleep 0.02; done
}
