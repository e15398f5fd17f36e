#!/bin/sh
# SPDX-License-Identifier: ISC
# usage: install.sh install|uninstall
# Called by make, which sets DESTDIR QMAIL_HOME PREFIX BUILD USERS GROUP_NAMES
# TOOLS.
# What goes where, and whose it is, stands in mta/modes and mta/layout.
#
# Root gives files their owners. Anybody else installs into DESTDIR, as a
# package builder does, or into a home of his own, a one-user instance.
set -eu

home=$DESTDIR$QMAIL_HOME
# shellcheck disable=SC2153 # another variable than prefix
prefix=$DESTDIR$PREFIX
is_root=false
if [ "$(id -u)" -eq 0 ]; then is_root=true; fi

fail() {
	echo "install: $*" >&2
	exit 1
}

# nth N WORD...
nth() {
	shift "$1"
	echo "$1"
}

# the name of a role of the manifest, for chown
# shellcheck disable=SC2086 # USERS and GROUP_NAMES are lists
user_of() {
	case $1 in
	alias) nth 1 $USERS ;;
	qmaild) nth 2 $USERS ;;
	qmaill) nth 3 $USERS ;;
	qmailp) nth 4 $USERS ;;
	qmailq) nth 5 $USERS ;;
	qmailr) nth 6 $USERS ;;
	qmails) nth 7 $USERS ;;
	root) nth 8 $USERS ;;
	*) fail "mta/modes or mta/layout: unknown user $1" ;;
	esac
}

# shellcheck disable=SC2086
group_of() {
	case $1 in
	nofiles) nth 1 $GROUP_NAMES ;;
	qmail) nth 2 $GROUP_NAMES ;;
	*) fail "mta/modes or mta/layout: unknown group $1" ;;
	esac
}

# the lines of a manifest without comments
rows() { sed '/^#/d; /^$/d' "$1"; }

# True when all users and groups are known to the system.
users_exist() {
	for name in $USERS; do id -u "$name" >/dev/null 2>&1 || return 1; done
	for name in $GROUP_NAMES; do
		getent group "$name" >/dev/null 2>&1 || return 1
	done
}

# settle PATH MODE USER GROUP
settle() {
	mode=$2
	if $owned; then
		chown "$(user_of "$3"):$(group_of "$4")" "$1"
	elif $is_root || [ -z "$DESTDIR" ]; then
		# without its owner no program may have its set-uid bit
		case $mode in 4???) mode=0${mode#4} ;; esac
	fi
	chmod "$mode" "$1"
}

# put SOURCE DIR NAME MODE USER GROUP: never half a file under its name
put() {
	cp "$1" "$2/.$3.new"
	settle "$2/.$3.new" "$4" "$5" "$6"
	mv -f "$2/.$3.new" "$2/$3"
}

make_folders() {
	rows mta/layout | while read -r kind path mode user group _; do
		case $kind in dir | ship) ;; *) continue ;; esac
		if [ -d "$home/$path" ]; then continue; fi
		mkdir -p "$home/$path"
		settle "$home/$path" "$mode" "$user" "$group"
	done
}

install_programs() {
	rows mta/modes | while read -r name mode user group; do
		if [ -f "$BUILD/bin/$name" ]; then
			put "$BUILD/bin/$name" "$home/bin" "$name" "$mode" "$user" "$group"
		else
			echo "install: there is no $BUILD/bin/$name" >&2
		fi
	done
}

install_texts() {
	for file in mta/boot/*; do
		name=${file##*/}
		sed "s|/var/qmail|$QMAIL_HOME|" "$file" >"$home/boot/.$name.new"
		settle "$home/boot/.$name.new" 0755 root qmail
		mv -f "$home/boot/.$name.new" "$home/boot/$name"
	done
	for file in README.md CHANGES.md LICENSE doc/*; do
		if [ -f "$file" ]; then
			put "$file" "$home/doc" "${file##*/}" 0644 root qmail
		fi
	done
	for file in man/*.[1-8]; do
		dir=$(man_folder "$file")
		mkdir -p "$dir"
		put "$file" "$dir" "${file##*/}" 0644 root qmail
	done
}

# The pages of the tools go with the tools.
man_folder() {
	page=${1##*/}
	for tool in $TOOLS; do
		if [ "${page%.*}" = "$tool" ]; then
			echo "$prefix/share/man/man${page##*.}"
			return
		fi
	done
	echo "$home/man/man${page##*.}"
}

# link NAME PROGRAM
links="sbin/sendmail:sendmail lib/sendmail:sendmail bin/mailq:sendmail
    bin/newaliases:sendmail bin/qmailctl:qmailctl"

install_prefix() {
	for tool in $TOOLS; do
		mkdir -p "$prefix/bin"
		install -m 755 "$BUILD/bin/$tool" "$prefix/bin/$tool"
	done
	for link in $links; do
		mkdir -p "$prefix/${link%/*}"
		ln -sfn "$QMAIL_HOME/bin/${link#*:}" "$prefix/${link%:*}"
	done
}

do_install() {
	owned=false
	if $is_root && users_exist; then
		owned=true
	elif $is_root && [ -z "$DESTDIR" ]; then
		fail "the users of qmail do not exist yet: run" \
		    "$BUILD/bin/qmailctl adduser"
	elif $is_root; then
		echo "install: the users of qmail do not exist here: files stay" \
		    "root's until \"qmailctl init\" or \"make install\" on the host"
	fi
	make_folders
	install_programs
	install_texts
	install_prefix
	if [ -z "$DESTDIR" ] && [ ! -e "$home/control/me" ]; then
		echo "installed; next: $home/bin/qmailctl init $(uname -n)"
	fi
}

# Only what install made goes; mail, configuration and logs stay.
do_uninstall() {
	rows mta/modes | while read -r name _; do rm -f "$home/bin/$name"; done
	for file in mta/boot/*; do rm -f "$home/boot/${file##*/}"; done
	for file in README.md CHANGES.md LICENSE doc/*; do
		rm -f "$home/doc/${file##*/}"
	done
	for file in man/*.[1-8]; do rm -f "$(man_folder "$file")/${file##*/}"; done
	for tool in $TOOLS; do rm -f "$prefix/bin/$tool"; done
	for link in $links; do
		if [ "$(readlink "$prefix/${link%:*}")" = "$QMAIL_HOME/bin/${link#*:}" ]; then
			rm -f "$prefix/${link%:*}"
		fi
	done
	rows mta/layout | sort -r -k 2 | while read -r kind path _; do
		if [ "$kind" = ship ] && [ -d "$home/$path" ]; then
			rmdir "$home/$path" 2>/dev/null || true
		fi
	done
}

case ${1-} in
install) do_install ;;
uninstall) do_uninstall ;;
*) fail "usage: install.sh install|uninstall" ;;
esac
