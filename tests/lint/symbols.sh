#!/bin/sh
# SPDX-License-Identifier: ISC
# Nothing below lib/prog ends the process or prints, and no variable is visible
# outside its file unless it is a constant.
# usage: symbols.sh LIBRARY.a...
rc=0
# after fork a child leaves by _exit; these modules fork
may_exit='proc.o|spawn_loop.o'
for lib; do
	case $lib in
	*/prog.a) continue ;;
	esac
	nm -A "$lib" 2>/dev/null |
	    grep -wE 'U (exit|abort|die_[a-z]+|printf|puts|perror|fprintf|putchar)' && rc=1
	nm -A "$lib" 2>/dev/null | grep -wE 'U _exit' |
	    grep -vE ":($may_exit):" && rc=1
	# constants that hold addresses lie in .data.rel.ro and are read-only
	objdump -t "$lib" 2>/dev/null |
	    grep -E '^[0-9a-f]+ g .* (\.data|\.bss|\*COM\*)[[:space:]]' && rc=1
done
exit $rc
