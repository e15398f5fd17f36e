# SPDX-License-Identifier: ISC
# Power cuts without a power cut: a file system in an image file that lies on
# tmpfs is mounted through a loop device, and a copy of the image taken while a
# program runs is what the disk would hold if the power failed right then: what
# the kernel had not yet sent to the "disk" is not in the copy. Mounting the
# copy replays its journal, as after a restart.
#
# In a bats file:
#
#	load ../support/home
#	load ../support/powercut
#	setup() { powercut_usable || skip "needs root and loop devices"; }
#
#	my_experiment() {		# runs in a mount namespace of its own,
#		cut_disk ext4		# as a new shell with "set -eu"
#		home_create
#		cut_settle		# all so far is on the disk
#		"$BIN/qmail-queue" ...
#		cut_copy after		# the power fails here
#		cut_mount after		# the disk as found afterwards is $found
#		... look below "$(cut_path "$QMAILHOME")" ...
#		cut_umount
#	}
#	@test "..." { powercut_run my_experiment; }
#
# cut_disk FSTYPE [MOUNT OPTIONS] makes $disk, the mounted file system, and
# points TMPDIR there, so that home_create makes its home on it. Every call of
# a program that changes something: see cut_walk.

: "${TESTBIN:=${BIN%/bin}/tests/bin}"
export TESTBIN

powercut_usable() {
	[ "$(id -u)" -eq 0 ] || return 1
	local f=$BATS_TEST_TMPDIR/probe
	truncate -s 4M "$f" && mke2fs -q -F -t ext4 "$f" 2>/dev/null &&
	    mkdir "$f.d" && unshare -m --propagation private sh -c \
	    'mount -o loop "$1" "$1.d" && umount "$1.d"' sh "$f" 2>/dev/null
}

# powercut_run FUNCTION [ARG...]: the functions of the bats file are known to it
powercut_run() {
	local functions
	functions=$(compgen -A function |
	    grep -vE '^(bats|test)_|^(run|load|skip|setup|teardown)$')
	# shellcheck disable=SC2086
	unshare -m --propagation private bash -euc "$(declare -f $functions)"'
		powercut_begin && "$@"' powercut "$@"
}

# ---- for use inside powercut_run ------------------------------------------

# Mounts of this namespace vanish with its last process. Every user can reach
# /mnt, unlike the test's own folder.
powercut_begin() {
	work=/mnt
	mount -t tmpfs -o size=512m,mode=755 tmpfs "$work"
	disk=$work/disk found=$work/found image=$work/image
	mkdir "$disk" "$found"
}

cut_disk() {
	local options=loop${2:+,$2}
	truncate -s "${CUT_SIZE:-24M}" "$image"
	case $1 in
	ext4) mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 \
	    "$image" ;;
	xfs | btrfs) "mkfs.$1" -q -f "$image" >/dev/null ;;
	esac
	# nothing may be written behind our back while we look
	mount -t "$1" -o "$options${CUT_COMMIT:+,commit=$CUT_COMMIT}" \
	    "$image" "$disk"
	chmod 755 "$work" "$disk"
	TMPDIR=$disk
	export TMPDIR
}

# Everything done so far is on the disk.
cut_settle() { sync -f "$disk"; }

# cut_copy NAME: the power fails now
cut_copy() { cp --sparse=always "$image" "$work/cut.$1"; }

cut_mount() { mount -o loop "$work/cut.$1" "$found"; }

# A mounted copy is thrown away.
cut_umount() {
	umount "$found"
	rm -f "$work/cut.$1"
}

# The place of a path of $disk in the copy
cut_path() { printf '%s\n' "$found${1#"$disk"}"; }

# cut_walk CHECK COMMAND [ARG...]: runs the command once, the power failing
# before each of its calls that changes anything, and once more at its end;
# then calls CHECK NAME for each copy, mounted at $found, NAME being the number
# of the call or "end".
cut_walk() {
	local check=$1 name
	shift
	cut_status=0
	"$TESTBIN/killwalk" -t mutating \
	    -x "cp --sparse=always '$image' '$work/cut.'\$KILLWALK_CALL" \
	    "$@" || cut_status=$?
	cut_copy end
	for name in "$work"/cut.*; do
		name=${name##*.}
		cut_mount "$name"
		"$check" "$name"
		cut_umount "$name"
	done
}
