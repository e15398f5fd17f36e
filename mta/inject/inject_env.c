/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_env.h"

#include <stddef.h>
#include <stdlib.h>

/* The first of the variables that is set, be it empty; names ends with NULL. */
static const char *
first_set(const char *const *names, const char *otherwise)
{
	for (; *names != NULL; names++) {
		const char *value = getenv(*names);

		if (value != NULL)
			return value;
	}
	return otherwise;
}

static void
read_flags(struct inject_env *env, const char *letters)
{
	for (; letters != NULL && *letters != '\0'; letters++) {
		switch (*letters) {
		case 'c':
			env->name_as_comment = true;
			break;
		case 's':
			env->drop_return_path = true;
			break;
		case 'f':
			env->drop_from = true;
			break;
		case 'i':
			env->drop_message_id = true;
			break;
		case 'r':
			env->per_recipient = true;
			break;
		case 'm':
			env->per_message = true;
			break;
		default: /* letters of other times mean nothing to us */
			break;
		}
	}
}

void
inject_env_read(struct inject_env *env)
{
	static const char *const user[] = {"QMAILUSER", "MAILUSER", "USER",
	    "LOGNAME", NULL};
	static const char *const host[] = {"QMAILHOST", "MAILHOST", NULL};
	static const char *const sender_user[] = {"QMAILSUSER", NULL};
	static const char *const sender_host[] = {"QMAILSHOST", NULL};
	static const char *const name[] = {"QMAILNAME", "MAILNAME", "NAME",
	    NULL};

	*env = (struct inject_env){0};
	env->user = first_set(user, "anonymous");
	env->host = first_set(host, NULL);
	env->sender_user = first_set(sender_user, env->user);
	env->sender_host = first_set(sender_host, env->host);
	env->name = first_set(name, NULL);
	env->followup_file = getenv("QMAILMFTFILE");
	read_flags(env, getenv("QMAILINJECT"));
}
