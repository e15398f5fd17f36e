/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/report_plan.h"

#include <inttypes.h>

#include "qmail/repair/damage.h"
#include "tools/qfixq/report.h"

static void
put_group(const struct plan *p, const struct plan_group *g, struct str *t)
{
	str_put_cstr(t, g->damage->id);
	str_put_cstr(t, " -");
	str_putc(t, finding_fix_letter(g->fix));
	if (g->id != 0)
		str_putc(t, ' ');
	report_put_token(t, g->id, g->birth);
	str_put_cstr(t, ":\n");
	for (size_t i = 0; i < g->ops; i++) {
		str_put_cstr(t, "  ");
		plan_put_op(p, &p->op[g->first + i], t);
		str_putc(t, '\n');
	}
}

void
report_plan_human(const struct plan *p, struct out *out)
{
	struct str t = {0};

	if (p->groups == 0)
		return;
	out_put_cstr(out, "plan:\n");
	for (size_t i = 0; i < p->groups; i++) {
		put_group(p, &p->group[i], &t);
		out_put(out, str_span(&t));
		str_reset(&t);
	}
	str_free(&t);
}

static void
put_place(const struct plan *p, const struct plan_place *place, const char *key,
    const char *area_key, struct json *j)
{
	if (place->n == 0)
		return;
	json_key(j, key);
	json_string(j, plan_path(p, place));
	if (place->area == PLAN_QUEUE)
		return;
	json_key(j, area_key);
	json_string(j, span_cstr(plan_area_name(place->area)));
}

static void
put_time(struct json *j, const char *key, int64_t when)
{
	if (when == PLAN_KEEP_TIME)
		return;
	json_key(j, key);
	if (when == PLAN_NOW)
		json_string(j, SPAN("now"));
	else
		json_i64(j, when);
}

static void
put_id(struct json *j, const char *key, int64_t id)
{
	if (id == PLAN_KEEP_ID)
		return;
	json_key(j, key);
	json_i64(j, id);
}

static void
put_op(const struct plan *p, const struct plan_op *op, struct json *j)
{
	json_open_object(j);
	json_key(j, "op");
	json_string(j, span_cstr(plan_kind_name(op->kind)));
	put_place(p, &op->from, "path", "area", j);
	put_place(p, &op->to, "to", "to_area", j);
	put_id(j, "uid", op->uid);
	put_id(j, "gid", op->gid);
	if (op->mode != 0) {
		json_key(j, "mode");
		json_u64(j, op->mode);
	}
	put_time(j, "atime", op->atime);
	put_time(j, "mtime", op->mtime);
	if (op->kind == PLAN_RESIZE || op->kind == PLAN_CREATE) {
		json_key(j, "size");
		json_u64(j, op->size);
	}
	if (op->kind == PLAN_PATCH) {
		json_key(j, "offset");
		json_u64(j, op->offset);
	}
	if (op->bytes_n > 0) {
		json_key(j, "bytes");
		json_string(j, plan_bytes(p, op));
	}
	json_close(j);
}

static void
put_json_group(const struct plan *p, const struct plan_group *g, struct json *j)
{
	const char letter[2] = {finding_fix_letter(g->fix), '\0'};
	struct str token = {0};

	json_open_object(j);
	json_key(j, "id");
	json_string(j, span_cstr(g->damage->id));
	json_key(j, "fix");
	json_string(j, span_cstr(letter));
	report_put_token(&token, g->id, g->birth);
	json_key(j, "message");
	json_string(j, str_span(&token));
	str_free(&token);
	json_key(j, "ops");
	json_open_array(j);
	for (size_t i = 0; i < g->ops; i++)
		put_op(p, &p->op[g->first + i], j);
	json_close(j);
	json_close(j);
}

void
report_plan_json(const struct plan *p, struct json *j, struct out *out)
{
	json_open_array(j);
	for (size_t i = 0; i < p->groups; i++) {
		put_json_group(p, &p->group[i], j);
		out_put(out, str_span(j->out));
		str_reset(j->out);
	}
	json_close(j);
}
