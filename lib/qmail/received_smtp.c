/* SPDX-License-Identifier: ISC */
#include "qmail/received_smtp.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "fmt/date.h"

static bool
is_safe(char c)
{
	static const char others[] = ".@%+/=:-[]";

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       ascii_is_digit(c) ||
	       memchr(others, c, sizeof(others) - 1) != NULL;
}

static void
put_safe(struct str *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		str_putc(out, is_safe(bytes.p[i]) ? bytes.p[i] : '?');
}

void
received_smtp_put(struct str *out, const struct received_smtp *r, int64_t now)
{
	str_put(out, SPAN("Received: from "));
	put_safe(out, r->host);
	if (r->helo.p != NULL && !ascii_eq_nocase(r->helo, r->host)) {
		str_put(out, SPAN(" (HELO "));
		put_safe(out, r->helo);
		str_putc(out, ')');
	}
	str_put(out, SPAN(" ("));
	if (r->info.p != NULL) {
		put_safe(out, r->info);
		str_putc(out, '@');
	}
	put_safe(out, r->ip);
	str_put(out, SPAN(")\n  by "));
	put_safe(out, r->local);
	str_put(out, SPAN(" with "));
	put_safe(out, r->protocol);
	str_put(out, SPAN("; "));
	date_put_822(out, now);
	str_putc(out, '\n');
}

static struct span
env_or(const char *name, struct span fallback)
{
	const char *value = getenv(name);

	return value == NULL ? fallback : span_cstr(value);
}

void
received_smtp_from_environment(struct received_smtp *r)
{
	static const struct span unknown = SPAN_INIT("unknown");

	r->host = env_or("TCPREMOTEHOST", unknown);
	r->info = env_or("TCPREMOTEINFO", (struct span){0});
	r->ip = env_or("TCPREMOTEIP", unknown);
	(void)span_take_prefix(&r->ip, SPAN("::ffff:"));
	r->local = env_or("TCPLOCALHOST", env_or("TCPLOCALIP", unknown));
}
