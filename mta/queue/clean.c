/* SPDX-License-Identifier: ISC */
#include "mta/queue/clean.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qmail/clean_msg.h"

/* ---- pid/ --------------------------------------------------------------- */

static int64_t
newest_time(const struct stat *st)
{
	int64_t t = st->st_mtime;

	if (st->st_atime > t)
		t = st->st_atime;
	return st->st_ctime > t ? st->st_ctime : t;
}

/* The newest of the three times: a stock rule that looks at one of them would
 * not remove earlier than we do. */
static bool
is_garbage(int dir, const char *name, int64_t now)
{
	struct stat st;

	return name[0] != '.' &&
	       fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && now - newest_time(&st) >= CLEAN_GARBAGE_S;
}

/* Trouble is left for the next time. */
static void
sweep_pid(int64_t now)
{
	DIR *dir = opendir("pid");
	const struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (is_garbage(dirfd(dir), entry->d_name, now))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	(void)closedir(dir);
}

void
clean_sweep_if_due(struct clean *c, int64_t now)
{
	if (c->until_sweep > 0)
		return;
	sweep_pid(now);
	c->until_sweep = CLEAN_PID_EVERY;
}

/* ---- requests ----------------------------------------------------------- */

static bool
remove_file(const struct clean *c, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&c->layout, kind, id);

	return unlink(path.text) == 0 || errno == ENOENT;
}

/* intd/ID of a message that was preprocessed is gone, and looking is cheaper
 * than an unlink that fails: it takes no lock on the directory into which
 * others submit. Whoever could still make the file died 12 hours ago. */
static bool
is_absent(const struct clean *c, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&c->layout, kind, id);
	struct stat st;

	return lstat(path.text, &st) == -1 && errno == ENOENT;
}

/* intd goes first: without mess nobody would ever collect it. */
static bool
clean_todo(const struct clean *c, uint64_t id)
{
	return remove_file(c, QUEUE_INTD, id) && remove_file(c, QUEUE_TODO, id);
}

static bool
clean_foop(const struct clean *c, uint64_t id)
{
	if (!is_absent(c, QUEUE_INTD, id) && !remove_file(c, QUEUE_INTD, id))
		return false;
	return remove_file(c, QUEUE_MESS, id);
}

static char
serve(const struct clean *c, struct span request)
{
	struct clean_msg m;
	bool done = false;

	if (!clean_msg_parse(request, &m) ||
	    (m.has_sub && m.sub != m.id % c->layout.split))
		return CLEAN_ANSWER_MALFORMED;
	switch (m.verb) {
	case CLEAN_TODO:
		done = clean_todo(c, m.id);
		break;
	case CLEAN_FOOP:
		done = clean_foop(c, m.id);
		break;
	}
	return done ? CLEAN_ANSWER_DONE : CLEAN_ANSWER_FAILED;
}

static char
answer(const struct clean *c)
{
	if (c->overlong)
		return CLEAN_ANSWER_MALFORMED;
	if (!str_ok(&c->request)) /* no memory: it can be asked again */
		return CLEAN_ANSWER_FAILED;
	return serve(c, str_span(&c->request));
}

static void
end_request(struct clean *c, int64_t now)
{
	clean_sweep_if_due(c, now);
	c->until_sweep--;
	str_putc(&c->answers, answer(c));
	str_reset(&c->request);
	c->overlong = false;
}

void
clean_feed(struct clean *c, struct span bytes, int64_t now)
{
	while (bytes.n > 0) {
		size_t nul = span_find(bytes, '\0', 0);

		if (c->request.n + nul >= CLEAN_MSG_MAX)
			c->overlong = true;
		else
			str_put(&c->request, span_first(bytes, nul));
		if (nul < bytes.n)
			end_request(c, now);
		bytes = span_from(bytes, nul + 1);
	}
}

void
clean_free(struct clean *c)
{
	str_free(&c->request);
	str_free(&c->answers);
}
