/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/num.h"

/* A number from the environment; what is no number is 0, as it always was. */
static bool
env_number(const char *name, uint64_t *number)
{
	const char *value = getenv(name);
	struct span text = span_cstr(value);

	if (value == NULL)
		return false;
	*number = 0;
	if (!num_take_u64(&text, UINT64_MAX, number))
		*number = 0;
	return true;
}

static void
load_environment(struct smtpd_config *c)
{
	c->relayclient = getenv("RELAYCLIENT");
	received_smtp_from_environment(&c->peer);
	c->lax = getenv("SMTPD_LAX") != NULL;
	c->log = getenv("SMTPD_LOG") != NULL;
	c->allow_bare_lf = getenv("ALLOW_BARELF") != NULL;
	c->reject_bare_cr =
	    span_eq(span_cstr(getenv("SMTPD_BARECR")), SPAN("reject"));
	c->max_session_s = SMTPD_SESSION_S;
	(void)env_number("SMTPD_MAXSESSION", &c->max_session_s);
	if (c->max_session_s > INT32_MAX)
		c->max_session_s = INT32_MAX;
}

static int
load_numbers(struct smtpd_config *c, const struct control *control,
    struct err *e)
{
	if (control_get_int(control, "timeoutsmtpd", &c->timeout_s, e) ==
	        CONTROL_FAILED ||
	    control_get_int(control, "maxhops", &c->max_hops, e) ==
	        CONTROL_FAILED ||
	    accept_load_databytes(control, &c->databytes, e) == -1)
		return -1;
	if (c->timeout_s == 0)
		c->timeout_s = 1;
	return 0;
}

static int
load_names(struct smtpd_config *c, const struct control *control, struct err *e)
{
	switch (control_get_line(control, "smtpgreeting", &c->greeting, e)) {
	case CONTROL_FAILED:
		return -1;
	case CONTROL_ABSENT:
		return err_set(e, ERR_FORMAT,
		    "neither control/smtpgreeting nor control/me is there");
	case CONTROL_FOUND:
	case CONTROL_DEFAULT:
		break;
	}
	switch (control_get_line(control, "localiphost", &c->localiphost, e)) {
	case CONTROL_FAILED:
		return -1;
	case CONTROL_ABSENT:
		return 0;
	case CONTROL_FOUND:
	case CONTROL_DEFAULT:
		break;
	}
	c->has_localiphost = true;
	return 0;
}

static int
load_lists(struct smtpd_config *c, const struct control *control, struct err *e)
{
	if (control_get_list(control, "moreipme", &c->moreipme, e) ==
	        CONTROL_FAILED ||
	    control_get_list(control, "notipme", &c->notipme, e) ==
	        CONTROL_FAILED)
		return -1;
	return 0;
}

/* The check is a service to the sender, not a condition: when the rules of
 * delivery cannot be read, everybody is accepted. */
static int
load_rcptcheck(struct smtpd_config *c, const struct site *site,
    const struct control *control, const struct hash_seed *seed, struct err *e)
{
	uint32_t wanted;

	if (control_get_int(control, "rcptcheck", &wanted, e) == CONTROL_FAILED)
		return -1;
	c->has_rcptcheck = wanted != 0 && rcptcheck_load(&c->rcptcheck, site,
	                                      control, seed, NULL) == 0;
	return 0;
}

int
smtpd_config_load(struct smtpd_config *c, const struct site *site,
    struct err *e)
{
	struct control control;
	struct hash_seed seed;
	int rc;

	*c = (struct smtpd_config){.timeout_s = 1}; /* for a refusal */
	if (hash_seed_make(&seed) == -1)
		return err_sys(e, "get", "random bytes");
	rc = control_open(&control, AT_FDCWD, e);
	if (rc == 0)
		rc = load_numbers(c, &control, e);
	if (rc == 0)
		rc = load_names(c, &control, e);
	if (rc == 0)
		rc = load_lists(c, &control, e);
	if (rc == 0)
		rc = accept_load(&c->accept, &control, &seed, e);
	if (rc == 0)
		rc = accept_load_senders(&c->accept, &control, &seed, e);
	if (rc == 0)
		rc = load_rcptcheck(c, site, &control, &seed, e);
	control_close(&control);
	load_environment(c);
	return rc;
}

void
smtpd_config_free(struct smtpd_config *c)
{
	str_free(&c->greeting);
	str_free(&c->localiphost);
	str_free(&c->moreipme);
	str_free(&c->notipme);
	accept_free(&c->accept);
	rcptcheck_free(&c->rcptcheck);
}
