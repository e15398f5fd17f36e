/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/control.h"
#include "qmail/control_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariants: the line has no LF and no blank at its end; no entry of a list is
 * longer than the file; every validator copes with every value. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size}, line, rest, entry;
	struct str list = {0};
	uint32_t number;

	line = control_parse_line(in);
	if (span_find(line, '\n', 0) != line.n ||
	    (line.n > 0 && (line.p[line.n - 1] == ' ')))
		__builtin_trap();
	if (control_parse_int(in, &number) && number > INT32_MAX)
		__builtin_trap();
	control_parse_list(in, &list);
	if (list.n > size + 1)
		__builtin_trap();
	rest = str_span(&list);
	while (span_take_nul(&rest, &entry)) {
		for (size_t i = 0; i < control_schema_rows; i++) {
			if (control_schema[i].is_valid != NULL)
				(void)control_schema[i].is_valid(entry);
		}
	}
	str_free(&list);
	return 0;
}
