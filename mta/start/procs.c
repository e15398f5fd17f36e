/* SPDX-License-Identifier: ISC */
#include "mta/start/procs.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/in.h"
#include "base/num.h"
#include "base/str.h"

enum {
	STAT_BYTES = 1024,
	LINE_BYTES = 512,
	FIELD_PARENT = 4, /* numbers of proc(5) */
	FIELD_SESSION = 6,
	FIELD_STARTED = 22,
};

static bool
take_number(struct span *text, uint64_t *value)
{
	return num_take_u64(text, UINT64_MAX, value);
}

/* The fields behind the name: " S 1 23 ...". */
static bool
parse_fields(struct span rest, struct procs_info *info)
{
	uint64_t value;

	if (rest.n < 3)
		return false;
	info->state = rest.p[1];
	rest = span_from(rest, 2);
	for (int field = FIELD_PARENT; field <= FIELD_STARTED; field++) {
		if (!span_take_prefix(&rest, SPAN(" ")))
			return false;
		(void)span_take_prefix(&rest, SPAN("-"));
		if (!take_number(&rest, &value))
			return false;
		if (field == FIELD_PARENT)
			info->parent = (pid_t)value;
		if (field == FIELD_SESSION)
			info->session = (pid_t)value;
	}
	info->started = value;
	return true;
}

bool
procs_parse(struct span text, struct procs_info *info)
{
	/* the name may contain anything, parentheses included */
	size_t open = span_find(text, '(', 0), close = span_rfind(text, ')');
	struct span first = text, name;
	uint64_t pid;

	*info = (struct procs_info){0};
	if (!take_number(&first, &pid) || open >= close || close == text.n)
		return false;
	name = span_from(span_first(text, close), open + 1);
	if (name.n >= sizeof(info->name))
		return false;
	memcpy(info->name, name.p, name.n);
	info->pid = (pid_t)pid;
	return parse_fields(span_from(text, close + 1), info);
}

static bool
read_stat(pid_t pid, struct procs_info *info)
{
	char path[64], text[STAT_BYTES];
	ssize_t got;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	got = fd_read_full(fd, text, sizeof(text));
	fd_close(&fd);
	return got > 0 && procs_parse((struct span){text, (size_t)got}, info);
}

static bool
lives(const struct procs_info *info)
{
	return info->state != 'Z' && info->state != 'X';
}

bool
procs_find(pid_t pid, struct procs_info *info)
{
	return read_stat(pid, info) && lives(info);
}

bool
procs_open(struct procs *p)
{
	p->dir = opendir("/proc");
	return p->dir != NULL;
}

bool
procs_next(struct procs *p, struct procs_info *info)
{
	struct dirent *entry;

	while ((entry = readdir(p->dir)) != NULL) {
		uint64_t pid;

		if (num_parse_canonical(span_cstr(entry->d_name), INT32_MAX,
		        &pid) &&
		    read_stat((pid_t)pid, info) && (p->ended || lives(info)))
			return true;
	}
	return false;
}

void
procs_close(struct procs *p)
{
	if (p->dir != NULL)
		(void)closedir(p->dir);
	p->dir = NULL;
}

void
procs_wait(pid_t pid, int ms)
{
	int fd = pidfd_open(pid, 0);
	struct pollfd end = {.fd = fd, .events = POLLIN};

	if (fd == -1)
		return;
	(void)poll(&end, 1, ms); /* the caller looks again in any case */
	fd_close(&fd);
}

/* "1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF" */
static pid_t
match_lock(struct span line, struct span place)
{
	struct span word[6];
	uint64_t pid;

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		size_t end;

		while (line.n > 0 && line.p[0] == ' ')
			line = span_from(line, 1);
		end = span_find(line, ' ', 0);
		word[i] = span_first(line, end);
		line = span_from(line, end);
	}
	if (!span_eq(word[1], SPAN("FLOCK")) || !span_eq(word[5], place) ||
	    !num_parse_u64(word[4], INT32_MAX, &pid))
		return 0;
	return (pid_t)pid;
}

pid_t
procs_lock_holder(dev_t dev, ino_t ino)
{
	int fd = open("/proc/locks", O_RDONLY | O_CLOEXEC);
	struct str line = {0};
	char place[64];
	pid_t pid = 0;
	struct in in;

	if (fd == -1)
		return 0;
	(void)snprintf(place, sizeof(place), "%02x:%02x:%llu", major(dev),
	    minor(dev), (unsigned long long)ino);
	if (in_open(&in, fd) == 0) {
		while (pid == 0 && in_line(&in, LINE_BYTES, &line) == IN_OK) {
			pid = match_lock(str_span(&line), span_cstr(place));
			str_reset(&line);
		}
		in_close(&in);
	}
	str_free(&line);
	fd_close(&fd);
	return pid;
}
