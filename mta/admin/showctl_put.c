/* SPDX-License-Identifier: ISC */
#include "mta/admin/showctl_put.h"

#include <errno.h>

#include "mta/admin/showctl_json.h"
#include "mta/admin/showctl_text.h"

static void
flush_line(struct showctl_put *p)
{
	if (!str_ok(&p->line) && p->out->sys == 0)
		p->out->sys = ENOMEM;
	out_put(p->out, str_span(&p->line));
	str_reset(&p->line);
}

void
showctl_put_begin(struct showctl_put *p)
{
	p->json = (struct json){.out = &p->line};
	if (p->is_json)
		json_open_object(&p->json);
}

void
showctl_put_build(struct showctl_put *p, const struct site *site,
    uint64_t split, const struct err *e)
{
	if (p->is_json)
		showctl_json_build(&p->json, site, split);
	else
		showctl_text_build(&p->line, site, split, e);
	flush_line(p);
}

void
showctl_put_file(struct showctl_put *p, const struct showctl_file *f)
{
	if (p->is_json)
		showctl_json_file(&p->json, f);
	else
		showctl_text_file(&p->line, f);
	flush_line(p);
}

static void
open_unknown(struct showctl_put *p)
{
	if (p->in_unknown)
		return;
	json_close(&p->json); /* of files */
	json_key(&p->json, "unknown");
	json_open_array(&p->json);
	p->in_unknown = true;
}

void
showctl_put_unknown(struct showctl_put *p, const char *name)
{
	if (p->is_json) {
		open_unknown(p);
		json_string(&p->json, span_cstr(name));
	} else {
		showctl_text_unknown(&p->line, name);
	}
	flush_line(p);
}

void
showctl_put_end(struct showctl_put *p)
{
	if (p->is_json) {
		open_unknown(p);
		json_close(&p->json);
		json_close(&p->json);
		str_putc(&p->line, '\n');
	}
	flush_line(p);
	str_free(&p->line);
}
