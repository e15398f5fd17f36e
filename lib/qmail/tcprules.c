/* SPDX-License-Identifier: ISC */
#include "qmail/tcprules.h"

#include "base/ascii.h"

/* ---- source lines ---------------------------------------------------------
 */

bool
tcprules_variable_take(struct span *variables, struct span *name,
    struct span *value)
{
	struct span rest = *variables;
	size_t equals, end;

	if (!span_take_prefix(&rest, SPAN(",")))
		return false;
	equals = span_find(rest, '=', 0);
	if (rest.n - equals < 2)
		return false;
	end = span_find(rest, rest.p[equals + 1], equals + 2);
	if (end == rest.n)
		return false;
	*name = span_first(rest, equals);
	*value = span_from(span_first(rest, end), equals + 2);
	*variables = span_from(rest, end + 1);
	return true;
}

/* "allow" or "deny", then variables to the end. */
static bool
parse_instructions(struct span text, struct tcprules_line *l)
{
	struct span name, value;

	l->deny = span_take_prefix(&text, SPAN("deny"));
	if (!l->deny && !span_take_prefix(&text, SPAN("allow")))
		return false;
	l->variables = text;
	while (tcprules_variable_take(&text, &name, &value)) {
	}
	return text.n == 0;
}

/* IPv6 addresses have colons of their own: the address ends at the first colon
 * with instructions behind it. */
enum tcprules_line_status
tcprules_line_parse(struct span line, struct tcprules_line *l)
{
	size_t colon;

	if (span_has_prefix(line, SPAN("#")))
		return TCPRULES_LINE_COMMENT;
	line = ascii_trim_end(line);
	colon = span_find(line, ':', 0);
	if (colon == line.n)
		return TCPRULES_LINE_IGNORED;
	for (; colon < line.n; colon = span_find(line, ':', colon + 1)) {
		if (!parse_instructions(span_from(line, colon + 1), l))
			continue;
		l->address = span_first(line, colon);
		return TCPRULES_LINE_RULE;
	}
	return TCPRULES_LINE_BAD;
}

void
tcprules_line_put_data(const struct tcprules_line *l, struct str *data)
{
	struct span rest = l->variables, name, value;

	if (l->deny)
		str_put(data, SPAN("D\0"));
	while (tcprules_variable_take(&rest, &name, &value)) {
		str_putc(data, '+');
		str_put(data, name);
		str_putc(data, '=');
		str_put(data, value);
		str_putc(data, '\0');
	}
}

/* ---- records --------------------------------------------------------------
 */

bool
tcprules_item_take(struct span *data, struct tcprules_item *item)
{
	struct span text;
	size_t equals;

	while (span_take_nul(data, &text)) {
		*item = (struct tcprules_item){0};
		if (span_has_prefix(text, SPAN("D"))) {
			item->is_deny = true;
			return true;
		}
		if (!span_take_prefix(&text, SPAN("+")))
			continue;
		equals = span_find(text, '=', 0);
		if (equals == text.n || equals == 0)
			continue;
		item->name = span_first(text, equals);
		item->value = span_from(text, equals + 1);
		return true;
	}
	return false;
}

/* All records are looked at: that costs little for the few that such files
 * have, and needs no assumption about how their addresses are spelled. */
enum cdb_file_status
tcprules_find(struct cdb_file *c, const struct tcprules_peer *peer,
    struct span *key, struct span *data, struct err *e)
{
	enum cdb_file_status status;
	struct span each_key, each_data;
	uint64_t best = 0;
	unsigned at = 0;

	for (;;) {
		uint64_t rank;

		status = cdb_file_next(c, &at, &each_key, &each_data, e);
		if (status != CDB_FILE_FOUND)
			break;
		rank = tcprules_rank(each_key, peer);
		if (rank <= best)
			continue;
		best = rank;
		*key = each_key;
		*data = each_data;
	}
	if (status == CDB_FILE_FAILED)
		return status;
	return best > 0 ? CDB_FILE_FOUND : CDB_FILE_ABSENT;
}
