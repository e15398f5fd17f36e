/* SPDX-License-Identifier: ISC */
#include "qmail/queue_path.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

static const char *const kind_names[QUEUE_KINDS] = {"mess", "intd", "todo",
    "info", "local", "remote", "bounce"};

const char *
queue_kind_name(enum queue_kind kind)
{
	assert(kind < QUEUE_KINDS);
	return kind_names[kind];
}

bool
queue_kind_is_split(const struct queue_layout *l, enum queue_kind kind)
{
	switch (kind) {
	case QUEUE_MESS:
	case QUEUE_INFO:
	case QUEUE_LOCAL:
	case QUEUE_REMOTE:
		return true;
	case QUEUE_INTD:
	case QUEUE_TODO:
		return l->split_todo;
	case QUEUE_BOUNCE:
	case QUEUE_KINDS:
		break;
	}
	return false;
}

/* The longest, remote/65535/18446744073709551615, fits with room to spare. */
struct queue_path
queue_path(const struct queue_layout *l, enum queue_kind kind, uint64_t id)
{
	struct queue_path path;

	if (queue_kind_is_split(l, kind))
		(void)snprintf(path.text, sizeof(path.text),
		    "%s/%" PRIu64 "/%" PRIu64, queue_kind_name(kind),
		    id % l->split, id);
	else
		(void)snprintf(path.text, sizeof(path.text), "%s/%" PRIu64,
		    queue_kind_name(kind), id);
	return path;
}

struct queue_path
queue_path_dir(const struct queue_layout *l, enum queue_kind kind, uint64_t id)
{
	struct queue_path path;

	if (queue_kind_is_split(l, kind))
		(void)snprintf(path.text, sizeof(path.text), "%s/%" PRIu64,
		    queue_kind_name(kind), id % l->split);
	else
		(void)snprintf(path.text, sizeof(path.text), "%s",
		    queue_kind_name(kind));
	return path;
}

struct queue_path
queue_path_mess_name(const struct queue_layout *l, uint64_t id)
{
	struct queue_path path;

	(void)snprintf(path.text, sizeof(path.text), "%" PRIu64 "/%" PRIu64,
	    id % l->split, id);
	return path;
}

bool
queue_id_parse(struct span name, uint64_t *id)
{
	uint64_t value;

	if (!num_parse_canonical(name, UINT64_MAX, &value) || value == 0)
		return false;
	*id = value;
	return true;
}

/* Counts the numbered entries of mess/ and remembers the largest. */
static int
count_split(DIR *dir, uint64_t *count, uint64_t *largest)
{
	*count = *largest = 0;
	for (;;) {
		const struct dirent *entry;
		uint64_t number;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			return errno == 0 ? 0 : -1;
		if (!num_parse_canonical(span_cstr(entry->d_name),
		        QUEUE_SPLIT_MAX, &number) ||
		    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		(*count)++;
		if (number > *largest)
			*largest = number;
	}
}

static int
detect_split(int queue_dir, uint64_t *split, struct err *e)
{
	uint64_t count, largest;
	DIR *dir;
	int fd, rc;

	fd = openat(queue_dir, "mess", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open directory", "queue/mess");
	dir = fdopendir(fd);
	if (dir == NULL) {
		err_sys(e, "read directory", "queue/mess");
		(void)close(fd);
		return -1;
	}
	rc = count_split(dir, &count, &largest);
	if (rc == -1)
		err_sys(e, "read directory", "queue/mess");
	(void)closedir(dir);
	if (rc == -1)
		return -1;
	if (count == 0)
		return err_set(e, ERR_FORMAT,
		    "queue/mess has no numbered subdirectories");
	if (largest != count - 1)
		return err_set(e, ERR_FORMAT,
		    "the numbered subdirectories of queue/mess have a hole: "
		    "%" PRIu64 " of them, the last is %" PRIu64,
		    count, largest);
	*split = count;
	return 0;
}

/* 1, or 0 when it is absent or something else, or -1 when we cannot know. */
static int
is_dir(int queue_dir, const char *name)
{
	struct stat st;

	if (fstatat(queue_dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISDIR(st.st_mode);
	return errno == ENOENT ? 0 : -1;
}

static int
is_mess_dir(int queue_dir, uint64_t number)
{
	char name[QUEUE_PATH_MAX];

	(void)snprintf(name, sizeof(name), "mess/%" PRIu64, number);
	return is_dir(queue_dir, name);
}

/* Most file systems count ".", the name and the ".." of each subdirectory as
 * links of a directory. A foreign subdirectory makes the count too large, but
 * then the last one it promises is not there; a hole makes it too small, but
 * then there is one more. Other file systems keep the count at 1 or 2. In all
 * these cases we read the directory. */
static bool
guess_split(int queue_dir, uint64_t *split)
{
	struct stat st;

	if (fstatat(queue_dir, "mess", &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISDIR(st.st_mode) || st.st_nlink < 3 ||
	    st.st_nlink - 2 > QUEUE_SPLIT_MAX)
		return false;
	*split = st.st_nlink - 2;
	return is_mess_dir(queue_dir, *split - 1) == 1 &&
	       is_mess_dir(queue_dir, *split) == 0;
}

int
queue_layout_detect(int queue_dir, struct queue_layout *l, struct err *e)
{
	int split_todo;

	l->counts_links = guess_split(queue_dir, &l->split);
	if (!l->counts_links && detect_split(queue_dir, &l->split, e) == -1)
		return -1;
	/* in a flat queue todo/0 could only be a message, hence a file */
	split_todo = is_dir(queue_dir, "todo/0");
	l->split_todo = split_todo == 1;
	return split_todo == -1 ? err_sys(e, "examine", "queue/todo/0") : 0;
}
