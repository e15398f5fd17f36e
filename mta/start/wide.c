/* SPDX-License-Identifier: ISC */
#include "mta/start/wide.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "qmail/spawn_msg.h"

/* A program with debug information has some megabytes; more is no program of
 * ours. */
enum { BLOCK = 4096, MAX_BLOCKS = 64 * 1024 * 1024 / BLOCK };

static bool
scan(int fd, struct span mark)
{
	char buf[BLOCK];
	size_t have = 0;

	for (int i = 0; i < MAX_BLOCKS; i++) {
		ssize_t got = fd_read_some(fd, buf + have, sizeof(buf) - have);
		size_t keep;

		if (got <= 0)
			return false;
		have += (size_t)got;
		if (memmem(buf, have, mark.p, mark.n) != NULL)
			return true;
		/* the mark may begin in what is left */
		keep = have < mark.n - 1 ? have : mark.n - 1;
		memmove(buf, buf + have - keep, keep);
		have = keep;
	}
	return false;
}

bool
wide_has_mark(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found;

	if (fd == -1)
		return false;
	found = scan(fd, span_cstr(spawn_wide_mark));
	fd_close(&fd);
	return found;
}

bool
wide_is_spoken(const struct site *s)
{
	static const char *const speakers[] = {
	    "qmail-send",
	    "qmail-lspawn",
	    "qmail-rspawn",
	};
	size_t n = sizeof(speakers) / sizeof(speakers[0]), found = 0;
	struct str path = {0};

	for (size_t i = 0; i < n; i++) {
		str_reset(&path);
		if (site_find_program(s, speakers[i], &path, NULL) == 0 &&
		    wide_has_mark(str_cstr(&path)))
			found++;
	}
	str_free(&path);
	return found == n;
}
