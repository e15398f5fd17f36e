/* SPDX-License-Identifier: ISC */
#include "tests/support/queue.h"

#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fd.h"

static void
make_dir(int queue_dir, const char *path)
{
	ck_assert_msg(mkdirat(queue_dir, path, 0700) == 0, "%s", path);
}

void
queue_make(int queue_dir, const struct queue_layout *layout)
{
	make_dir(queue_dir, "pid");
	make_dir(queue_dir, "lock");
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		make_dir(queue_dir, queue_kind_name(kind));
		if (!queue_kind_is_split(layout, kind))
			continue;
		for (uint64_t d = 0; d < layout->split; d++) {
			char path[QUEUE_PATH_MAX];

			(void)snprintf(path, sizeof(path), "%s/%" PRIu64,
			    queue_kind_name(kind), d);
			make_dir(queue_dir, path);
		}
	}
}

void
queue_put(int queue_dir, const char *path, struct span bytes)
{
	int fd = openat(queue_dir, path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_msg(fd != -1, "%s", path);
	ck_assert_int_eq(fd_write_full(fd, bytes.p, bytes.n), 0);
	fd_close(&fd);
}

void
queue_put_file(int queue_dir, const struct queue_layout *layout,
    enum queue_kind kind, uint64_t id, struct span bytes)
{
	queue_put(queue_dir, queue_path(layout, kind, id).text, bytes);
}
