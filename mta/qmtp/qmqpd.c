/* SPDX-License-Identifier: ISC */
#include "base/clock.h"
#include "base/fd.h"
#include "fmt/netstring.h"
#include "mta/qmtp/qmtp_message.h"
#include "mta/qmtp/qmtpd.h"

/* Sender and recipients, up to the end of the outer netstring. */
static enum qmtp_end
read_envelope(struct qmtpd *d, struct qmtp_message *m)
{
	struct str recipient = {0};
	enum qmtp_end end;

	end = qmtp_message_read_sender(m, &d->q);
	if (m->has_bad_sender)
		m->has_bad_recipient = true; /* one answer for any address */
	m->has_bad_sender = false;
	while (end == QMTP_OK && d->q.left > 0) {
		bool is_good;

		end = qmtp_read_address(&d->q, &recipient, &is_good);
		if (end == QMTP_OK && is_good)
			qmtp_message_to(m, str_span(&recipient));
		else
			m->has_bad_recipient = true;
	}
	str_free(&recipient);
	return end;
}

static enum qmtp_end
read_all(struct qmtpd *d, struct qmtp_message *m)
{
	enum qmtp_end end;
	size_t length;

	end = qmtp_read_length(&d->q, QMTP_LENGTH_MAX, &length);
	if (end == QMTP_OK)
		end = qmtp_message_read_plain(m, &d->q, length);
	if (end == QMTP_OK)
		end = read_envelope(d, m);
	d->q.is_bounded = false;
	return end == QMTP_OK ? qmtp_read_comma(&d->q) : end;
}

static enum qmtp_end
answer(struct qmtpd *d, struct qmtp_message *m)
{
	struct str result = {0}, out = {0};
	enum qmtp_end end = QMTP_EOF;

	if (m->is_open && m->has_bad_recipient)
		submit_fail(&m->queue);
	qmtp_message_close(m, clock_seconds(), &result);
	netstring_put(&out, str_span(&result));
	if (!str_ok(&out) || !str_ok(&result))
		end = QMTP_TEMPORARY;
	else if (fd_write_full(d->out, out.p, out.n) == -1)
		end = QMTP_EOF; /* the client is gone */
	str_free(&result);
	str_free(&out);
	return end;
}

enum qmtp_end
qmqpd_serve(struct qmtpd *d)
{
	struct qmtp_message m;
	enum qmtp_end end;

	end = qmtp_read_length(&d->q, QMTP_LENGTH_MAX, &d->q.left);
	if (end != QMTP_OK)
		return end;
	d->q.is_bounded = true;
	qmtp_message_open(&m, d->site, SPAN("QMQP"), 0, clock_seconds());
	end = read_all(d, &m);
	if (end == QMTP_OK)
		return answer(d, &m);
	qmtp_message_abandon(&m);
	return end;
}
