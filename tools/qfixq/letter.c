/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/fd.h"

static int
open_body(int queue_dir, const char *path)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(queue_dir, path, flags | O_NOATIME);

	if (fd == -1 && errno == EPERM)
		fd = openat(queue_dir, path, flags);
	return fd;
}

int
letter_load(int queue_dir, const struct queue_layout *layout,
    const struct inventory_message *m, size_t max, struct str *out,
    struct err *e)
{
	struct queue_path path = queue_path(layout, QUEUE_MESS, m->id);
	int fd = open_body(queue_dir, path.text);
	struct stat st;
	ssize_t n = 1;

	if (fd == -1 || fstat(fd, &st) == -1) {
		err_sys(e, "open", path.text);
		fd_close(&fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		fd_close(&fd);
		return err_set(e, ERR_FORMAT, "not a regular file: %s",
		    path.text);
	}
	while (n > 0 && out->n < max) {
		size_t want = max - out->n < 65536 ? max - out->n : 65536;
		char *p = str_room(out, want);

		n = p == NULL ? -1 : fd_read_some(fd, p, want);
		if (n > 0)
			str_added(out, (size_t)n);
	}
	if (n == -1)
		err_sys(e, "read", path.text);
	fd_close(&fd);
	return n == -1 ? -1 : 0;
}

static size_t
head_length(struct span letter)
{
	const char *at =
	    letter.n == 0 ? NULL : memmem(letter.p, letter.n, "\n\n", 2);

	if (letter.n > 0 && letter.p[0] == '\n')
		return 0;
	return at == NULL ? letter.n : (size_t)(at - letter.p) + 1;
}

struct span
letter_head(struct span letter)
{
	return (struct span){letter.p, head_length(letter)};
}

struct span
letter_body(struct span letter)
{
	size_t n = head_length(letter);

	if (n == letter.n)
		return (struct span){0};
	return (struct span){letter.p + n + 1, letter.n - n - 1};
}

static size_t
line_length(struct span s)
{
	const char *end = memchr(s.p, '\n', s.n);

	return end == NULL ? s.n : (size_t)(end - s.p) + 1;
}

bool
letter_take_field(struct span *head, struct span *name, struct span *value)
{
	size_t n, colon;

	if (head->n == 0)
		return false;
	n = line_length(*head);
	while (n < head->n && ascii_is_blank(head->p[n]))
		n += line_length((struct span){head->p + n, head->n - n});
	for (colon = 0; colon < n && head->p[colon] != ':'; colon++)
		;
	*name = ascii_trim_end((struct span){head->p, colon});
	*value = (struct span){0};
	if (colon < n) {
		*value = (struct span){head->p + colon + 1, n - colon - 1};
		if (value->n > 0 && value->p[value->n - 1] == '\n')
			value->n--;
		while (value->n > 0 && ascii_is_blank(value->p[0])) {
			value->p++;
			value->n--;
		}
	}
	head->p += n;
	head->n -= n;
	return true;
}
