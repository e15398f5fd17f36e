/* SPDX-License-Identifier: ISC */
#include "mta/qmtp/qmtp_message.h"

#include "qmail/received_smtp.h"

void
qmtp_message_open(struct qmtp_message *m, const struct site *site,
    struct span protocol, uint64_t databytes, int64_t now)
{
	struct received_smtp r = {.protocol = protocol};
	struct str line = {0};

	*m = (struct qmtp_message){.databytes = databytes};
	m->is_open = submit_open(&m->queue, site, NULL) == 0;
	if (!m->is_open)
		return;
	received_smtp_from_environment(&r);
	received_smtp_put(&line, &r, now);
	if (!str_ok(&line))
		submit_fail(&m->queue);
	submit_put(&m->queue, str_span(&line));
	str_free(&line);
}

static void
put(struct qmtp_message *m, struct span text)
{
	m->bytes += text.n;
	if (m->databytes != 0 && m->bytes > m->databytes)
		m->is_too_big = true;
	if (!m->is_open)
		return;
	if (m->is_too_big)
		submit_fail(&m->queue);
	if (!m->queue.failed)
		submit_put(&m->queue, text);
}

enum qmtp_end
qmtp_message_read_plain(struct qmtp_message *m, struct qmtp_in *q,
    size_t length)
{
	while (length > 0) {
		struct span bytes;
		enum qmtp_end end = qmtp_read_some(q, length, &bytes);

		if (end != QMTP_OK)
			return end;
		length -= bytes.n;
		put(m, bytes);
	}
	return qmtp_read_comma(q);
}

/* CR LF becomes LF; every other CR stays. *has_cr: a CR is still owed. */
static void
put_dos(struct qmtp_message *m, struct span bytes, bool *has_cr)
{
	while (bytes.n > 0) {
		size_t cr;

		if (*has_cr && bytes.p[0] != '\n')
			put(m, SPAN("\r"));
		cr = span_find(bytes, '\r', 0);
		put(m, span_first(bytes, cr));
		*has_cr = cr < bytes.n;
		bytes = span_from(bytes, cr + 1);
	}
}

static enum qmtp_end
read_dos(struct qmtp_message *m, struct qmtp_in *q, size_t length)
{
	bool has_cr = false;

	while (length > 0) {
		struct span bytes;
		enum qmtp_end end = qmtp_read_some(q, length, &bytes);

		if (end != QMTP_OK)
			return end;
		length -= bytes.n;
		put_dos(m, bytes, &has_cr);
	}
	if (has_cr)
		put(m, SPAN("\r"));
	return qmtp_read_comma(q);
}

enum qmtp_end
qmtp_message_read_encoded(struct qmtp_message *m, struct qmtp_in *q,
    size_t length)
{
	struct span first;
	enum qmtp_end end = qmtp_read_some(q, 1, &first);

	if (end != QMTP_OK)
		return end;
	if (first.p[0] == '\n')
		return qmtp_message_read_plain(m, q, length - 1);
	if (first.p[0] == '\r')
		return read_dos(m, q, length - 1);
	return QMTP_BROKEN;
}

enum qmtp_end
qmtp_message_read_sender(struct qmtp_message *m, struct qmtp_in *q)
{
	struct str sender = {0};
	bool is_good = true;
	enum qmtp_end end = qmtp_read_address(q, &sender, &is_good);

	m->has_bad_sender = !is_good;
	if (m->is_open) {
		if (m->has_bad_sender)
			submit_fail(&m->queue);
		submit_from(&m->queue, str_span(&sender));
	}
	str_free(&sender);
	return end;
}

void
qmtp_message_to(struct qmtp_message *m, struct span recipient)
{
	if (m->is_open)
		submit_to(&m->queue, recipient);
}

void
qmtp_message_close(struct qmtp_message *m, int64_t now, struct str *answer)
{
	struct str text = {0};
	char letter = 'Z';

	if (!m->is_open)
		str_put(&text, SPAN("unable to queue anything now (#4.3.0)"));
	else
		letter = submit_close(&m->queue, &text);
	if (m->is_too_big) {
		str_put(answer, SPAN("Dlarger than accepted here (#5.3.4)"));
	} else if (m->has_bad_sender) {
		str_put(answer,
		    SPAN("Dthis sender cannot be accepted (#5.1.7)"));
	} else if (m->has_bad_recipient) {
		str_put(answer,
		    SPAN("Dan address cannot be accepted (#5.1.3)"));
	} else if (letter == 'K') {
		str_put(answer, SPAN("Kok "));
		str_put_i64(answer, now);
		str_put(answer, SPAN(" qp "));
		str_put_i64(answer, m->queue.pid);
	} else {
		str_putc(answer, letter);
		str_put(answer, str_span(&text));
	}
	str_free(&text);
}

void
qmtp_message_abandon(struct qmtp_message *m)
{
	struct str ignored = {0};

	if (!m->is_open)
		return;
	submit_fail(&m->queue);
	/* an abandoned message is never accepted; nobody hears the answer */
	if (submit_close(&m->queue, &ignored) == 'K')
		m->is_open = false;
	str_free(&ignored);
}
