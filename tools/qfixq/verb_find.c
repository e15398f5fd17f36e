/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/report.h"
#include "tools/qfixq/select.h"
#include "tools/qfixq/verb.h"

static void
take(void *context, const struct view *v)
{
	struct out *out = context;
	struct str line = {0};

	report_put_token(&line, v->m->id, v->birth);
	str_putc(&line, '\n');
	out_put(out, str_span(&line));
	str_free(&line);
}

static int
run(struct job *job)
{
	struct selection s;
	struct err e;
	int rc = select_open(&s, job, &e);
	uint64_t matched;

	if (rc == 0)
		rc = select_walk(&s, job, take, &job->out, &e);
	matched = s.matched;
	select_free(&s);
	if (rc == -1)
		return job_trouble(&e);
	return matched > 0 ? 0 : 1;
}

const struct verb verb_find = {
    .name = "find",
    .usage = "find [SELECTOR]...",
    .help = "print the tokens of messages",
    .needs_queue = true,
    .run = run,
};
