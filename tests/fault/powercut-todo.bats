# SPDX-License-Identifier: ISC
# What qmail-todo has reported is whole after a power cut, and what it has not
# is still in todo/.
load ../support/home
load ../support/powercut

setup() {
	powercut_usable || skip "needs root and loop devices"
	peer=$BATS_TEST_DIRNAME/../support/todo_peer.py
	export peer
}

begin() {
	cut_disk "$@"
	home_create
	/usr/bin/python3 "$peer" fill_queue
	cut_settle
}

# in_copy SCENARIO: in the mounted copy
in_copy() { QMAILHOME=$(cut_path "$QMAILHOME") /usr/bin/python3 "$peer" "$1"; }

at_every_call() {
	begin "$@"
	reached() {
		case $1 in end) in_copy check_whole ;; *) in_copy recover ;; esac
	}
	export WRAP="$TESTBIN/killwalk -t mutating -x 'cp --sparse=always $image $work/cut.\$KILLWALK_CALL'"
	/usr/bin/python3 "$peer" run_wrapped
	cut_copy end
	for name in "$work"/cut.*; do
		name=${name##*.}
		cut_mount "$name"
		reached "$name"
		cut_umount "$name"
	done
}

after_the_report() {
	begin "$@"
	WRAP=env /usr/bin/python3 "$peer" run_wrapped
	cut_copy end
	cut_mount end
	in_copy check_whole
	cut_umount end
}

@test "qmail-todo: the power fails before every call that changes something" {
	powercut_run at_every_call ext4
}

@test "qmail-todo: reported messages survive: ext4, data=writeback" {
	powercut_run after_the_report ext4 data=writeback
}

@test "qmail-todo: a group synced as a whole survives: ext4" {
	WALK_GROUP=1 powercut_run after_the_report ext4
}

@test "qmail-todo: reported messages survive: xfs" {
	command -v mkfs.xfs >/dev/null || skip "no mkfs.xfs"
	CUT_SIZE=320M powercut_run after_the_report xfs
	WALK_GROUP=1 CUT_SIZE=320M powercut_run after_the_report xfs
}

@test "qmail-todo: reported messages survive: btrfs" {
	command -v mkfs.btrfs >/dev/null || skip "no mkfs.btrfs"
	CUT_SIZE=128M powercut_run after_the_report btrfs
	WALK_GROUP=1 CUT_SIZE=128M powercut_run after_the_report btrfs
}
