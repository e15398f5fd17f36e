/* SPDX-License-Identifier: ISC */
#include "mta/send/preprocess.h"

#include <sys/resource.h>

enum {
	RESCAN_S = 1500, /* without any pull of the trigger */
	PAUSE_S = 10,
	RESERVED_FDS = 160, /* directories, pipes, whatever else is open */
	FDS_OF_ENTRY = 3,
	ENTRIES_A_TURN = 1000, /* looked at, with those that are held */
};

static size_t
affordable_group(void)
{
	struct rlimit limit;
	rlim_t n;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 1;
	if (limit.rlim_cur <= RESERVED_FDS)
		return 1;
	n = (limit.rlim_cur - RESERVED_FDS) / FDS_OF_ENTRY;
	if (n == 0)
		return 1;
	return n > TODO_GROUP_MAX ? TODO_GROUP_MAX : (size_t)n;
}

void
preprocess_open(struct preprocess *p, const struct todo_work *work)
{
	*p = (struct preprocess){.work = *work, .wanted = true};
	todo_scan_init(&p->scan, work->queue, &work->layout);
	todo_group_init(&p->group, work);
	queue_trigger_init(&p->trigger);
	p->group_max = affordable_group();
}

void
preprocess_close(struct preprocess *p)
{
	queue_trigger_close(&p->trigger);
	todo_group_close(&p->group);
	todo_hold_free(&p->hold);
	todo_scan_close(&p->scan);
	str_free(&p->work.scratch);
}

int
preprocess_fd(const struct preprocess *p)
{
	/* a pull during a scan waits in the FIFO for the end of the scan */
	return p->scanning || p->wanted ? -1 : p->trigger.fd;
}

/* Deadlines lie farther ahead only when the clock was set back. */
static int64_t
at_most(int64_t value, int64_t limit)
{
	return value < limit ? value : limit;
}

int64_t
preprocess_wake(const struct preprocess *p, int64_t now)
{
	if (p->pause_until > now)
		return at_most(p->pause_until - now, PAUSE_S);
	if (p->scanning || p->wanted || p->next_scan <= now)
		return 0;
	return at_most(p->next_scan - now, RESCAN_S);
}

void
preprocess_pulled(struct preprocess *p)
{
	p->wanted = true;
}

/* ---- one turn ------------------------------------------------------------ */

static void
pause_all(struct preprocess *p, int64_t now)
{
	p->pause_until = now + PAUSE_S;
}

static void
limit_deadlines(struct preprocess *p, int64_t now)
{
	if (p->pause_until > now + PAUSE_S)
		pause_all(p, now);
	if (p->next_scan > now + RESCAN_S)
		p->next_scan = now + RESCAN_S;
}

static void
start_scan(struct preprocess *p, int64_t now)
{
	struct err e;

	/* before the scan, so that a pull during it starts the next one */
	if (queue_trigger_prepare(&p->trigger, p->work.queue, &e) ==
	    QUEUE_TRIGGER_FAILED)
		todo_warn(&p->work, "new mail waits for the clock: ", e.text);
	if (todo_scan_start(&p->scan) == -1) {
		todo_alert(&p->work, "unable to opendir ", "todo",
		    ", sleeping...");
		pause_all(p, now);
		return;
	}
	p->scanning = true;
	p->wanted = false;
	p->next_scan = now + RESCAN_S;
}

static void
scan_not_later_than(struct preprocess *p, int64_t time)
{
	if (time < p->next_scan)
		p->next_scan = time;
}

/* Remembers an entry that failed, and when to come back for it. */
static void
hold_back(struct preprocess *p, const struct todo_entry *entry, int64_t now)
{
	scan_not_later_than(p,
	    todo_hold_put(&p->hold, &p->work, entry->id, entry->result, now));
	if (entry->result == TODO_HALT)
		pause_all(p, now);
}

static bool
is_held(struct preprocess *p, uint64_t id, int64_t now)
{
	int64_t until = todo_hold_until(&p->hold, &p->work, id, now);

	if (until == 0)
		return false;
	scan_not_later_than(p, until);
	return true;
}

/* Returns the bytes it wrote. */
static uint64_t
write_entry(struct preprocess *p, uint64_t id, int64_t now)
{
	struct todo_entry *entry = &p->group.entry[p->group.n];

	todo_entry_write(entry, &p->work, id);
	if (entry->result == TODO_READY) {
		p->group.n++;
		return entry->bytes;
	}
	if (entry->result == TODO_GONE)
		todo_hold_forget(&p->hold, id);
	else
		hold_back(p, entry, now);
	return 0;
}

/* A directory that changes while it is read may show a name twice. */
static bool
is_in_group(const struct preprocess *p, uint64_t id)
{
	for (size_t i = 0; i < p->group.n; i++) {
		if (p->group.entry[i].id == id)
			return true;
	}
	return false;
}

static void
stop_scan(struct preprocess *p, int64_t now)
{
	todo_warn(&p->work, "trouble reading ", "todo");
	p->scanning = false;
	p->wanted = true;
	pause_all(p, now);
}

/* Fills the group: up to max entries, fewer when the list ends, when they are
 * large or when the system is in trouble. */
static void
fill_group(struct preprocess *p, int64_t now, size_t max)
{
	uint64_t bytes = 0, id;

	p->group.n = 0;
	for (int i = 0; i < ENTRIES_A_TURN; i++) {
		if (p->group.n >= max || bytes >= TODO_GROUP_BYTES ||
		    p->pause_until > now)
			return;
		switch (todo_scan_next(&p->scan, &id)) {
		case TODO_SCAN_END:
			p->scanning = false;
			return;
		case TODO_SCAN_ERROR:
			stop_scan(p, now);
			return;
		case TODO_SCAN_ID:
			if (!is_in_group(p, id) && !is_held(p, id, now))
				bytes += write_entry(p, id, now);
			break;
		}
	}
}

int
preprocess_turn(struct preprocess *p, int64_t now, size_t max)
{
	limit_deadlines(p, now);
	if (preprocess_wake(p, now) > 0)
		return 0;
	if (!p->scanning) {
		start_scan(p, now);
		if (!p->scanning)
			return 0;
	}
	fill_group(p, now, max < p->group_max ? max : p->group_max);
	if (!todo_group_commit(&p->group, &p->work))
		return -1;
	for (size_t i = 0; i < p->group.n; i++) {
		const struct todo_entry *entry = &p->group.entry[i];

		if (entry->result == TODO_READY)
			todo_hold_forget(&p->hold, entry->id);
		else
			hold_back(p, entry, now);
	}
	p->group.n = 0;
	return 0;
}
