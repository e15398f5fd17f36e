/* SPDX-License-Identifier: ISC */
#include "mta/send/send_log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void
send_log_line(struct send_log *log, struct span line)
{
	while (line.n > 0) {
		ssize_t n = write(log->fd, line.p, line.n);

		if (n >= 0) {
			line = span_from(line, (size_t)n);
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = log->fd, .events = POLLOUT};

			(void)poll(&p, 1, -1); /* write again in any case */
		} else if (errno != EINTR) {
			return; /* nobody is left to be told */
		}
	}
}

void
send_log_record(struct send_log *log, const struct log_record *r)
{
	str_reset(&log->line);
	log_record_put(&log->line, r);
	/* without memory a part of the line is better than nothing */
	send_log_line(log, str_span(&log->line));
}

static void PRINTF(3, 0) put_words(struct send_log *log, enum log_kind kind,
    const char *fmt, va_list args)
{
	char text[1024];
	int n = vsnprintf(text, sizeof(text), fmt, args);
	struct log_record r = {.kind = kind};

	if (n < 0)
		return;
	r.text = span_first((struct span){text, sizeof(text) - 1}, (size_t)n);
	send_log_record(log, &r);
}

void
send_log_alert(struct send_log *log, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_words(log, LOG_ALERT, fmt, args);
	va_end(args);
}

void
send_log_warning(struct send_log *log, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_words(log, LOG_WARNING, fmt, args);
	va_end(args);
}
