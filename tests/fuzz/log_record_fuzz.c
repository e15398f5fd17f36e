/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/log_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_same(const struct log_record *a, const struct log_record *b)
{
	return a->kind == b->kind && a->message == b->message &&
	       a->delivery == b->delivery && a->qp == b->qp &&
	       a->uid == b->uid && a->bytes == b->bytes &&
	       a->channel == b->channel && a->exit_asap == b->exit_asap &&
	       a->text.n == b->text.n;
}

/* Invariant: the text lies inside the line, and what was parsed, once written,
 * is parsed to the same record. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = {(const char *)data, size};
	struct log_record first, again;
	struct str out = {0};

	if (!log_record_parse(line, &first))
		return 0;
	if (first.text.n > 0 &&
	    (first.text.p < line.p ||
	        first.text.p + first.text.n > line.p + size))
		__builtin_trap();
	log_record_put(&out, &first);
	if (!str_ok(&out) ||
	    !log_record_parse((struct span){out.p, out.n - 1}, &again) ||
	    !is_same(&first, &again))
		__builtin_trap();
	str_free(&out);
	return 0;
}
