# SPDX-License-Identifier: ISC
# qmail-queue on a disk without space or inodes: refused mail leaves nothing,
# accepted mail stays, and all is well as soon as there is room again.
load ../support/home
load ../support/powercut

setup() {
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null ||
	    skip "needs root and mount namespaces"
}

# prepare MOUNT OPTIONS: a home on a small tmpfs
prepare() {
	mkdir "$work/small"
	mount -t tmpfs -o "$1,mode=755" tmpfs "$work/small"
	export TMPDIR=$work/small
	home_create 3
	q=$QMAILHOME/queue
	msg=$work/msg env=$work/env
	{ echo 'Subject: full'; echo; seq "$2"; } >"$msg"
	printf 'Fann@a.example\0Tbob@r.example\0\0' >"$env"
}

submit() { "$BIN/qmail-queue" <"$msg" 1<"$env"; }

# until_full STATUS...: submits until that fails with one of the codes
until_full() {
	accepted=0 rc=0
	for n in $(seq 500); do
		submit || rc=$?
		if [ "$rc" -ne 0 ]; then break; fi
		accepted=$((accepted + 1))
	done
	[ "$accepted" -gt 0 ]
	[[ " $* " == *" $rc "* ]]
	# it stays so, without a trace
	for n in 1 2 3; do
		rc=0
		submit || rc=$?
		[[ " $* " == *" $rc "* ]]
	done
	check_queue "$accepted"
}

check_queue() {
	[ "$(find "$q/pid" -type f | wc -l)" -eq 0 ]
	for dir in mess intd todo; do
		[ "$(find "$q/$dir" -type f | wc -l)" -eq "$1" ]
	done
	for file in "$q"/mess/*/*; do tail -n +2 "$file" | cmp - "$msg"; done
	for file in "$q"/todo/*; do
		[ "$(tr '\0' '|' <"$file" | cut -d'|' -f3-)" = \
		    'Fann@a.example|Tbob@r.example|' ]
	done
}

no_space() {
	prepare size=1m 4000
	until_full 53
	mount -o remount,size=2m "$work/small"
	submit
	check_queue $((accepted + 1))
}

# A message larger than the work buffer, and a disk full in its middle
no_space_in_the_middle() {
	prepare size=4m 200000
	until_full 53
	mount -o remount,size=8m "$work/small"
	submit
	check_queue $((accepted + 1))
}

# The last inode may go to pid/ or to intd/; on tmpfs a link needs one too.
no_inodes() {
	prepare nr_inodes=$1 10
	until_full 63 65 66
	mount -o remount,nr_inodes=200 "$work/small"
	submit
	check_queue $((accepted + 1))
}

@test "no space left" { powercut_run no_space; }

@test "no space left in the middle of a large message" {
	powercut_run no_space_in_the_middle
}

@test "no inodes left, an even number of them" { powercut_run no_inodes 60; }

@test "no inodes left, an odd number of them" { powercut_run no_inodes 61; }
