/* SPDX-License-Identifier: ISC */
#include "mta/send/send_end.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "mta/send/send.h"
#include "mta/send/send_look.h"
#include "qmail/bounce.h"
#include "qmail/verp.h"

enum {
	TURN_MESSAGES = 64, /* ended in one turn */
	CLEAN_MAX = 128,    /* unanswered requests to qmail-clean */
	ANSWERS = 256,      /* read at a time */
};

/* f_type of filesystems with one order of all directory operations (ext2-4,
 * xfs), of one where the extra syncs do harm (btrfs), and of those that
 * survive nothing at all (tmpfs, ramfs). */
static const unsigned long ordered_types[] = {0xef53, 0x58465342, 0x9123683e,
    0x01021994, 0x858458f6};

void
send_end_open(struct send *s)
{
	struct statfs fs;

	s->end.unordered = true;
	if (fstatfs(s->queue, &fs) == -1)
		return;
	for (size_t i = 0; i < sizeof(ordered_types) / sizeof(ordered_types[0]);
	     i++) {
		if ((unsigned long)fs.f_type == ordered_types[i])
			s->end.unordered = false;
	}
}

void
send_end_free(struct send *s)
{
	send_heap_free(&s->end.letters);
	send_heap_free(&s->done);
	free(s->end.removed);
	s->end = (struct send_end){0};
}

/* A message on its way to its end keeps its place in s->done, so that it can
 * always go back. */
static void
try_later(struct send *s, uint64_t id, unsigned flags, int64_t delay)
{
	send_heap_put_back(&s->done, send_entry(id, s->now + delay, flags));
}

/* ---- removal ------------------------------------------------------------- */

/* A request that cannot be made leaves a mess file without info: garbage,
 * collected after 36 hours. */
static void
ask_clean(struct send *s, uint64_t id)
{
	if (s->clean.lost || !send_clean_ask(&s->clean, CLEAN_FOOP, id))
		send_log_warning(&s->log,
		    "qmail-clean unable to clean up foop/%llu",
		    (unsigned long long)id);
}

static int
sync_dir_of(struct send *s, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path_dir(&s->layout, kind, id);
	int dir = file_open_dir(s->queue, path.text, NULL);
	int rc = dir == -1 ? -1 : fsync(dir);

	fd_close(&dir);
	if (rc == -1)
		send_log_warning(&s->log, "trouble fsyncing %s", path.text);
	return rc;
}

static void
sync_removed(struct send *s)
{
	struct send_end *end = &s->end;

	for (size_t i = 0; i < end->n_removed; i++) {
		uint64_t id = end->removed[i];

		if (sync_dir_of(s, QUEUE_LOCAL, id) == 0 &&
		    sync_dir_of(s, QUEUE_REMOTE, id) == 0 &&
		    sync_dir_of(s, QUEUE_INFO, id) == 0)
			ask_clean(s, id);
	}
	end->n_removed = 0;
}

static void
remove_mess(struct send *s, uint64_t id)
{
	struct send_end *end = &s->end;

	if (!end->unordered) {
		ask_clean(s, id);
		return;
	}
	if (!array_grow(&end->removed, &end->removed_cap, end->n_removed + 1,
	        sizeof(*end->removed)))
		return; /* garbage, collected after 36 hours */
	if (end->n_removed == 0)
		end->sync_at = s->now + 1;
	end->removed[end->n_removed++] = id;
}

static void
end_message(struct send *s, uint64_t id)
{
	struct queue_path info = queue_path(&s->layout, QUEUE_INFO, id);
	struct log_record r = {.kind = LOG_END, .message = id};

	send_log_record(&s->log, &r);
	if (unlinkat(s->queue, info.text, 0) == -1 && errno != ENOENT) {
		send_log_warning(&s->log,
		    "unable to unlink %s; will try again later", info.text);
		try_later(s, id, 0, SEND_RETRY);
		return;
	}
	send_heap_release(&s->done);
	remove_mess(s, id);
}

static void
remove_bounce_and_end(struct send *s, uint64_t id, unsigned flags)
{
	struct queue_path bounce = queue_path(&s->layout, QUEUE_BOUNCE, id);

	if (unlinkat(s->queue, bounce.text, 0) == -1 && errno != ENOENT) {
		send_log_warning(&s->log,
		    "unable to unlink %s; will try again later", bounce.text);
		try_later(s, id, flags, SEND_RETRY);
		return;
	}
	end_message(s, id);
}

/* ---- notices ------------------------------------------------------------- */

static void
discard_triple(struct send *s, uint64_t id, unsigned flags)
{
	struct log_record r = {.kind = LOG_TRIPLE, .message = id};

	send_log_record(&s->log, &r);
	remove_bounce_and_end(s, id, flags);
}

