/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>

#include "base/hash.h"
#include "mta/remote/remote.h"
#include "qmail/control.h"

static int
load_helohost(struct remote_config *c, const struct control *control,
    struct err *e)
{
	enum control_status status =
	    control_get_line(control, "helohost", &c->helohost, e);

	if (status == CONTROL_ABSENT)
		return err_set(e, ERR_FORMAT,
		    "neither control/helohost nor control/me is there");
	return status == CONTROL_FAILED ? -1 : 0;
}

static int
load_ipme(struct remote_config *c, const struct control *control, struct err *e)
{
	struct str more = {0}, notme = {0};
	int rc = -1;

	if (control_get_list(control, "moreipme", &more, e) != CONTROL_FAILED &&
	    control_get_list(control, "notipme", &notme, e) != CONTROL_FAILED)
		rc = ipme_add_interfaces(&c->me, e);
	if (rc == 0 && (!ipme_add_list(&c->me, str_span(&more), true) ||
	                   !ipme_add_list(&c->me, str_span(&notme), false)))
		rc = err_set(e, ERR_SYS, "out of memory");
	str_free(&more);
	str_free(&notme);
	return rc;
}

static int
load_bindings(struct remote_config *c, const struct control *control,
    const struct hash_seed *seed, struct err *e)
{
	if (control_get_list(control, "outgoingip", &c->outgoingip, e) ==
	    CONTROL_FAILED)
		return -1;
	return constmap_load(&c->bindings, control, "domainbindings",
	           CONSTMAP_COLON, seed, e) == -1
	           ? -1
	           : 0;
}

static int
load_numbers(struct remote_config *c, const struct control *control,
    struct err *e)
{
	uint32_t mxps = 0;

	if (control_get_int(control, "timeoutconnect", &c->timeout_connect_s,
	        e) == CONTROL_FAILED ||
	    control_get_int(control, "timeoutremote", &c->timeout_s, e) ==
	        CONTROL_FAILED ||
	    control_get_int(control, "mxps", &mxps, e) == CONTROL_FAILED)
		return -1;
	c->use_mxps = mxps != 0;
	return 0;
}

int
remote_config_load(struct remote_config *c, uint64_t *seed, struct err *e)
{
	const char *preferred = getenv("IPPREF");
	struct control control;
	struct hash_seed hash;
	int rc;

	*c = (struct remote_config){0};
	if (hash_seed_make(&hash) == -1)
		return err_sys(e, "get", "random bytes");
	*seed = hash.k[0];
	c->strict_eol = getenv("REMOTE_STRICT_EOL") != NULL;
	c->greeting_is_fatal = getenv("REMOTE_5XX_GREETING_FATAL") != NULL;
	c->login_is_optional = getenv("REMOTE_AUTH_OPTIONAL") != NULL;
	rc = control_open(&control, AT_FDCWD, e);
	if (rc == 0)
		rc = load_helohost(c, &control, e);
	if (rc == 0)
		rc = load_numbers(c, &control, e);
	if (rc == 0)
		rc = load_ipme(c, &control, e);
	if (rc == 0)
		rc = load_bindings(c, &control, &hash, e);
	if (rc == 0)
		rc = smtproutes_load(&c->routes, &control, &hash, e);
	control_close(&control);
	c->is_v6_first =
	    preferred == NULL ? c->me.has_global_v6 : preferred[0] == '6';
	return rc;
}

void
remote_config_free(struct remote_config *c)
{
	str_free(&c->helohost);
	str_free(&c->outgoingip);
	ipme_free(&c->me);
	constmap_free(&c->routes);
	constmap_free(&c->bindings);
}
