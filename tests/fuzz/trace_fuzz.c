/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fmt/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct span wanted = SPAN_INIT("D: a@b\n");

/* The plain reading of the rule. */
static bool
is_in_header(struct span message)
{
	struct span rest = message, line;

	while (
	    span_find(rest, '\n', 0) < rest.n && span_take_line(&rest, &line)) {
		if (line.n == 0)
			return false;
		if (line.n == wanted.n - 1 && span_has_prefix(wanted, line))
			return true;
	}
	return false;
}

/* Invariant: blocks of any size give what the plain reading gives. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_search s = trace_search_init(wanted);
	enum trace_result got = TRACE_MORE;
	struct span rest;
	bool want;

	if (size == 0)
		return 0;
	rest = (struct span){(const char *)data + 1, size - 1};
	want = is_in_header(rest);
	while (rest.n > 0 && got == TRACE_MORE) {
		struct span block = span_first(rest, (size_t)data[0] % 16 + 1);

		got = trace_search_feed(&s, block);
		rest = span_from(rest, block.n);
	}
	if (want != (got == TRACE_FOUND))
		__builtin_trap();
	return 0;
}
