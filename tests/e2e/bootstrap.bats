# SPDX-License-Identifier: ISC
# ./bootstrap with stubs in the place of the package tools and of make.

setup() {
	stubs=$BATS_TEST_TMPDIR/stubs
	mkdir "$stubs"
	export CALLS=$BATS_TEST_TMPDIR/calls
	: >"$CALLS"
	stub make 'echo "make $*" >>"$CALLS"'
	stub sudo 'echo "sudo $*" >>"$CALLS"; exec "$@"'
	stub apt-get 'echo "apt-get $*" >>"$CALLS"'
	stub dpkg-query 'for p; do :; done
		case " $ABSENT " in *" $p "*) exit 1 ;; esac; printf installed'
}

stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$stubs/$1"
	chmod 755 "$stubs/$1"
}

boot() { PATH=$stubs:$PATH run ./bootstrap "$@"; }
called() { grep -qE "$1" "$CALLS"; }

@test "bootstrap: with everything installed it only builds" {
	ABSENT="" boot
	[ "$status" -eq 0 ]
	[ "$(sed 's/-j[0-9]*/-jN/' "$CALLS")" = "make -jN" ]
}

@test "bootstrap: says what is missing, and installs exactly that" {
	ABSENT="libcdb-dev gcc" boot
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "bootstrap: installing gcc libcdb-dev" ]
	called 'apt-get .*install .*--no-install-recommends gcc libcdb-dev'
	if [ "$(id -u)" -ne 0 ]; then called '^sudo '; fi
}

@test "bootstrap: needs root or sudo only when something is missing" {
	[ "$(id -u)" -ne 0 ] || skip "is root"
	mkdir "$BATS_TEST_TMPDIR/few"
	for name in sh env dirname tr find head id getconf; do
		ln -s "$(command -v $name)" "$BATS_TEST_TMPDIR/few/$name"
	done
	rm "$stubs/sudo"
	ABSENT="" PATH=$stubs:$BATS_TEST_TMPDIR/few run ./bootstrap
	[ "$status" -eq 0 ]
	ABSENT="gcc" PATH=$stubs:$BATS_TEST_TMPDIR/few run ./bootstrap
	[ "$status" -eq 111 ]
	[[ $output == *"root or sudo"* ]]
}

@test "bootstrap: demo and check go on to their targets" {
	ABSENT="" boot demo
	[ "$(tail -1 "$CALLS")" = "make demo" ]
	ABSENT="check" boot check
	called 'install .* check$'
	called '^make lint-fast check$'
}

@test "bootstrap: a failed installation is tried again with new lists" {
	stub apt-get 'echo "apt-get $*" >>"$CALLS"
		case $* in *install*) grep -q update "$CALLS" ;; esac'
	ABSENT="gcc" boot
	[ "$status" -eq 0 ]
	called 'apt-get .*update'
	[ "$(grep -c 'apt-get .*install' "$CALLS")" -ge 1 ]
}

@test "bootstrap: refuses other words" {
	boot nonsense
	[ "$status" -eq 100 ]
	[ ! -s "$CALLS" ]
}
