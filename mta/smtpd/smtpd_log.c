/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd.h"

#include <unistd.h>

#include "fmt/printable.h"

static void
put_safe(struct str *line, const char *before, struct span bytes,
    const char *after)
{
	str_put_cstr(line, before);
	logsafe_put(line, bytes);
	str_put_cstr(line, after);
}

static void
put_start(struct str *line, const struct smtpd *s)
{
	str_put(line, SPAN("qmail-smtpd: pid "));
	str_put_i64(line, getpid());
	put_safe(line, " from ", s->config.peer.ip, "");
}

/* One write, so that lines of several sessions never mix. A log that cannot be
 * written does not stop mail. */
static void
write_line(struct str *line)
{
	str_putc(line, '\n');
	if (str_ok(line) && write(STDERR_FILENO, line->p, line->n) == -1)
		str_reset(line);
	str_free(line);
}

void
smtpd_log_accept(const struct smtpd *s, uint64_t bytes, int64_t qp,
    struct span message_id)
{
	struct str line = {0};

	if (!s->config.log)
		return;
	put_start(&line, s);
	put_safe(&line, " helo ", str_span(&s->helo), "");
	put_safe(&line, " mail <", str_span(&s->sender), "> rcpts ");
	str_put_u64(&line, s->recipient_count);
	str_put_cstr(&line, " bytes ");
	str_put_u64(&line, bytes);
	str_put_cstr(&line, " qp ");
	str_put_i64(&line, qp);
	put_safe(&line, " mid <", message_id, ">");
	write_line(&line);
}

void
smtpd_log_reject(const struct smtpd *s, unsigned code, const char *stage,
    struct span recipient)
{
	struct str line = {0};

	if (!s->config.log)
		return;
	put_start(&line, s);
	str_put_cstr(&line, " reject ");
	str_put_u64(&line, code);
	put_safe(&line, " stage ", span_cstr(stage), "");
	put_safe(&line, " mail <", str_span(&s->sender), "> rcpt <");
	put_safe(&line, "", recipient, ">");
	write_line(&line);
}
