/* SPDX-License-Identifier: ISC */
#include "mta/local/local_message.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

int
local_message_open(struct local_message *m, int fd)
{
	*m = (struct local_message){.fd = fd, .end = -1};
	m->block = malloc(LOCAL_BLOCK);
	return m->block == NULL ? -1 : 0;
}

void
local_message_close(struct local_message *m)
{
	free(m->block);
	*m = (struct local_message){.fd = -1};
}

void
local_message_rewind(struct local_message *m)
{
	m->next = 0;
}

static ssize_t
fill(struct local_message *m)
{
	ssize_t got = fd_read_at(m->fd, m->block, LOCAL_BLOCK, m->next);

	if (got == 0) {
		m->end = m->next;
	} else if (got > 0) {
		m->at = m->next;
		m->n = (size_t)got;
	} else {
		m->n = 0; /* the block may be half overwritten */
	}
	return got;
}

int
local_message_next(struct local_message *m, struct span *block)
{
	if (m->next == m->end)
		return 0;
	if (m->next != m->at || m->n == 0) {
		ssize_t got = fill(m);

		if (got <= 0)
			return got == 0 ? 0 : -1;
	}
	*block = (struct span){m->block, m->n};
	m->next += (off_t)m->n;
	return 1;
}
