/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/dotqmail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: every line lies inside the text, lines of files and programs
 * never pass in a forward-only text, reading ends. */
static void
check_lines(struct span text)
{
	struct dotqmail_reader r = dotqmail_reader_init(text, false);
	struct dotqmail_line line;
	enum dotqmail_step step;

	while ((step = dotqmail_next(&r, &line)) != DOTQMAIL_STEP_END) {
		if (line.text.n > 0 &&
		    (line.text.p < text.p ||
		        line.text.p + line.text.n > text.p + text.n))
			__builtin_trap();
		if (step == DOTQMAIL_STEP_OK && r.forward_only &&
		    dotqmail_is_file_or_program(line.kind))
			__builtin_trap();
		if (r.number > text.n + 1)
			__builtin_trap();
	}
}

/* Invariant: no name has a dot but the first byte, so none can climb; all but
 * the first are shorter prefixes followed by "default". */
static void
check_names(struct span ext)
{
	struct dotqmail_address a = {SPAN("-"), ext};
	struct dotqmail_names n;
	size_t last = SIZE_MAX;

	dotqmail_names_init(&n, &a);
	while (dotqmail_names_next(&n)) {
		struct span name = str_span(&n.name);

		if (!span_has_prefix(name, SPAN(".qmail-")) ||
		    span_find(name, '.', 1) < name.n)
			__builtin_trap();
		if (last != SIZE_MAX &&
		    (!n.has_default || n.default_at > last ||
		        !span_has_suffix(name, SPAN("default"))))
			__builtin_trap();
		last = last == SIZE_MAX ? ext.n : n.default_at;
	}
	if (last != 0 && ext.n > 0)
		__builtin_trap();
	dotqmail_names_free(&n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};

	check_lines(in);
	check_names(span_first(in, 1000));
	return 0;
}