static void
start_letter(struct send *s, uint64_t id, unsigned flags)
{
	struct queue_path info = queue_path(&s->layout, QUEUE_INFO, id);
	struct str sender = {0};
	int64_t birth;

	if (send_info_load(s->queue, info.text, &sender, &birth) !=
	    SEND_FILE_OK) {
		str_free(&sender);
		send_log_warning(&s->log,
		    "trouble injecting bounce message, will try later");
		try_later(s, id, flags, SEND_RETRY);
		return;
	}
	str_cut(&sender, verp_base(str_span(&sender)).n);
	if (bounce_kind(str_span(&sender)) == BOUNCE_TRIPLE) {
		str_free(&sender);
		discard_triple(s, id, flags);
		return;
	}
	if (!send_letter_start(s, id, flags, &sender))
		try_later(s, id, flags, SEND_RETRY);
}

void
send_end_letter_done(struct send *s, uint64_t id, unsigned flags, bool sent)
{
	if (sent)
		remove_bounce_and_end(s, id, flags);
	else
		try_later(s, id, flags, SEND_RETRY);
}

/* ---- messages that are done ---------------------------------------------- */

/* True when a chan file is left, or cannot be looked for. */
static bool
is_not_done(struct send *s, uint64_t id, unsigned flags)
{
	enum send_presence local, remote, info;

	if ((flags & SEND_MAY_OTHER) == 0)
		return false;
	local = send_look(s, QUEUE_LOCAL, id, NULL);
	remote = send_look(s, QUEUE_REMOTE, id, NULL);
	info = send_look(s, QUEUE_INFO, id, NULL);
	if (local == SEND_ABSENT && remote == SEND_ABSENT &&
	    info == SEND_PRESENT)
		return false;
	if (local == SEND_PRESENT || remote == SEND_PRESENT ||
	    info == SEND_ABSENT)
		send_heap_release(&s->done); /* the other one comes or came */
	else
		try_later(s, id, flags, SEND_RETRY);
	return true;
}

static void
run_entry(struct send *s, struct send_entry entry)
{
	unsigned flags = send_entry_flags(&entry);
	bool may_bounce = (flags & (SEND_MAY_BOUNCE | SEND_MAY_OTHER)) != 0;

	if (is_not_done(s, entry.id, flags))
		return;
	switch (may_bounce ? send_look(s, QUEUE_BOUNCE, entry.id, NULL)
	                   : SEND_ABSENT) {
	case SEND_ABSENT:
		end_message(s, entry.id);
		break;
	case SEND_PRESENT:
		if (!send_heap_push(&s->end.letters, entry))
			try_later(s, entry.id, flags, SEND_PAUSE);
		break;
	case SEND_UNKNOWN:
		try_later(s, entry.id, flags, SEND_RETRY);
		break;
	}
}

/* After TERM no notice is begun that somebody would have to wait for. */
static bool
may_start_letter(const struct send *s)
{
	return s->end.letters.n > 0 && s->letters.n < SEND_LETTERS &&
	       (!s->exit_asap || send_is_delivering(s));
}

static bool
may_end(const struct send *s)
{
	const struct send_entry *first = send_heap_first(&s->done);

	return first != NULL && send_entry_when(first) <= s->now &&
	       !s->clean.lost && send_clean_waiting(&s->clean) < CLEAN_MAX;
}

void
send_end_run(struct send *s)
{
	for (int i = 0; i < TURN_MESSAGES && may_end(s); i++) {
		run_entry(s, send_heap_take(&s->done));
	}
	while (may_start_letter(s)) {
		struct send_entry entry = *send_heap_first(&s->end.letters);

		send_heap_drop(&s->end.letters);
		start_letter(s, entry.id, send_entry_flags(&entry));
	}
	if (s->end.n_removed > 0 && (s->now >= s->end.sync_at || s->exit_asap))
		sync_removed(s);
}

int64_t
send_end_wake(const struct send *s)
{
	const struct send_entry *first = send_heap_first(&s->done);
	int64_t wake = s->end.n_removed > 0 ? s->end.sync_at : INT64_MAX;

	if (may_end(s) || may_start_letter(s))
		return s->now;
	if (first != NULL && send_entry_when(first) > s->now &&
	    send_entry_when(first) < wake)
		wake = send_entry_when(first);
	return wake;
}

/* ---- answers of qmail-clean ---------------------------------------------- */

void
send_end_read_clean(struct send *s)
{
	const struct clean_msg *done;
	char answers[ANSWERS];
	size_t n;

	if (send_clean_read(&s->clean, answers, sizeof(answers), &done, &n) ==
	    -1) {
		send_lose_clean(s);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (answers[i] == CLEAN_ANSWER_DONE)
			continue;
		send_log_warning(&s->log,
		    "qmail-clean unable to clean up %s/%llu",
		    done[i].verb == CLEAN_TODO ? "todo" : "foop",
		    (unsigned long long)done[i].id);
	}
}
