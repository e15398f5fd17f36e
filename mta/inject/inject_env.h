/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_ENV_H
#define MTA_INJECT_INJECT_ENV_H

#include <stdbool.h>

/* What the environment says about the user and his wishes (inject.md 1.3).
 * Strings stay the environment's. */
struct inject_env {
	const char *user;          /* of From; never NULL */
	const char *host;          /* of From, or NULL: the default host */
	const char *sender_user;   /* of the envelope; never NULL */
	const char *sender_host;   /* of the envelope, or NULL */
	const char *name;          /* in From, or NULL */
	const char *followup_file; /* QMAILMFTFILE, or NULL */

	/* letters of QMAILINJECT */
	bool name_as_comment;  /* c */
	bool drop_return_path; /* s */
	bool drop_from;        /* f */
	bool drop_message_id;  /* i */
	bool per_recipient;    /* r: variable envelope return paths */
	bool per_message;      /* m */
};

/* Reads the environment of this process; the texts belong to it. */
void inject_env_read(struct inject_env *env);

#endif
