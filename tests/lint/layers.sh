#!/bin/sh
# SPDX-License-Identifier: ISC
# Fails when a file includes a header its layer may not see.
# usage: layers.sh FILE...
rc=0
engines='qmail/(repair|track|live)'
for f; do
	case $f in
	lib/base/*)  may='base' ;;
	lib/fmt/*)   may='base|fmt' ;;
	lib/net/*)   may='base|fmt|net' ;;
	lib/qmail/repair/*) may='base|fmt|qmail|qmail/repair' ;;
	lib/qmail/track/*) may='base|fmt|qmail|qmail/track' ;;
	lib/qmail/live/*) may="base|fmt|qmail|$engines" ;;
	lib/qmail/*) may='base|fmt|qmail' ;;
	lib/prog/*)  may='base|fmt|prog' ;;
	mta/*)       may="base|fmt|net|qmail|prog|${f%/*}" ;;
	tools/*)     may="base|fmt|net|qmail|$engines|prog|${f%/*}" ;;
	*) continue ;;
	esac
	grep -Hn '^#include "' "$f" |
	    grep -vE ":#include \"($may)/[^/]+\"" && rc=1
done
exit $rc
