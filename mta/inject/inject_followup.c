/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_followup.h"

#include <errno.h>
#include <fcntl.h>

#include "base/ascii.h"
#include "base/file.h"
#include "fmt/quote.h"
#include "qmail/control.h"

enum { FOLLOWUP_FILE_MAX = 1024 * 1024 };

int
inject_followup_load(struct inject *m, struct err *e)
{
	struct str file = {0};
	int rc = 0;

	if (m->env.followup_file == NULL)
		return 0;
	if (file_load(AT_FDCWD, m->env.followup_file, FOLLOWUP_FILE_MAX, &file,
	        e) == 0)
		control_parse_list(str_span(&file), &m->lists);
	else if (e->kind != ERR_SYS || e->sys != ENOENT)
		rc = -1;
	str_free(&file);
	if (rc == -1)
		e->kind = ERR_SYS;
	return rc == 0 && !str_ok(&m->lists) ? inject_no_memory(e) : rc;
}

static bool
is_listed(const struct inject *m, struct span address)
{
	struct span rest = str_span(&m->lists), entry;

	while (span_take_nul(&rest, &entry)) {
		if (ascii_eq_nocase(entry, address))
			return true;
	}
	return false;
}

static bool
goes_to_list(const struct inject *m)
{
	struct span rest = str_span(&m->followup), address;

	while (span_take_nul(&rest, &address)) {
		if (is_listed(m, address))
			return true;
	}
	return false;
}

/* Takes the last item of a list from its end. */
static bool
take_last(struct span *list, struct span *item)
{
	size_t start;

	if (list->n == 0)
		return false;
	list->n--; /* the NUL behind the item */
	start = span_rfind(*list, '\0');
	start = start == list->n ? 0 : start + 1;
	*item = span_from(*list, start);
	list->n = start;
	return true;
}

void
inject_followup_put(const struct inject *m, struct str *out)
{
	struct span rest = str_span(&m->followup), address;
	const char *separator = "Mail-Followup-To: ";

	if (!goes_to_list(m))
		return;
	while (take_last(&rest, &address)) {
		str_put_cstr(out, separator);
		quote_put_mailbox(out, address);
		separator = ",\n  ";
	}
	str_putc(out, '\n');
}
