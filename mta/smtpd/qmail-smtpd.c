/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sig.h"
#include "mta/smtpd/smtpd.h"

/* NULL, or what to greet with instead. */
static const char *
prepare(struct smtpd *s, struct site *site)
{
	s->site = site;
	if (site_enter(site, NULL) == -1)
		return "421 unable to enter the home directory (#4.3.0)";
	if (smtpd_config_load(&s->config, site, NULL) == -1)
		return "421 unable to read controls (#4.3.0)";
	s->input = malloc(SMTPD_INPUT);
	return s->input == NULL ? "421 out of memory (#4.3.0)" : NULL;
}

int
main(void)
{
	struct smtpd s = {.in = STDIN_FILENO, .out = STDOUT_FILENO};
	struct site site;
	enum smtpd_end end;
	const char *refusal;

	if (fd_ensure_standard() == -1)
		return 1;
	sig_ignore(SIGPIPE);
	s.started_ms = clock_monotonic_ms();
	s.config.timeout_s = 1; /* for a refusal before the controls are read */
	refusal = prepare(&s, &site);
	if (refusal == NULL) {
		end = smtpd_serve(&s);
	} else {
		smtpd_reply(&s, refusal);
		end = smtpd_flush(&s);
	}
	smtpd_config_free(&s.config);
	free(s.input);
	ipme_free(&s.me);
	str_free(&s.reply);
	str_free(&s.helo);
	str_free(&s.sender);
	str_free(&s.recipients);
	return end == SMTPD_QUIT ? EXIT_SUCCESS : 1;
}
