/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sig.h"
#include "mta/qmtp/qmtpd.h"

static void
end_session(int signal)
{
	(void)signal;
	_exit(QMTP_TEMPORARY);
}

int
main(void)
{
	struct qmtpd d = {.out = STDOUT_FILENO};
	struct site site;
	enum qmtp_end end;

	if (fd_ensure_standard() == -1)
		return QMTP_TEMPORARY;
	sig_ignore(SIGPIPE);
	sig_catch(SIGALRM, end_session);
	(void)alarm(QMTP_SESSION_S);
	d.site = &site;
	if (site_enter(&site, NULL) == -1)
		return QMTP_TEMPORARY;
	if (qmtpd_load(&d, NULL) == -1)
		return QMTP_TEMPORARY;
	if (in_open(&d.q.in, STDIN_FILENO) == -1)
		return QMTP_TEMPORARY;
	end = qmtpd_serve(&d);
	qmtpd_free(&d);
	return (int)end;
}
