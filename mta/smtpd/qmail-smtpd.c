/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sig.h"
#include "mta/smtpd/smtpd.h"

static void
refuse(struct smtpd *s, const char *reply)
{
	smtpd_reply(s, reply);
	if (smtpd_flush(s) != SMTPD_GO_ON)
		exit(1);
}

int
main(void)
{
	struct smtpd s = {.in = STDIN_FILENO, .out = STDOUT_FILENO};
	struct site site;
	enum smtpd_end end;

	if (fd_ensure_standard() == -1)
		return 1;
	sig_ignore(SIGPIPE);
	s.started_ms = clock_monotonic_ms();
	s.config.timeout_s = 1; /* for a refusal before the controls are read */
	s.site = &site;
	if (site_enter(&site, NULL) == -1) {
		refuse(&s, "421 unable to enter the home directory (#4.3.0)");
		return 1;
	}
	if (smtpd_config_load(&s.config, &site, NULL) == -1) {
		refuse(&s, "421 unable to read controls (#4.3.0)");
		return 1;
	}
	s.input = malloc(SMTPD_INPUT);
	if (s.input == NULL) {
		refuse(&s, "421 out of memory (#4.3.0)");
		return 1;
	}
	end = smtpd_serve(&s);
	smtpd_config_free(&s.config);
	free(s.input);
	ipme_free(&s.me);
	str_free(&s.reply);
	str_free(&s.helo);
	str_free(&s.sender);
	str_free(&s.recipients);
	return end == SMTPD_QUIT ? EXIT_SUCCESS : 1;
}
