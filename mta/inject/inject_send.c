/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject.h"

#include <unistd.h>

#include "base/out.h"
#include "fmt/quote.h"
#include "mta/inject/inject_generate.h"
#include "qmail/submit.h"

/* Where the message goes: standard output or qmail-queue. */
struct sink {
	bool print;
	struct out out;
	struct submit queue;
};

static int
sink_open(struct sink *s, const struct inject *m, struct err *e)
{
	s->print = m->options.print;
	if (!s->print)
		return submit_open(&s->queue, &m->site, e);
	return out_open(&s->out, STDOUT_FILENO) == -1 ? inject_no_memory(e) : 0;
}

static void
sink_put(struct sink *s, struct span bytes)
{
	if (s->print)
		out_put(&s->out, bytes);
	else
		submit_put(&s->queue, bytes);
}

/* The generated fields are made before anything is started, so that trouble
 * with them costs nothing. */
static int
make_top(struct inject *m, struct str *top, struct err *e)
{
	if (inject_generate_sender(m, e) == -1)
		return -1;
	if (m->options.print) {
		str_put(top, SPAN("Return-Path: <"));
		quote_put_mailbox(top, str_span(&m->sender));
		str_put(top, SPAN(">\n"));
	}
	return inject_generate_fields(m, top, e);
}

/* The last line is completed. */
static int
copy_body(struct inject *m, struct sink *s, struct err *e)
{
	struct span bytes = str_span(&m->body);
	char last = '\n';

	if (m->body_unmarked)
		sink_put(s, SPAN("\n"));
	for (;;) {
		enum in_status status;

		if (bytes.n > 0) {
			sink_put(s, bytes);
			last = bytes.p[bytes.n - 1];
		}
		status = in_peek(&m->in, &bytes);
		if (status == IN_END)
			break;
		if (status != IN_OK)
			return err_sys(e, "read", "the message");
		in_consume(&m->in, bytes.n);
	}
	if (last != '\n')
		sink_put(s, SPAN("\n"));
	return 0;
}

static void
put_recipients(struct submit *q, const struct str *list)
{
	struct span rest = str_span(list), recipient;

	while (span_take_nul(&rest, &recipient))
		submit_to(q, recipient);
}

static void
put_envelope(struct inject *m, struct submit *q)
{
	submit_from(q, str_span(&m->sender));
	put_recipients(q, &m->arguments);
	if (inject_options_use_header(&m->options))
		put_recipients(q,
		    inject_is_resent(m) ? &m->resent : &m->recipients);
}

static int
close_queue(struct submit *q, struct err *e)
{
	struct str text = {0};
	char letter = submit_close(q, &text);
	int rc = 0;

	if (letter != 'K' && !str_ok(&text))
		rc = inject_no_memory(e);
	else if (letter != 'K')
		rc = err_set(e, letter == 'D' ? ERR_LIMIT : ERR_SYS, "%.*s",
		    (int)text.n, text.p);
	str_free(&text);
	return rc;
}

/* Leaves *e of the caller, who knows why, alone. */
static int
abandon(struct sink *s)
{
	struct err ignored;

	if (s->print) {
		out_close(&s->out);
		return -1;
	}
	submit_fail(&s->queue);
	close_queue(&s->queue, &ignored);
	return -1;
}

static int
finish(struct inject *m, struct sink *s, struct err *e)
{
	int rc;

	if (!s->print) {
		put_envelope(m, &s->queue);
		return close_queue(&s->queue, e);
	}
	rc = out_flush(&s->out);
	if (rc == -1)
		err_sys(e, "write", "standard output");
	out_close(&s->out);
	return rc;
}

int
inject_send(struct inject *m, struct err *e)
{
	struct str top = {0};
	struct sink s;

	if (make_top(m, &top, e) == -1 || sink_open(&s, m, e) == -1) {
		str_free(&top);
		return -1;
	}
	sink_put(&s, str_span(&top));
	str_free(&top);
	sink_put(&s, str_span(&m->header));
	if (copy_body(m, &s, e) == -1)
		return abandon(&s);
	return finish(m, &s, e);
}
