/* SPDX-License-Identifier: ISC */
#include "base/in.h"

#include <stdlib.h>

#include "base/fd.h"

int
in_open(struct in *in, int fd)
{
	*in = (struct in){.fd = fd};
	in->buf = malloc(IN_BUFFER);
	return in->buf == NULL ? -1 : 0;
}

void
in_close(struct in *in)
{
	free(in->buf);
	*in = (struct in){.fd = -1};
}

void
in_reopen(struct in *in, int fd, bool is_file)
{
	*in = (struct in){.fd = fd, .buf = in->buf, .is_file = is_file};
}

enum in_status
in_peek(struct in *in, struct span *bytes)
{
	if (in->at == in->end && !in->eof) {
		ssize_t got = fd_read_some(in->fd, in->buf, IN_BUFFER);

		if (got == -1)
			return IN_ERROR;
		in->at = 0;
		in->end = (size_t)got;
		in->eof = got == 0 || (in->is_file && got < IN_BUFFER);
	}
	if (in->at == in->end)
		return IN_END;
	*bytes = (struct span){in->buf + in->at, in->end - in->at};
	return IN_OK;
}

void
in_consume(struct in *in, size_t n)
{
	in->at += n;
}

enum in_status
in_line(struct in *in, size_t max, struct str *line)
{
	size_t start = line->n;

	for (;;) {
		struct span bytes;
		enum in_status status = in_peek(in, &bytes);
		size_t lf;

		if (status == IN_END && line->n > start)
			return IN_OK;
		if (status != IN_OK)
			return status;
		lf = span_find(bytes, '\n', 0);
		bytes = span_first(bytes, lf < bytes.n ? lf + 1 : bytes.n);
		if (bytes.n > max - (line->n - start))
			return IN_LONG;
		str_put(line, bytes);
		if (!str_ok(line))
			return IN_LONG;
		in_consume(in, bytes.n);
		if (line->p[line->n - 1] == '\n')
			return IN_OK;
	}
}
