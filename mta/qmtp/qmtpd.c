/* SPDX-License-Identifier: ISC */
#include "mta/qmtp/qmtpd.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/num.h"
#include "base/out.h"
#include "fmt/netstring.h"
#include "mta/qmtp/qmtp_message.h"
#include "qmail/control.h"

/* Bytes of all recipients of a message; each gets an answer of its own, so that
 * their number must be bounded. */
enum { RECIPIENTS_MAX = 16 * 1024 * 1024 };

/* What is known of a recipient until the message has been queued. */
enum verdict { ACCEPTED = 'K', NOT_OURS = 'D', UNACCEPTABLE = 'L' };

int
qmtpd_load(struct qmtpd *d, struct err *e)
{
	struct control control;
	struct hash_seed seed;
	int rc;

	if (hash_seed_make(&seed) == -1)
		return err_sys(e, "get", "random bytes");
	rc = control_open(&control, AT_FDCWD, e);
	if (rc == 0)
		rc = accept_load(&d->accept, &control, &seed, e);
	if (rc == 0)
		rc = accept_load_databytes(&control, &d->databytes, e);
	control_close(&control);
	d->relayclient = getenv("RELAYCLIENT");
	return rc;
}

void
qmtpd_free(struct qmtpd *d)
{
	accept_free(&d->accept);
	in_close(&d->q.in);
}

/* QMTP_TEMPORARY when the database of domains cannot be read: that is no reason
 * to bounce anything. */
static enum qmtp_end
judge(struct qmtpd *d, struct str *recipient, bool is_good,
    enum verdict *verdict)
{
	size_t suffix = span_cstr(d->relayclient).n;
	int ours = 1;

	*verdict = UNACCEPTABLE;
	if (!is_good || recipient->n + suffix > QMTP_ADDRESS_MAX)
		return QMTP_OK;
	if (d->relayclient == NULL)
		ours = accept_is_ours(&d->accept, str_span(recipient), NULL);
	if (ours == -1)
		return QMTP_TEMPORARY;
	*verdict = ours == 1 ? ACCEPTED : NOT_OURS;
	str_put(recipient, span_cstr(d->relayclient));
	return QMTP_OK;
}

/* Reads the recipients, hands the good ones on and notes a verdict each. */
static enum qmtp_end
read_recipients(struct qmtpd *d, struct qmtp_message *m, struct str *verdicts)
{
	struct str recipient = {0};
	enum qmtp_end end;

	end = qmtp_read_length(&d->q, RECIPIENTS_MAX, &d->q.left);
	d->q.is_bounded = true;
	while (end == QMTP_OK && d->q.left > 0) {
		bool is_good;
		enum verdict verdict;

		end = qmtp_read_address(&d->q, &recipient, &is_good);
		if (end == QMTP_OK)
			end = judge(d, &recipient, is_good, &verdict);
		if (end != QMTP_OK)
			break;
		str_putc(verdicts, (char)verdict);
		if (verdict == ACCEPTED)
			qmtp_message_to(m, str_span(&recipient));
		if (!str_ok(verdicts) || !str_ok(&recipient))
			end = QMTP_TEMPORARY;
	}
	d->q.is_bounded = false;
	str_free(&recipient);
	return end == QMTP_OK ? qmtp_read_comma(&d->q) : end;
}

/* The answers for each kind of recipient, as netstrings. */
struct answers {
	struct str accepted, not_ours, unacceptable;
};

static void
put_answers(struct out *out, const struct answers *a, struct span verdicts)
{
	for (size_t i = 0; i < verdicts.n; i++) {
		switch ((enum verdict)verdicts.p[i]) {
		case ACCEPTED:
			out_put(out, str_span(&a->accepted));
			break;
		case NOT_OURS:
			out_put(out, str_span(&a->not_ours));
			break;
		case UNACCEPTABLE:
			out_put(out, str_span(&a->unacceptable));
			break;
		}
	}
}

/* One answer a recipient, in their order. */
static enum qmtp_end
send_answers(struct qmtpd *d, struct span result, struct span verdicts)
{
	enum qmtp_end end = QMTP_TEMPORARY;
	struct answers a = {{0}, {0}, {0}};
	struct out out;

	netstring_put(&a.accepted, result);
	netstring_put(&a.not_ours,
	    SPAN("Dthat domain is not accepted here (#5.7.1)"));
	netstring_put(&a.unacceptable,
	    SPAN("Dthis address cannot be accepted (#5.1.3)"));
	if (str_ok(&a.accepted) && str_ok(&a.not_ours) &&
	    str_ok(&a.unacceptable) && out_open(&out, d->out) == 0) {
		put_answers(&out, &a, verdicts);
		end = out_flush(&out) == 0 ? QMTP_OK : QMTP_EOF;
		out_close(&out);
	}
	str_free(&a.accepted);
	str_free(&a.not_ours);
	str_free(&a.unacceptable);
	return end;
}

static enum qmtp_end
answer(struct qmtpd *d, struct qmtp_message *m, const struct str *verdicts)
{
	struct span all = str_span(verdicts);
	enum qmtp_end end = QMTP_TEMPORARY;
	struct str result = {0};

	/* nobody to send it to: nothing is queued */
	if (span_find(all, ACCEPTED, 0) == all.n)
		submit_fail(&m->queue);
	qmtp_message_close(m, clock_seconds(), &result);
	if (str_ok(&result))
		end = send_answers(d, str_span(&result), all);
	str_free(&result);
	return end;
}

static enum qmtp_end
serve_message(struct qmtpd *d)
{
	struct qmtp_message m;
	struct str verdicts = {0};
	enum qmtp_end end;
	size_t length;

	end = qmtp_read_length(&d->q, QMTP_LENGTH_MAX, &length);
	if (end != QMTP_OK)
		return end;
	if (length == 0)
		return QMTP_BROKEN;
	qmtp_message_open(&m, d->site, SPAN("QMTP"), d->databytes,
	    clock_seconds());
	end = qmtp_message_read_encoded(&m, &d->q, length);
	if (end == QMTP_OK)
		end = qmtp_message_read_sender(&m, &d->q);
	if (end == QMTP_OK)
		end = read_recipients(d, &m, &verdicts);
	if (end == QMTP_OK)
		end = answer(d, &m, &verdicts);
	else
		qmtp_message_abandon(&m);
	str_free(&verdicts);
	return end;
}

enum qmtp_end
qmtpd_serve(struct qmtpd *d)
{
	enum qmtp_end end;

	do {
		end = serve_message(d);
	} while (end == QMTP_OK);
	return end;
}
