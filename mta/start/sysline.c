/* SPDX-License-Identifier: ISC */
#include "mta/start/sysline.h"

#include <stdio.h>

enum { MILLION = 1000000 };

static void
begin(struct sysline *s, int64_t now)
{
	int n = snprintf(s->message, SYSLINE_STAMP, "%lld.%06lld ",
	    (long long)(now / MILLION), (long long)(now % MILLION));

	s->stamp = n > 0 && n < SYSLINE_STAMP ? (size_t)n : 0;
	s->continued = false;
}

static enum sysline_severity
judge(struct span text)
{
	if (span_has_prefix(text, SPAN("alert:")))
		return SYSLINE_ALERT;
	if (span_has_prefix(text, SPAN("warning:")))
		return SYSLINE_WARNING;
	return SYSLINE_INFO;
}

static void
flush(struct sysline *s)
{
	struct span text = {s->message + s->stamp, s->n};

	if (!s->continued)
		s->severity = judge(text);
	else if (s->stamp > 0)
		s->message[s->stamp - 1] = '+';
	s->message[s->stamp + s->n] = '\0';
	s->emit(s->severity, s->message);
	s->continued = true;
	s->n = 0;
}

static void
add(struct sysline *s, char c, int64_t now)
{
	bool shown = c >= ' ' && c <= '~';

	if (s->n == 0 && !s->continued)
		begin(s, now);
	s->message[s->stamp + s->n] = shown ? c : '?';
	s->n++;
	if (s->n == SYSLINE_MAX)
		flush(s);
}

void
sysline_feed(struct sysline *s, struct span bytes, int64_t now)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] != '\n') {
			add(s, bytes.p[i], now);
			continue;
		}
		if (s->n > 0)
			flush(s);
		s->continued = false;
	}
}
