/* SPDX-License-Identifier: ISC */
#include "mta/admin/showctl_put.h"

#include "mta/admin/showctl_json.h"
#include "mta/admin/showctl_text.h"

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
	out_put_str(p->out, &p->line);
}

void
showctl_put_file(struct showctl_put *p, const struct showctl_file *f)
{
	if (p->is_json)
		showctl_json_file(&p->json, f);
	else
		showctl_text_file(&p->line, f);
	out_put_str(p->out, &p->line);
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
	out_put_str(p->out, &p->line);
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
	out_put_str(p->out, &p->line);
	str_free(&p->line);
}
