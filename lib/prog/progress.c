/* SPDX-License-Identifier: ISC */
#include "prog/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 20, STEP_US = 250000, SECOND_US = 1000000 };

void
progress_begin(struct progress *p, int64_t now_us)
{
	p->start_us = p->last_us = now_us;
	p->shown = false;
}

static void
draw_bar(char bar[BAR + 1], uint64_t done, uint64_t total)
{
	/* done and total count files or bytes: far from overflowing */
	size_t full = done >= total ? BAR : (size_t)(done * BAR / total);

	memset(bar, '#', full);
	memset(bar + full, '.', BAR - full);
	bar[BAR] = '\0';
}

/* \r and erasing the rest of the line keep it one line. */
static void
write_line(const struct progress *p, uint64_t done, const char *tail,
    const char *end)
{
	char line[256];
	int n;

	if (p->total > 0) {
		char bar[BAR + 1];

		draw_bar(bar, done, p->total);
		n = snprintf(line, sizeof(line),
		    "\r  [%s] %s %" PRIu64 "/%" PRIu64 "  %s\033[K%s", bar,
		    p->label, done, p->total, tail, end);
	} else {
		n = snprintf(line, sizeof(line),
		    "\r  %s %" PRIu64 "  %s\033[K%s", p->label, done, tail,
		    end);
	}
	if (n < 0 || (size_t)n >= sizeof(line))
		return;
	/* a terminal that went away is no reason to stop working */
	if (write(p->fd, line, (size_t)n) == -1)
		return;
}

static int64_t
seconds_left(const struct progress *p, uint64_t done, int64_t now_us)
{
	double spent = (double)(now_us - p->start_us) / SECOND_US;

	return (int64_t)(spent * (double)(p->total - done) / (double)done);
}

void
progress_step(struct progress *p, uint64_t done, int64_t now_us)
{
	char tail[40] = "";

	if (!p->on || now_us - p->last_us < STEP_US)
		return;
	p->last_us = now_us;
	p->shown = true;
	if (done > 0 && done < p->total)
		(void)snprintf(tail, sizeof(tail), "eta %" PRId64 "s",
		    seconds_left(p, done, now_us));
	write_line(p, done, tail, "");
}

void
progress_end(struct progress *p, uint64_t done, int64_t now_us)
{
	char tail[40];
	int64_t tenths = (now_us - p->start_us) / (SECOND_US / 10);

	if (!p->on || !p->shown)
		return;
	(void)snprintf(tail, sizeof(tail), "%" PRId64 ".%" PRId64 "s",
	    tenths / 10, tenths % 10);
	write_line(p, done, tail, "\n");
	p->shown = false;
}
