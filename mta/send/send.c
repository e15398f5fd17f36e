/* SPDX-License-Identifier: ISC */
#include "mta/send/send.h"

void
send_put_status(struct send *s)
{
	struct log_record r = {.kind = LOG_STATUS, .exit_asap = s->exit_asap};

	for (int c = 0; c < SEND_CHANNELS; c++) {
		r.used[c] = s->channel[c].used;
		r.limit[c] = s->channel[c].limit;
	}
	send_log_record(&s->log, &r);
}

void
send_exit_asap(struct send *s)
{
	if (s->exit_asap)
		return;
	s->exit_asap = true;
	send_todo_stop(s);
}

/* What it was delivering is tried again after the next start. */
void
send_lose_spawner(struct send *s, enum log_channel c)
{
	if (s->channel[c].lost)
		return;
	send_log_alert(&s->log, "oh no! lost spawn connection! dying...");
	s->channel[c].lost = true;
	s->channel[c].used = 0;
	send_exit_asap(s);
}

void
send_lose_clean(struct send *s)
{
	if (s->clean.lost)
		return;
	send_log_alert(&s->log, "oh no! lost qmail-clean connection! dying...");
	s->clean.lost = true;
	send_exit_asap(s);
}

bool
send_is_delivering(const struct send *s)
{
	return s->channel[LOG_LOCAL].used > 0 ||
	       s->channel[LOG_REMOTE].used > 0;
}
