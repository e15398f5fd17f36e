/* SPDX-License-Identifier: ISC */
#include "mta/qmtp/qmtpd.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/num.h"
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
	const char *databytes = getenv("DATABYTES");
	uint32_t from_file = 0;
	struct control control;
	struct hash_seed seed;
	struct span text;
	int rc;

	if (hash_seed_make(&seed) == -1)
		return err_sys(e, "get", "random bytes");
	rc = control_open(&control, AT_FDCWD, e);
	if (rc == 0)
		rc = accept_load(&d->accept, &control, &seed, e);
	if (rc == 0 && control_get_int(&control, "databytes", &from_file, e) ==
	                   CONTROL_FAILED)
		rc = -1;
	control_close(&control);
	d->databytes = from_file;
	text = span_cstr(databytes);
	if (databytes != NULL &&
	    !num_take_u64(&text, UINT64_MAX, &d->databytes))
		d->databytes = 0;
	d->relayclient = getenv("RELAYCLIENT");
	return rc;
}

void
qmtpd_free(struct qmtpd *d)
{
	accept_free(&d->accept);
	in_close(&d->q.in);
}

static bool
is_allowed(struct qmtpd *d, struct span recipient)
{
	/* a database that cannot be read accepts nobody */
	return d->relayclient != NULL ||
	       accept_is_ours(&d->accept, recipient, NULL) == 1;
}

static enum verdict
judge(struct qmtpd *d, struct str *recipient, bool is_good)
{
	size_t suffix = span_cstr(d->relayclient).n;

	if (!is_good || recipient->n + suffix > QMTP_ADDRESS_MAX)
		return UNACCEPTABLE;
	if (!is_allowed(d, str_span(recipient)))
		return NOT_OURS;
	str_put(recipient, span_cstr(d->relayclient));
	return ACCEPTED;
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
		if (end != QMTP_OK)
			break;
		verdict = judge(d, &recipient, is_good);
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

static void
put_answers(struct str *out, struct span result, struct span verdicts)
{
	for (size_t i = 0; i < verdicts.n; i++) {
		switch ((enum verdict)verdicts.p[i]) {
		case ACCEPTED:
			netstring_put(out, result);
			break;
		case NOT_OURS:
			netstring_put(out,
			    SPAN("Dthat domain is not accepted here "
			         "(#5.7.1)"));
			break;
		case UNACCEPTABLE:
			netstring_put(out,
			    SPAN("Dthis address cannot be accepted "
			         "(#5.1.3)"));
			break;
		}
	}
}

static enum qmtp_end
answer(struct qmtpd *d, struct qmtp_message *m, const struct str *verdicts)
{
	struct span all = str_span(verdicts);
	struct str result = {0}, out = {0};
	enum qmtp_end end = QMTP_OK;

	/* nobody to send it to: nothing is queued */
	if (span_find(all, ACCEPTED, 0) == all.n)
		submit_fail(&m->queue);
	qmtp_message_close(m, clock_seconds(), &result);
	put_answers(&out, str_span(&result), all);
	if (!str_ok(&out) || !str_ok(&result))
		end = QMTP_TEMPORARY;
	else if (fd_write_full(d->out, out.p, out.n) == -1)
		end = QMTP_EOF;
	str_free(&result);
	str_free(&out);
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
