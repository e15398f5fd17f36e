/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/rfc822_field.h"
#include "fmt/rfc822_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A field is exactly these bytes of the message; a "From " line got a name. */
static void
check_field(struct span field, struct span source)
{
	if (rfc822_field_name(field).n == 0)
		__builtin_trap();
	if (span_has_prefix(source, SPAN("From ")) &&
	    !span_take_prefix(&field, SPAN("MBOX-Line: ")))
		__builtin_trap();
	if (span_has_suffix(source, SPAN("\n")) ? !span_eq(field, source)
	                                        : field.n != source.n + 1)
		__builtin_trap();
}

/* Invariant: the fields, put together, are the header, to the byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {(const char *)data, size};
	struct rfc822_header h = {.max = 4096};
	size_t start = 0, at = 0; /* of the open field; of the line */

	while (at < size) {
		size_t n = span_find(all, '\n', at) + 1;
		struct span line = span_from(span_first(all, n), at);

		switch (rfc822_header_push(&h, line)) {
		case RFC822_HEADER_FIELD:
			check_field(str_span(&h.field),
			    span_from(span_first(all, at), start));
			start = at;
			continue;
		case RFC822_HEADER_MORE:
			at += line.n;
			continue;
		case RFC822_HEADER_BODY:
		case RFC822_HEADER_BODY_UNMARKED:
		case RFC822_HEADER_LONG:
		case RFC822_HEADER_MEMORY:
			break;
		}
		break;
	}
	if (at == size && rfc822_header_end(&h))
		check_field(str_span(&h.field), span_from(all, start));
	rfc822_header_free(&h);
	return 0;
}
