/* SPDX-License-Identifier: ISC */
#include "qmail/accept.h"

#include <errno.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/num.h"
#include "base/str.h"
#include "fmt/quote.h"
#include "qmail/cdb_file.h"

int
accept_load(struct accept_rules *a, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	int rc;

	*a = (struct accept_rules){.home = c->home};
	rc = constmap_load(&a->rcpthosts, c, "rcpthosts", CONSTMAP_PLAIN, seed,
	    e);
	a->has_rcpthosts = rc == 1;
	return rc == -1 ? -1 : 0;
}

int
accept_load_senders(struct accept_rules *a, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	return constmap_load(&a->badmailfrom, c, "badmailfrom", CONSTMAP_PLAIN,
	           seed, e) == -1
	           ? -1
	           : 0;
}

int
accept_load_databytes(const struct control *c, uint64_t *bytes, struct err *e)
{
	const char *given = getenv("DATABYTES");
	struct span text = span_cstr(given);
	uint32_t from_file = 0;

	if (control_get_int(c, "databytes", &from_file, e) == CONTROL_FAILED)
		return -1;
	*bytes = from_file;
	/* what is no number is 0, as it always was */
	if (given != NULL && !num_take_u64(&text, UINT64_MAX, bytes))
		*bytes = 0;
	return 0;
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
