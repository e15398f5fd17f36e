/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "mta/remote/remote_session.h"

static bool
is_8bit(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if ((unsigned char)bytes.p[i] > 127)
			return true;
	}
	return false;
}

static int
find_8bit(int fd, bool *found)
{
	char *text = malloc(SESSION_BUFFER);
	ssize_t got = -1;

	while (text != NULL && !*found) {
		got = fd_read_some(fd, text, SESSION_BUFFER);
		if (got <= 0)
			break;
		*found = is_8bit((struct span){text, (size_t)got});
	}
	free(text);
	return got == -1 ? -1 : 0;
}

int
remote_message_examine(int fd, bool want_8bit, struct remote_message *m)
{
	off_t start = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	*m = (struct remote_message){0};
	if (start == -1)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= start) {
		m->has_size = true;
		m->size = st.st_size - start;
	}
	if (!want_8bit)
		return 0;
	if (find_8bit(fd, &m->has_8bit) == -1 ||
	    lseek(fd, start, SEEK_SET) == -1)
		return -1;
	return 0;
}
