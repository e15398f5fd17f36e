/* SPDX-License-Identifier: ISC */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

enum { OUT_BUFFER = 65536 };

/* Buffered writing. The first failure latches, with its errno in sys; later
 * puts do nothing and out_flush() returns -1. out_close() frees the buffer and
 * leaves the descriptor open; it does not flush. */
struct out {
	int fd;
	char *buf;
	size_t n;
	int sys; /* errno of the first failure, 0 while all is well */
};

/* 0, or -1 without memory. */
NODISCARD int out_open(struct out *out, int fd);
void out_close(struct out *out);

/* Writes to the descriptor only when the buffer is full. u64: in decimal. */
void out_put(struct out *out, struct span bytes);
void out_putc(struct out *out, char c);
void out_put_cstr(struct out *out, const char *text);
void out_put_u64(struct out *out, uint64_t value);

/* Puts what was built and empties it; a failed builder is a failure. */
void out_put_str(struct out *out, struct str *bytes);

/* Writes what is buffered. 0; -1 with errno when this or any earlier write
 * failed. */
NODISCARD int out_flush(struct out *out);

#endif
