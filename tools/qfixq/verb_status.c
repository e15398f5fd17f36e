/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/statvfs.h>

#include "fmt/printable.h"
#include "qmail/queue_survey.h"
#include "tools/qfixq/report.h"
#include "tools/qfixq/verb.h"

static bool
take_message(void *context, const struct inventory_message *m)
{
	(void)context;
	(void)m;
	return true;
}

static bool
take_stray(void *context, const struct inventory_stray *s)
{
	(void)context;
	(void)s;
	return true;
}

static void
take_unreadable(void *context, const char *path, const struct err *e)
{
	uint64_t *n = context;

	(void)path;
	(void)e;
	(*n)++;
}

static void
put_ids(struct str *t, const struct inventory_ids *ids)
{
	str_put_cstr(t, "users: ");
	if (!ids->known) {
		str_put_cstr(t, "unknown\n");
		return;
	}
	str_put_cstr(t, "qmailq ");
	str_put_u64(t, ids->qmailq);
	str_put_cstr(t, ", qmails ");
	str_put_u64(t, ids->qmails);
	str_put_cstr(t, ", qmailr ");
	str_put_u64(t, ids->qmailr);
	str_put_cstr(t, ", group qmail ");
	str_put_u64(t, ids->qmail);
	str_put_cstr(t, ids->learned ? " (owners of the directories)\n" : "\n");
}

static void
put_live(struct str *t, const struct inuse *u)
{
	str_put_cstr(t, "qmail-send: ");
	str_put_cstr(t, u->live ? "running" : "stopped");
	if (u->live && u->pid != 0) {
		str_put_cstr(t, ", pid ");
		str_put_u64(t, u->pid);
		str_put_cstr(t, " (");
		str_put_cstr(t, u->name);
		str_put_cstr(t, ")");
	}
	str_putc(t, '\n');
}

static void
put_room(struct str *t, int queue_dir)
{
	struct statvfs fs;

	if (fstatvfs(queue_dir, &fs) == -1)
		return;
	str_put_cstr(t, "free: ");
	report_put_count(t, (uint64_t)fs.f_bavail * fs.f_frsize / 1048576);
	str_put_cstr(t, " MiB, ");
	report_put_count(t, fs.f_ffree);
	str_put_cstr(t, " inodes\n");
}

static void
put_counts(struct str *t, const struct inventory_counts *counts)
{
	str_put_cstr(t, "messages: ");
	report_put_count(t, counts->messages);
	str_put_cstr(t, "\nfiles:");
	for (enum queue_kind k = QUEUE_MESS; k < QUEUE_KINDS; k++) {
		str_putc(t, ' ');
		str_put_cstr(t, queue_kind_name(k));
		str_putc(t, ' ');
		report_put_count(t, counts->file[k]);
	}
	str_put_cstr(t, "\nother things: ");
	report_put_count(t, counts->strays);
	str_putc(t, '\n');
}

static void
put_human(struct job *job, const struct inventory_counts *counts)
{
	struct str t = {0};

	str_put_cstr(&t, "queue ");
	printable_put(&t, str_span(&job->queue));
	str_put_cstr(&t, "\nsplit ");
	str_put_u64(&t, job->inv.layout.split);
	str_put_cstr(&t,
	    job->inv.layout.split_todo ? ", split todo\n" : ", flat todo\n");
	queue_survey_put(&job->inv.survey, &t);
	put_ids(&t, &job->inv.ids);
	put_live(&t, &job->inuse);
	put_room(&t, job->queue_dir);
	put_counts(&t, counts);
	out_put(&job->out, str_span(&t));
	str_free(&t);
}

static void
put_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_u64(j, value);
}

static void
put_json(struct job *job, const struct inventory_counts *counts)
{
	struct str t = {0};
	struct json j = {.out = &t};

	json_open_object(&j);
	put_number(&j, "qfixq", 1);
	json_key(&j, "queue");
	json_string(&j, str_span(&job->queue));
	put_number(&j, "split", job->inv.layout.split);
	json_key(&j, "profile");
	json_string(&j,
	    job->inv.layout.split_todo ? SPAN("bigtodo") : SPAN("stock"));
	json_key(&j, "live");
	json_bool(&j, job->inuse.live);
	put_number(&j, "messages", counts->messages);
	json_key(&j, "files");
	json_open_object(&j);
	for (enum queue_kind k = QUEUE_MESS; k < QUEUE_KINDS; k++)
		put_number(&j, queue_kind_name(k), counts->file[k]);
	json_close(&j);
	json_close(&j);
	str_putc(&t, '\n');
	out_put(&job->out, str_span(&t));
	str_free(&t);
}

static int
run(struct job *job)
{
	struct inventory_counts counts = {0};
	uint64_t unreadable = 0;
	const struct inventory_taker taker = {
	    .message = take_message,
	    .stray = take_stray,
	    .unreadable = take_unreadable,
	    .context = &unreadable,
	};
	struct err e;

	if (!job->inv.is_queue)
		return job_trouble(&job->inv.trouble);
	if (inventory_walk(&job->inv, INVENTORY_NAMES, 0, &taker, &counts,
	        &e) == -1)
		return job_trouble(&e);
	if (job->format == JOB_HUMAN)
		put_human(job, &counts);
	else
		put_json(job, &counts);
	return unreadable > 0 ? FINDING_EXIT_TROUBLE : 0;
}

const struct verb verb_status = {
    .name = "status",
    .usage = "status",
    .help = "layout, users, locks, counts",
    .needs_queue = true,
    .run = run,
};
