/* SPDX-License-Identifier: ISC */
#include "qmail/route.h"

#include <string.h>

#include "fmt/quote.h"

/* ---- loading ------------------------------------------------------------- */

/* Without a list of its own and without me nobody would be local, and all mail
 * for this host would be sent out. */
static int
load_locals(const struct control *c, const struct hash_seed *seed,
    struct constmap *m, struct err *e)
{
	switch (constmap_load(m, c, "locals", CONSTMAP_PLAIN, seed, e)) {
	case 0:
		return err_set(e, ERR_LIMIT,
		    "control/locals and control/me are both missing");
	case 1:
		return 0;
	default:
		return -1;
	}
}

int
route_load(struct route *r, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	*r = (struct route){.seed = *seed};
	if (control_get_line(c, "envnoathost", &r->envnoathost, e) ==
	    CONTROL_FAILED)
		goto fail;
	if (load_locals(c, seed, &r->locals, e) == -1)
		goto fail;
	if (constmap_load(&r->percenthack, c, "percenthack", CONSTMAP_PLAIN,
	        seed, e) == -1)
		goto fail;
	if (constmap_load(&r->virtualdomains, c, "virtualdomains",
	        CONSTMAP_COLON, seed, e) == -1)
		goto fail;
	return 0;
fail:
	route_free(r);
	return -1;
}

void
route_free(struct route *r)
{
	str_free(&r->envnoathost);
	constmap_free(&r->percenthack);
	constmap_free(&r->locals);
	constmap_free(&r->virtualdomains);
	*r = (struct route){0};
}

enum route_reload
route_reload(struct route *r, const struct control *c, struct err *e)
{
	struct constmap locals, virtualdomains;

	if (load_locals(c, &r->seed, &locals, e) == -1)
		return ROUTE_KEPT_LOCALS;
	if (constmap_load(&virtualdomains, c, "virtualdomains", CONSTMAP_COLON,
	        &r->seed, e) == -1) {
		constmap_free(&locals);
		return ROUTE_KEPT_VIRTUALDOMAINS;
	}
	constmap_free(&r->locals);
	constmap_free(&r->virtualdomains);
	r->locals = locals;
	r->virtualdomains = virtualdomains;
	return ROUTE_RELOADED;
}

/* ---- routing ------------------------------------------------------------- */

/* box%host@gate becomes box@host as long as gate is in percenthack. address
 * lies in writable memory of the caller; returns its new length. */
static size_t
undo_percent(const struct route *r, char *address, size_t n)
{
	for (;;) {
		struct span all = {address, n};
		size_t at = quote_find_at(all);
		size_t percent = span_rfind(span_first(all, at), '%');

		if (percent == at ||
		    !constmap_has(&r->percenthack, span_from(all, at + 1)))
			return n;
		address[percent] = '@';
		n = at;
	}
}

/* Entries for the domain, for each part of it that begins with a dot, and for
 * everything (the empty key), in this order. domain: behind the '@'. */
static bool
find_domain(const struct route *r, struct span domain, struct span *prepend)
{
	for (size_t i = 0;; i = span_find(domain, '.', i + 1)) {
		if (constmap_find(&r->virtualdomains, span_from(domain, i),
		        prepend))
			return true;
		if (i >= domain.n)
			return false;
	}
}

static bool
find_virtual(const struct route *r, struct span address, struct span *prepend)
{
	size_t at = quote_find_at(address);

	return constmap_find(&r->virtualdomains, address, prepend) ||
	       find_domain(r, span_from(address, at + 1), prepend);
}

/* Puts "prepend-" before what lies in *out from start on. */
static void
put_before(struct str *out, size_t start, struct span prepend)
{
	size_t n = out->n - start;

	if (str_room(out, prepend.n + 1) == NULL)
		return;
	memmove(out->p + start + prepend.n + 1, out->p + start, n);
	memcpy(out->p + start, prepend.p, prepend.n);
	out->p[start + prepend.n] = '-';
	str_added(out, prepend.n + 1);
}

enum route_channel
route_put(const struct route *r, struct span recipient, struct str *out)
{
	size_t start = out->n, n;
	struct span address, prepend = {0};

	str_put(out, recipient);
	if (quote_find_at(recipient) == recipient.n) {
		str_putc(out, '@');
		str_put(out, str_span(&r->envnoathost));
	}
	if (!str_ok(out))
		return ROUTE_REMOTE;
	n = undo_percent(r, out->p + start, out->n - start);
	str_cut(out, start + n);

	address = span_from(str_span(out), start);
	if (constmap_has(&r->locals,
	        span_from(address, quote_find_at(address) + 1)))
		return ROUTE_LOCAL;
	if (!find_virtual(r, address, &prepend) || prepend.n == 0)
		return ROUTE_REMOTE;
	put_before(out, start, prepend);
	return ROUTE_LOCAL;
}

/* ---- the way back -------------------------------------------------------- */

/* True when address, rewritten with this prepend, is the recipient. */
static bool
is_rewritten(struct span recipient, struct span prepend, struct span *address)
{
	if (prepend.n == 0 || !span_take_prefix(&recipient, prepend) ||
	    !span_take_prefix(&recipient, SPAN("-")))
		return false;
	*address = recipient;
	return true;
}

struct span
route_strip(const struct route *r, struct span recipient)
{
	size_t at = quote_find_at(recipient), dash;
	struct span prepend, address;

	if (at == recipient.n)
		return recipient;
	/* entries for one address come first, as in routing */
	for (dash = span_find(recipient, '-', 0); dash < at;
	     dash = span_find(recipient, '-', dash + 1)) {
		address = span_from(recipient, dash + 1);
		if (constmap_find(&r->virtualdomains, address, &prepend) &&
		    span_eq(prepend, span_first(recipient, dash)))
			return address;
	}
	if (find_domain(r, span_from(recipient, at + 1), &prepend) &&
	    is_rewritten(recipient, prepend, &address))
		return address;
	return recipient;
}
