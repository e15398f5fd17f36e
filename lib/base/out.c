/* SPDX-License-Identifier: ISC */
#include "base/out.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fd.h"

enum { DECIMAL_MAX = 20 };

int
out_open(struct out *out, int fd)
{
	*out = (struct out){.fd = fd};
	out->buf = malloc(OUT_BUFFER);
	return out->buf == NULL ? -1 : 0;
}

void
out_close(struct out *out)
{
	free(out->buf);
	*out = (struct out){.fd = -1};
}

static void
write_now(struct out *out, struct span bytes)
{
	if (out->sys == 0 && bytes.n > 0 &&
	    fd_write_full(out->fd, bytes.p, bytes.n) == -1)
		out->sys = errno;
}

void
out_put(struct out *out, struct span bytes)
{
	if (bytes.n > OUT_BUFFER - out->n) {
		write_now(out, (struct span){out->buf, out->n});
		out->n = 0;
	}
	if (bytes.n >= OUT_BUFFER) {
		write_now(out, bytes);
		return;
	}
	if (bytes.n > 0)
		memcpy(out->buf + out->n, bytes.p, bytes.n);
	out->n += bytes.n;
}

void
out_putc(struct out *out, char c)
{
	out_put(out, (struct span){&c, 1});
}

void
out_put_cstr(struct out *out, const char *text)
{
	out_put(out, span_cstr(text));
}

void
out_put_u64(struct out *out, uint64_t value)
{
	char digits[DECIMAL_MAX];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	out_put(out, (struct span){digits + at, sizeof(digits) - at});
}

void
out_put_str(struct out *out, struct str *bytes)
{
	if (!str_ok(bytes) && out->sys == 0)
		out->sys = ENOMEM;
	out_put(out, str_span(bytes));
	str_reset(bytes);
}

int
out_flush(struct out *out)
{
	write_now(out, (struct span){out->buf, out->n});
	out->n = 0;
	if (out->sys == 0)
		return 0;
	errno = out->sys;
	return -1;
}
