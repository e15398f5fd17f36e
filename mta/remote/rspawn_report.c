/* SPDX-License-Identifier: ISC */
#include "mta/remote/rspawn_report.h"

#include <sys/wait.h>

#include "qmail/remote_report.h"

void
rspawn_report(const struct spawn_result *r, struct str *out)
{
	if (!WIFEXITED(r->status))
		str_put_cstr(out, "Zqmail-remote crashed. (#4.3.0)\n");
	else if (WEXITSTATUS(r->status) == RSPAWN_NO_REMOTE)
		str_put_cstr(out, "ZUnable to run qmail-remote. (#4.3.0)\n");
	else if (WEXITSTATUS(r->status) != 0)
		str_put_cstr(out,
		    "Dqmail-remote failed without a report. (#5.3.0)\n");
	else if (r->output.n == 0)
		str_put_cstr(out, "Zqmail-remote gave no report. (#4.3.0)\n");
	else if (r->cut && !remote_report_has_result(r->output))
		/* its verdict may be in the part that was dropped */
		str_put_cstr(out,
		    "ZThe report of qmail-remote was too long. (#4.3.0)\n");
	else
		remote_report_condense(r->output, out);
}
