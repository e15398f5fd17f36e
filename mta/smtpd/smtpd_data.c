/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "fmt/smtp_data.h"
#include "mta/smtpd/smtpd_header.h"
#include "qmail/submit.h"

/* A message on its way from the client to qmail-queue. */
struct transfer {
	struct smtp_decoder decoder;
	struct smtpd_header header;
	struct submit queue;
	struct str text; /* decoded, not yet handed on */
	uint64_t bytes;  /* decoded so far */
	bool is_too_big;
};

static void
put_received(struct smtpd *s, struct transfer *t)
{
	struct received_smtp r = s->config.peer;
	struct str line = {0};

	r.helo = str_span(&s->helo);
	r.protocol = s->is_esmtp ? SPAN("ESMTP") : SPAN("SMTP");
	received_smtp_put(&line, &r, clock_seconds());
	if (!str_ok(&line))
		submit_fail(&t->queue);
	submit_put(&t->queue, str_span(&line));
	str_free(&line);
}

/* What was decoded goes on, unless it is already known that the message will be
 * refused: then the rest is only read away. */
static void
pass_on(const struct smtpd *s, struct transfer *t)
{
	struct span text = str_span(&t->text);

	t->bytes += text.n;
	smtpd_header_scan(&t->header, text);
	if (s->config.databytes != 0 && t->bytes > s->config.databytes)
		t->is_too_big = true;
	if (t->is_too_big || t->header.hops >= s->config.max_hops ||
	    (s->config.reject_bare_cr && t->decoder.has_bare_cr) ||
	    !str_ok(&t->text))
		submit_fail(&t->queue);
	if (!t->queue.failed)
		submit_put(&t->queue, text);
	str_reset(&t->text);
}

static enum smtpd_end
read_message(struct smtpd *s, struct transfer *t)
{
	for (;;) {
		enum smtp_decode_status status;
		struct span bytes;

		if (smtpd_fill(s) != SMTPD_GO_ON)
			return SMTPD_BROKEN;
		bytes = smtpd_unread(s);
		status = smtp_decode(&t->decoder, &bytes, &t->text);
		s->at = s->end - bytes.n;
		pass_on(s, t);
		switch (status) {
		case SMTP_DECODE_MORE:
			break;
		case SMTP_DECODE_END:
			return SMTPD_GO_ON;
		case SMTP_DECODE_BARE_LF:
			smtpd_reply(s, "451 a line ends in LF without CR, see "
			               "https://cr.yp.to/docs/smtplf.html");
			return SMTPD_BROKEN;
		}
	}
}

static void
refuse(struct smtpd *s, unsigned code, const char *reply)
{
	smtpd_reply(s, reply);
	smtpd_log_reject(s, code, "data", (struct span){0});
}

static void
put_result(struct smtpd *s, struct transfer *t)
{
	struct str text = {0};
	int64_t qp = t->queue.pid;
	char letter = submit_close(&t->queue, &text);

	if (letter == 'K') {
		str_put_cstr(&s->reply, "250 ok ");
		str_put_i64(&s->reply, clock_seconds());
		str_put_cstr(&s->reply, " qp ");
		str_put_i64(&s->reply, qp);
		smtpd_reply(s, "");
		smtpd_log_accept(s, t->bytes, qp,
		    smtpd_header_message_id(&t->header));
	} else if (t->header.hops >= s->config.max_hops) {
		refuse(s, 554, "554 too many hops, this is a loop (#5.4.6)");
	} else if (t->is_too_big) {
		refuse(s, 552, "552 larger than this server accepts (#5.3.4)");
	} else if (s->config.reject_bare_cr && t->decoder.has_bare_cr) {
		refuse(s, 554, "554 CR without LF in the message (#5.6.0)");
	} else {
		bool permanent = letter == 'D';

		str_put_cstr(&s->reply, permanent ? "554 " : "451 ");
		refuse(s, permanent ? 554 : 451,
		    str_cstr(&text) == NULL ? "out of memory (#4.3.0)"
		                            : str_cstr(&text));
	}
	str_free(&text);
}

static void
put_envelope(struct smtpd *s, struct transfer *t)
{
	struct span rest = str_span(&s->recipients), recipient;

	submit_from(&t->queue, str_span(&s->sender));
	while (span_take_nul(&rest, &recipient))
		submit_to(&t->queue, recipient);
}

enum smtpd_end
smtpd_data(struct smtpd *s)
{
	struct transfer t = {.decoder.allow_bare_lf = s->config.allow_bare_lf};
	enum smtpd_end end;
	struct str ignored = {0};

	if (submit_open(&t.queue, s->site, NULL) == -1) {
		refuse(s, 451, "451 unable to queue anything now (#4.3.0)");
		smtpd_end_transaction(s);
		return SMTPD_GO_ON;
	}
	smtpd_reply(s, "354 go ahead");
	put_received(s, &t);
	end = read_message(s, &t);
	if (end == SMTPD_GO_ON) {
		put_envelope(s, &t);
		put_result(s, &t);
	} else {
		/* whatever qmail-queue says: without an envelope it has
		 * queued nothing, and the client is gone */
		submit_fail(&t.queue);
		if (submit_close(&t.queue, &ignored) == 'K')
			end = SMTPD_BROKEN;
		str_free(&ignored);
	}
	smtpd_end_transaction(s);
	smtpd_header_free(&t.header);
	str_free(&t.text);
	return end;
}
