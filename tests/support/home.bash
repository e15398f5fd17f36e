# SPDX-License-Identifier: ISC
# For bats files: a private one-user instance in $QMAILHOME.
#
#	load ../support/home
#	setup() { home_create; }
#	teardown() { home_destroy; }
#
# As root the home belongs to nobody, and our programs become that user by
# themselves; "as_owner COMMAND" does the same for other commands.

home_owner() {
	if [ "$(id -u)" -eq 0 ]; then echo nobody; else id -un; fi
}

# the words that turn a command into one of the owner; for a command in the
# background, whose process id must be its own: "${OWNER[@]}" COMMAND &
OWNER=()
if [ "$(id -u)" -eq 0 ]; then
	OWNER=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi

as_owner() { "${OWNER[@]}" "$@"; }

# home_create [SPLIT]: empty queue, control/me and locals for local.example
home_create() {
	local split=${1:-23} q last
	QMAILHOME=$(mktemp -d "${TMPDIR:-/var/tmp}/qward-home-XXXXXX")
	export QMAILHOME
	q=$QMAILHOME/queue
	last=$((split - 1))
	mkdir "$q" "$q"/{pid,intd,todo,bounce,lock,mess,info,local,remote} \
	    "$QMAILHOME"/{control,users,alias,log,run}
	(cd "$q" && for d in mess info local remote; do
		seq -f "$d/%.0f" 0 $last
	done | xargs mkdir)
	: >"$q/lock/sendmutex"
	head -c 1024 /dev/zero >"$q/lock/tcpto"
	mkfifo -m 622 "$q/lock/trigger"
	chmod 0622 "$q/lock/trigger"
	chmod 0600 "$q/lock/sendmutex"
	echo local.example >"$QMAILHOME/control/me"
	echo local.example >"$QMAILHOME/control/locals"
	if [ "$(id -u)" -eq 0 ]; then chown -R "nobody:$(id -gn nobody)" "$QMAILHOME"; fi
	chmod 0755 "$QMAILHOME"
}

home_destroy() {
	if [ -n "${QMAILHOME-}" ]; then rm -rf "$QMAILHOME"; fi
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails after SECONDS
wait_for() {
	local end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@"; do
		if [ "$(date +%s%N)" -gt "$end" ]; then return 1; fi
		sleep 0.02
	done
}
