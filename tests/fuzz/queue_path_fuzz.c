/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "qmail/queue_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariants: an id that is accepted is the last part of its paths, which lie
 * in their directories, whatever the layout. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span name = {(const char *)data, size};
	uint64_t id;

	if (!queue_id_parse(name, &id))
		return 0;
	for (enum queue_kind kind = 0; kind < QUEUE_KINDS; kind++) {
		struct queue_layout l = {.split = id % QUEUE_SPLIT_MAX + 1,
		    .split_todo = (id & 1) != 0};
		struct queue_path path = queue_path(&l, kind, id);
		struct queue_path dir = queue_path_dir(&l, kind, id);
		size_t n = strlen(dir.text);

		if (!span_has_suffix(span_cstr(path.text), name) ||
		    !span_has_prefix(span_cstr(path.text),
		        span_cstr(dir.text)) ||
		    path.text[n] != '/' || strlen(path.text) != n + 1 + name.n)
			__builtin_trap();
	}
	return 0;
}
