/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "qmail/repair/damage.h"
#include "tools/qfixq/verb.h"

static void
put_part(struct out *out, const char *title, const char *text)
{
	if (text == NULL)
		return;
	out_put_cstr(out, "\n");
	out_put_cstr(out, title);
	out_put_cstr(out, "\n  ");
	out_put_cstr(out, text);
	out_put_cstr(out, "\n");
}

static void
put_fix(struct out *out, const struct damage *d)
{
	static const char *const who[] = {
	    [FINDING_FIX_NONE] = "nothing is changed",
	    [FINDING_FIX_PREEN] = "safe; also done by repair -p",
	    [FINDING_FIX_YES] = "done by repair -y",
	    [FINDING_FIX_MANUAL] = "only by hand",
	};

	out_put_cstr(out, "\nrepair\n  ");
	out_put_cstr(out, d->action);
	out_put_cstr(out, " (");
	out_put_cstr(out, who[d->fix]);
	out_put_cstr(out, ")\n");
}

static void
put_long(struct out *out, const struct damage *d)
{
	out_put_cstr(out, d->id);
	out_putc(out, ' ');
	out_put_cstr(out, finding_class_name(d->class));
	out_put_cstr(out, ": ");
	out_put_cstr(out, d->title);
	out_putc(out, '\n');
	put_part(out, "cause", d->cause);
	put_part(out, "what happens", d->effect);
	put_part(out, "log lines with", d->symptom);
	put_fix(out, d);
	put_part(out, "with ordinary commands", d->by_hand);
}

static void
put_short(void *context, const struct damage *d)
{
	struct out *out = context;

	out_put_cstr(out, d->id);
	out_putc(out, ' ');
	out_put_cstr(out, finding_class_name(d->class));
	out_put_cstr(out, " ");
	out_put_cstr(out, d->title);
	out_putc(out, '\n');
}

static void
put_all(struct out *out)
{
	for (size_t g = 0; g < damage_groups_count; g++) {
		for (size_t i = 0; i < damage_groups[g]->rows; i++)
			put_short(out, &damage_groups[g]->row[i]);
	}
}

static int
explain_symptom(struct job *job, const char *line)
{
	if (damage_match_symptom(span_cstr(line), put_short, &job->out) == 0) {
		out_put_cstr(&job->out, "no damage is known to show so\n");
		return 1;
	}
	out_put_cstr(&job->out, "run: qfixq check --deep\n");
	return 0;
}

static int
run(struct job *job)
{
	const char *symptom = options_text(job->o, JOB_SYMPTOM);

	if (symptom != NULL)
		return explain_symptom(job, symptom);
	if (job->operands == 0)
		put_all(&job->out);
	for (size_t i = 0; i < job->operands; i++) {
		const struct damage *d =
		    damage_find(span_cstr(job->operand[i]));

		if (d == NULL)
			return job_usage("there is no kind of damage \"%s\"",
			    job->operand[i]);
		if (i > 0)
			out_putc(&job->out, '\n');
		put_long(&job->out, d);
	}
	return 0;
}

const struct verb verb_explain = {
    .name = "explain",
    .usage = "explain [Qnnn]...",
    .help = "what a kind of damage, or a log line, means",
    .run = run,
};
