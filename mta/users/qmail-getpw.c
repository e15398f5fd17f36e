/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "base/fd.h"
#include "qmail/users.h"

/* Says nothing but its answer: qmail-lspawn has a sentence for each status. */
int
main(int argc, char **argv)
{
	enum users_getpw_status status;
	struct str text = {0};
	struct site site;

	if (argc < 2)
		return USERS_GETPW_USAGE;
	if (site_find(&site, NULL) == -1 ||
	    site_become_owner(&site, NULL) == -1)
		return USERS_GETPW_SYSTEM;
	status = users_getpw(&site, span_cstr(argv[1]), &text, NULL);
	if (status == USERS_GETPW_OK &&
	    fd_write_full(STDOUT_FILENO, text.p, text.n) == -1)
		status = USERS_GETPW_SYSTEM;
	str_free(&text);
	return (int)status;
}
