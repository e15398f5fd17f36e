# SPDX-License-Identifier: ISC
# What qmail-queue accepted is there after a power cut.
load ../support/home
load ../support/powercut

setup() { powercut_usable || skip "needs root and loop devices"; }

prepare() {
	msg=$work/msg env=$work/env
	{ echo 'Subject: cut'; echo; seq 2000; } >"$msg"
	printf 'Fann@a.example\0Tbob@r.example\0\0' >"$env"
	cut_disk "$@"
	home_create 3
	cut_settle
	kept=0 lost=0
}

submit() { "$BIN/qmail-queue" <"$msg" 1<"$env"; }

# All messages of the mounted copy: todo/ never without all the rest.
look() {
	local q todo id
	q=$(cut_path "$QMAILHOME")/queue
	count=0
	for todo in "$q"/todo/*; do
		[ -e "$todo" ] || continue
		id=${todo##*/}
		tail -n +2 "$q/mess/$((id % 3))/$id" | cmp "$msg" -
		[ "$(tr '\0' '|' <"$todo" | cut -d'|' -f3-)" = \
		    'Fann@a.example|Tbob@r.example|' ]
		count=$((count + 1))
	done
}

fill_disk_and_cut() {
	prepare "$@"
	for n in 1 2 3 4 5 6; do
		submit
		cut_copy "$n"
		cut_mount "$n"
		look
		cut_umount "$n"
		[ "$count" -eq "$n" ]
	done
}

at_every_call() {
	prepare "$@"
	submit
	reached() {
		look
		case $1 in end) [ "$count" -eq 2 ] ;; *) [ "$count" -ge 1 ] ;; esac
	}
	cut_walk reached "$BIN/qmail-queue" <"$msg" 1<"$env"
	[ "$cut_status" -eq 0 ]
}

# The experiment itself: leaving out the last sync loses the message.
without_last_sync() {
	prepare ext4
	"$TESTBIN/killwalk" -t fsync -o "$work/trace" \
	    "$BIN/qmail-queue" <"$msg" 1<"$env"
	cut_settle
	"$TESTBIN/killwalk" -t fsync -e "$(wc -l <"$work/trace"):0" \
	    "$BIN/qmail-queue" <"$msg" 1<"$env"
	cut_copy lost
	cut_mount lost
	look
	cut_umount lost
	[ "$count" -eq 1 ]
}

@test "accepted messages survive: ext4, data=ordered" {
	powercut_run fill_disk_and_cut ext4 data=ordered
}

@test "accepted messages survive: ext4, data=writeback" {
	powercut_run fill_disk_and_cut ext4 data=writeback
}

@test "the power fails before every call that changes something" {
	powercut_run at_every_call ext4
}

@test "this test would see a message without its last sync lost" {
	powercut_run without_last_sync
}

@test "accepted messages survive: xfs" {
	command -v mkfs.xfs >/dev/null || skip "no mkfs.xfs"
	CUT_SIZE=320M powercut_run fill_disk_and_cut xfs
}

@test "accepted messages survive: btrfs" {
	command -v mkfs.btrfs >/dev/null || skip "no mkfs.btrfs"
	CUT_SIZE=128M powercut_run fill_disk_and_cut btrfs
}
