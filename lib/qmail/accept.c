/* SPDX-License-Identifier: ISC */
#include "qmail/accept.h"

#include <errno.h>

#include "base/ascii.h"
#include "base/str.h"
#include "fmt/quote.h"
#include "qmail/cdb_file.h"

static int
load_map(struct constmap *m, const struct control *c, const char *name,
    const struct hash_seed *seed, struct err *e)
{
	struct str entries = {0};
	enum control_status status = control_get_list(c, name, &entries, e);
	int rc = status == CONTROL_FAILED ? -1 : status == CONTROL_FOUND;

	if (rc == 1 && constmap_init(m, &entries, CONSTMAP_PLAIN, seed) == -1) {
		errno = ENOMEM;
		rc = err_sys(e, "read control file", name);
	}
	str_free(&entries);
	return rc;
}

int
accept_load(struct accept_rules *a, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	int rc;

	*a = (struct accept_rules){.home = c->home};
	rc = load_map(&a->rcpthosts, c, "rcpthosts", seed, e);
	a->has_rcpthosts = rc == 1;
	return rc == -1 ? -1 : 0;
}

int
accept_load_senders(struct accept_rules *a, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	return load_map(&a->badmailfrom, c, "badmailfrom", seed, e) == -1 ? -1
	                                                                  : 0;
}

void
accept_free(struct accept_rules *a)
{
	constmap_free(&a->badmailfrom);
	constmap_free(&a->rcpthosts);
	*a = (struct accept_rules){0};
}

bool
accept_is_bad_sender(const struct accept_rules *a, struct span sender)
{
	return constmap_has(&a->badmailfrom, sender) ||
	       constmap_has(&a->badmailfrom,
	           span_from(sender, quote_find_at(sender)));
}

/* The next name to try: the domain itself, then its suffixes from a dot on.
 * False behind the last. */
static bool
next_suffix(struct span *name)
{
	size_t dot = span_find(*name, '.', 1);

	*name = span_from(*name, dot);
	return name->n > 0;
}

static bool
is_in_rcpthosts(const struct accept_rules *a, struct span domain)
{
	do {
		if (constmap_has(&a->rcpthosts, domain))
			return true;
	} while (next_suffix(&domain));
	return false;
}

static int
find_suffix(struct cdb_file *c, struct span domain, struct err *e)
{
	struct span data;

	do {
		enum cdb_file_status status =
		    cdb_file_find(c, domain, &data, e);

		if (status != CDB_FILE_ABSENT)
			return status == CDB_FILE_FOUND ? 1 : -1;
	} while (next_suffix(&domain));
	return 0;
}

/* The keys were lower-cased when the database was made. */
static int
is_in_database(const struct accept_rules *a, struct span domain, struct err *e)
{
	struct str lower = {0};
	struct cdb_file c;
	struct err local;
	int rc;

	if (e == NULL)
		e = &local;
	if (cdb_file_open(&c, a->home, "control/morercpthosts.cdb", e) == -1)
		return e->kind == ERR_SYS && e->sys == ENOENT ? 0 : -1;
	for (size_t i = 0; i < domain.n; i++)
		str_putc(&lower, ascii_lower(domain.p[i]));
	if (str_ok(&lower)) {
		rc = find_suffix(&c, str_span(&lower), e);
	} else {
		errno = ENOMEM;
		rc = err_sys(e, "search", "control/morercpthosts.cdb");
	}
	str_free(&lower);
	cdb_file_close(&c);
	return rc;
}

int
accept_is_ours(const struct accept_rules *a, struct span recipient,
    struct err *e)
{
	size_t at = quote_find_at(recipient);
	struct span domain = span_from(recipient, at + 1);

	if (!a->has_rcpthosts || at == recipient.n)
		return 1;
	if (domain.n == 0)
		return 0;
	if (is_in_rcpthosts(a, domain))
		return 1;
	return is_in_database(a, domain, e);
}
