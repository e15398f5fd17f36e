/* SPDX-License-Identifier: ISC */
/* Stands in for qmail-remote: waits SLOWREMOTE_MS milliseconds (50 unless set)
 * and says that the message was accepted. Makes the capacity of a channel a
 * matter of its concurrency, not of the machine. */
#include <stdlib.h>
#include <unistd.h>

#include "base/num.h"

int
main(void)
{
	static const char report[] = "r\0K192.0.2.1 accepted message.\n";
	uint64_t ms = 50;

	if (getenv("SLOWREMOTE_MS") != NULL &&
	    !num_parse_u64(span_cstr(getenv("SLOWREMOTE_MS")), 60000, &ms))
		return 111;
	(void)usleep((useconds_t)ms * 1000);
	return write(1, report, sizeof(report)) == sizeof(report) ? 0 : 111;
}
