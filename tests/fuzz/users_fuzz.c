/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/users.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_line(struct span in)
{
	struct str out = {0}, again = {0};
	struct users_line l, copy;

	if (users_line_parse(in, &l) != USERS_LINE_OK)
		return;
	users_line_put(&out, &l);
	/* only the tail behind the last colon is not kept */
	if (!span_has_prefix(in, span_first(str_span(&out), out.n - 1)) ||
	    users_line_parse(span_first(str_span(&out), out.n - 1), &copy) !=
	        USERS_LINE_OK)
		__builtin_trap();
	users_line_put(&again, &copy);
	if (!span_eq(str_span(&out), str_span(&again)))
		__builtin_trap();
	str_free(&out);
	str_free(&again);
}

/* Invariant: a line or an answer that is understood is written with the same
 * meaning again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct users_entry u, copy;
	struct str out = {0};

	check_line(in);
	if (users_entry_parse(in, &u) != USERS_ENTRY_OK)
		return 0;
	users_entry_put(&out, &u);
	if (users_entry_parse(str_span(&out), &copy) != USERS_ENTRY_OK ||
	    copy.uid != u.uid || copy.gid != u.gid ||
	    !span_eq(copy.user, u.user) || !span_eq(copy.home, u.home) ||
	    !span_eq(copy.dash, u.dash) || !span_eq(copy.ext, u.ext))
		__builtin_trap();
	str_free(&out);
	return 0;
}
