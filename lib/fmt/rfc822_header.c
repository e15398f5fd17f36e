/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_header.h"

#include "base/ascii.h"
#include "fmt/rfc822_field.h"

enum rfc822_line
rfc822_line_kind(struct span line, bool field_open)
{
	if (field_open && line.n > 0 && ascii_is_blank(line.p[0]))
		return RFC822_LINE_MORE;
	if (span_eq(line, SPAN("\n")))
		return RFC822_LINE_END;
	if (span_has_prefix(line, SPAN("From ")))
		return RFC822_LINE_MBOX;
	return rfc822_field_name(line).n > 0 ? RFC822_LINE_FIELD
	                                     : RFC822_LINE_BODY;
}

static enum rfc822_event
add_line(struct rfc822_header *h, struct span line)
{
	if (h->field.n > h->max || line.n > h->max - h->field.n)
		return RFC822_HEADER_LONG;
	str_put(&h->field, line);
	if (!span_has_suffix(line, SPAN("\n")))
		str_putc(&h->field, '\n');
	return str_ok(&h->field) ? RFC822_HEADER_MORE : RFC822_HEADER_MEMORY;
}

enum rfc822_event
rfc822_header_push(struct rfc822_header *h, struct span line)
{
	bool open = h->field.n > 0 && !h->complete;
	enum rfc822_line kind;

	if (h->complete) {
		h->complete = false;
		str_reset(&h->field);
	}
	kind = rfc822_line_kind(line, open);
	if (open && kind != RFC822_LINE_MORE) {
		h->complete = true;
		return RFC822_HEADER_FIELD;
	}
	switch (kind) {
	case RFC822_LINE_MBOX:
		str_put(&h->field, SPAN("MBOX-Line: "));
		return add_line(h, line);
	case RFC822_LINE_MORE:
	case RFC822_LINE_FIELD:
		return add_line(h, line);
	case RFC822_LINE_END:
		return RFC822_HEADER_BODY;
	case RFC822_LINE_BODY:
		break;
	}
	return RFC822_HEADER_BODY_UNMARKED;
}

bool
rfc822_header_end(struct rfc822_header *h)
{
	bool open = h->field.n > 0 && !h->complete;

	h->complete = true;
	return open;
}

void
rfc822_header_free(struct rfc822_header *h)
{
	str_free(&h->field);
	*h = (struct rfc822_header){0};
}
