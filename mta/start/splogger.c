/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "mta/start/sysline.h"
#include "prog/die.h"

enum { FACILITY_MAIL = 2, FACILITY_MAX = 23, FACILITY_SHIFT = 3 };

static void
send_message(enum sysline_severity severity, const char *message)
{
	syslog((int)severity, "%s", message);
}

/* Facilities are multiples of eight; users give them without the factor. */
static int
facility(const char *text)
{
	uint64_t number;

	if (!num_parse_u64(span_cstr(text), FACILITY_MAX, &number))
		die_usage("[tag [facility]]");
	return (int)(number << FACILITY_SHIFT);
}

int
main(int argc, char **argv)
{
	struct sysline line = {.emit = send_message};
	const char *tag = argc > 1 ? argv[1] : "splogger";
	int code = FACILITY_MAIL << FACILITY_SHIFT;
	char buf[PIPE_BUF];
	ssize_t got;

	die_name("splogger");
	if (argc > 2)
		code = facility(argv[2]);
	openlog(tag, 0, code);
	while ((got = fd_read_some(STDIN_FILENO, buf, sizeof(buf))) > 0)
		sysline_feed(&line, (struct span){buf, (size_t)got},
		    clock_microseconds());
	if (got == -1)
		die_sys("read", "standard input");
	return EXIT_SUCCESS;
}
