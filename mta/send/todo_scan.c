/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/span.h"

void
todo_scan_init(struct todo_scan *s, int queue,
    const struct queue_layout *layout)
{
	*s = (struct todo_scan){.queue = queue, .layout = *layout};
}

void
todo_scan_close(struct todo_scan *s)
{
	int saved = errno;

	if (s->dir != NULL)
		(void)closedir(s->dir); /* was only read */
	s->dir = NULL;
	errno = saved;
}

static int
open_dir(struct todo_scan *s)
{
	struct queue_path path = queue_path_dir(&s->layout, QUEUE_TODO, s->sub);
	int fd, saved;

	fd = openat(s->queue, path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	s->dir = fdopendir(fd);
	if (s->dir != NULL)
		return 0;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

int
todo_scan_start(struct todo_scan *s)
{
	s->sub = 0;
	if (s->dir != NULL && !s->layout.split_todo) {
		rewinddir(s->dir);
		return 0;
	}
	todo_scan_close(s);
	return open_dir(s);
}

static bool
is_ours(const struct todo_scan *s, const struct dirent *entry, uint64_t *id)
{
	return entry->d_type != DT_DIR &&
	       queue_id_parse(span_cstr(entry->d_name), id) &&
	       (!s->layout.split_todo || *id % s->layout.split == s->sub);
}

enum todo_scan_status
todo_scan_next(struct todo_scan *s, uint64_t *id)
{
	while (s->dir != NULL) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(s->dir);
		if (entry != NULL) {
			if (is_ours(s, entry, id))
				return TODO_SCAN_ID;
			continue;
		}
		if (errno != 0) {
			todo_scan_close(s);
			return TODO_SCAN_ERROR;
		}
		if (!s->layout.split_todo)
			return TODO_SCAN_END;
		todo_scan_close(s);
		if (s->sub + 1 >= s->layout.split)
			return TODO_SCAN_END;
		s->sub++;
		if (open_dir(s) == -1)
			return TODO_SCAN_ERROR;
	}
	return TODO_SCAN_END;
}
