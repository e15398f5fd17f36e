/* SPDX-License-Identifier: ISC */
#include "mta/remote/remote.h"

void
remote_report(struct remote *r, char letter, const char *text)
{
	str_putc(&r->report, letter);
	str_put_cstr(&r->report, text);
	str_put(&r->report, SPAN("\n\0"));
}

void
remote_report_name(struct remote *r, char letter, const char *before,
    struct span name, const char *after)
{
	str_putc(&r->report, letter);
	str_put_cstr(&r->report, before);
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		str_putc(&r->report, c < 33 || c > 126 ? '?' : (char)c);
	}
	str_put_cstr(&r->report, after);
	str_put(&r->report, SPAN("\n\0"));
}

void
remote_report_reset(struct remote *r)
{
	str_reset(&r->report);
}
