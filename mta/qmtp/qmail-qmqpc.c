/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <unistd.h>

#include "base/sig.h"
#include "mta/qmtp/qmqpc.h"
#include "qmail/site.h"

int
main(void)
{
	struct site site;

	/* descriptors 0 and 1 are the message and the envelope: closed ones
	 * are read errors, as with qmail-queue */
	sig_ignore(SIGPIPE);
	if (site_enter(&site, NULL) == -1)
		return QUEUE_EXIT_HOME;
	return (int)qmqpc_run(STDIN_FILENO, STDOUT_FILENO);
}
