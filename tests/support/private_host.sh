#!/bin/sh
# SPDX-License-Identifier: ISC
# usage: private_host.sh COMMAND...
# Root only. Runs the command where /etc is a copy and /var is empty, so that it
# can add users and install into /var/qmail without touching this host.
set -eu
if [ -z "${PRIVATE_HOST-}" ]; then
	PRIVATE_HOST=$(mktemp -d /tmp/qward-host-XXXXXX)
	export PRIVATE_HOST
	status=0
	unshare -m --propagation private "$0" "$@" || status=$?
	rmdir "$PRIVATE_HOST"
	exit $status
fi
mount -t tmpfs -o mode=755 none "$PRIVATE_HOST"
cp -a /etc "$PRIVATE_HOST/etc"
mkdir -p "$PRIVATE_HOST/var/tmp" "$PRIVATE_HOST/var/log" "$PRIVATE_HOST/var/mail"
chmod 1777 "$PRIVATE_HOST/var/tmp"
mount --bind "$PRIVATE_HOST/etc" /etc
mount --bind "$PRIVATE_HOST/var" /var
unset PRIVATE_HOST
exec "$@"
