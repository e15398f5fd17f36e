/* SPDX-License-Identifier: ISC */
#include "mta/local/lspawn_report.h"

#include <sys/wait.h>

#define CUT_NOTICE "\nThe rest of this report was too long.\n"

enum { CUT_BYTES = 2997 }; /* a report that was cut, with its notice */

/* Statuses with a text of their own; the child's output is dropped. The first
 * words of 113, 116 and 117 are what people and tools look for. */
static const struct {
	int status;
	const char *text;
} fixed[] = {
    {LSPAWN_INTERNAL, "ZInternal trouble in qmail-lspawn. (#4.3.0)\n"},
    {LSPAWN_ROOT, "ZNot allowed: deliveries as root are refused. (#4.3.5)\n"},
    {LSPAWN_STAT, "ZA home directory cannot be examined now. (#4.3.0)\n"},
    {LSPAWN_NO_ALIAS,
        "ZUnable to find alias user: nobody to take this mail. (#4.3.5)\n"},
    {LSPAWN_CDB, "ZTrouble reading users/cdb. (#4.3.5)\n"},
    {LSPAWN_SYSTEM, "ZSystem trouble while looking up the user. (#4.3.0)\n"},
    {LSPAWN_MEMORY, "ZOut of memory before the delivery. (#4.3.0)\n"},
    {LSPAWN_NO_LOCAL, "ZUnable to run qmail-local. (#4.3.0)\n"},
    {LSPAWN_NO_GETPW, "ZUnable to run qmail-getpw. (#4.3.0)\n"},
    {126, "DUnable to run qmail-local for this user. (#5.3.0)\n"},
};

static char
letter_of(int status)
{
	switch (status) {
	case 0:
		return 'K';
	case 71:
	case 74:
	case 75:
	case 111:
		return 'Z';
	default:
		return 'D';
	}
}

void
lspawn_report(const struct spawn_result *r, struct str *out)
{
	struct span text = r->output;
	int status;

	if (!WIFEXITED(r->status)) {
		str_put_cstr(out, "Zqmail-local crashed. (#4.3.0)\n");
		return;
	}
	status = WEXITSTATUS(r->status);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (fixed[i].status == status) {
			str_put_cstr(out, fixed[i].text);
			return;
		}
	}
	str_putc(out, letter_of(status));
	text = span_first(text, span_find(text, '\0', 0));
	if (!r->cut || text.n < r->output.n) {
		str_put(out, text);
		return;
	}
	str_put(out, span_first(text, CUT_BYTES - (sizeof(CUT_NOTICE) - 1)));
	str_put(out, SPAN(CUT_NOTICE));
}
