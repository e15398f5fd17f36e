/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/spawn_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: what is taken can be put again, and the bytes are the same. */
static void
check_commands(struct span in, bool wide)
{
	struct spawn_command c;
	struct span before = in;
	struct str out = {0};

	while (spawn_command_take(&in, wide, &c))
		spawn_command_put(&out, wide, &c);
	before.n -= in.n;
	if (!span_eq(str_span(&out), before))
		__builtin_trap();
	str_free(&out);
}

static void
check_reports(struct span in, bool wide)
{
	struct spawn_report r;

	while (spawn_report_take(&in, wide, &r)) {
		if (r.text.n > SPAWN_REPORT_MAX ||
		    span_find(r.text, '\0', 0) != r.text.n)
			__builtin_trap();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};

	for (int wide = 0; wide < 2; wide++) {
		check_commands(in, wide != 0);
		check_reports(in, wide != 0);
	}
	return 0;
}
