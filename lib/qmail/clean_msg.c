/* SPDX-License-Identifier: ISC */
#include "qmail/clean_msg.h"

#include "base/num.h"
#include "qmail/queue_path.h"

static const struct span verbs[] = {
    [CLEAN_TODO] = SPAN_INIT("todo/"),
    [CLEAN_FOOP] = SPAN_INIT("foop/"),
};

void
clean_msg_put(struct str *out, const struct clean_msg *m)
{
	str_put(out, verbs[m->verb]);
	if (m->has_sub) {
		str_put_u64(out, m->sub);
		str_putc(out, '/');
	}
	str_put_u64(out, m->id);
	str_putc(out, '\0');
}

bool
clean_msg_parse(struct span request, struct clean_msg *m)
{
	struct clean_msg got = {0};
	size_t slash;

	if (request.n + 1 < CLEAN_MSG_MIN || request.n + 1 > CLEAN_MSG_MAX)
		return false;
	if (span_take_prefix(&request, verbs[CLEAN_FOOP]))
		got.verb = CLEAN_FOOP;
	else if (!span_take_prefix(&request, verbs[CLEAN_TODO]))
		return false;
	slash = span_find(request, '/', 0);
	if (slash < request.n) {
		got.has_sub = true;
		if (!num_parse_canonical(span_first(request, slash),
		        QUEUE_SPLIT_MAX, &got.sub))
			return false;
		request = span_from(request, slash + 1);
	}
	if (!queue_id_parse(request, &got.id))
		return false;
	*m = got;
	return true;
}
