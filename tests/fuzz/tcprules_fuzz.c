/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/tcprules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tcprules_peer peers[] = {
    {SPAN_INIT("192.0.2.45"), SPAN_INIT("a.b.example"), SPAN_INIT("joe")},
    {SPAN_INIT("2001:db8:0:1::5"), {0}, {0}},
    {SPAN_INIT("unknown"), SPAN_INIT(""), SPAN_INIT("")},
};

/* What a line says is what its record says: the items are the variables, as far
 * as they have a name and no NUL. */
static void
ck_data(const struct tcprules_line *l)
{
	struct str data = {0};
	struct span rest, name, value;
	struct tcprules_item item;
	size_t variables = 0, items = 0, denials = 0;

	for (rest = l->variables; tcprules_variable_take(&rest, &name, &value);)
		variables++;
	tcprules_line_put_data(l, &data);
	for (rest = str_span(&data); tcprules_item_take(&rest, &item);) {
		if (item.is_deny)
			denials++;
		else
			items++;
	}
	if (span_find(l->variables, '\0', 0) == l->variables.n &&
	    (items > variables || denials != (l->deny ? 1 : 0)))
		__builtin_trap();
	str_free(&data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size}, line;
	struct tcprules_line l;

	while (span_take_line(&in, &line)) {
		if (tcprules_line_parse(line, &l) == TCPRULES_LINE_RULE)
			ck_data(&l);
		for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
			/* the empty address serves everybody, and is the worst
			 */
			if (tcprules_rank(line, &peers[i]) > 0 && line.n > 0 &&
			    tcprules_rank(line, &peers[i]) <=
			        tcprules_rank(SPAN(""), &peers[i]))
				__builtin_trap();
		}
	}
	return 0;
}
