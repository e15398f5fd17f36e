/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/todo_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: a record that is understood is written the same way again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct todo_msg m;
	struct str out = {0};

	todo_msg_parse(in, &m);
	todo_msg_put(&out, &m);
	if (m.kind != TODO_MSG_BAD &&
	    (out.n != size + 1 ||
	        !span_eq(span_first(str_span(&out), size), in)))
		__builtin_trap();
	str_free(&out);
	return 0;
}
