/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_ENV_H
#define MTA_LOCAL_LOCAL_ENV_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* The environment of programs started by a delivery. Specification: local.md
 * section 1.4. */

struct local_env_values {
	struct span user, home; /* from the administrator, as they are */
	/* From the message's envelope. */
	struct span local, ext, host, sender, newsender;
	bool has_default;
	struct span default_part;
	/* Whole lines with their LF. */
	struct span dtline, rpline, ufline;
};

struct local_env {
	char **vector; /* ends with NULL; for exec */
	struct str bytes;
};

/* Everything in inherited (ends with NULL, must stay valid) that our variables
 * do not replace, then our variables. DEFAULT is never inherited. A value that
 * a sender can choose and that begins like the function definition of a shell,
 * "() {", gets a "_" in front. 0, or -1 without memory. */
NODISCARD int local_env_build(struct local_env *env, char *const *inherited,
    const struct local_env_values *v);
void local_env_free(struct local_env *env);

#endif
