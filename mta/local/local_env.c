/* SPDX-License-Identifier: ISC */
#include "mta/local/local_env.h"

#include <stdlib.h>

#include "base/size.h"

/* Names that are ours even when we leave them unset. */
static const char *const our_names[] = {"USER", "HOME", "LOCAL", "EXT", "EXT2",
    "EXT3", "EXT4", "HOST", "HOST2", "HOST3", "HOST4", "SENDER", "NEWSENDER",
    "RECIPIENT", "DEFAULT", "DTLINE", "RPLINE", "UFLINE"};

enum { OUR_COUNT = sizeof(our_names) / sizeof(our_names[0]) };

static bool
is_ours(const char *variable)
{
	struct span v = span_cstr(variable);
	struct span name = span_first(v, span_find(v, '=', 0));

	for (size_t i = 0; i < OUR_COUNT; i++) {
		if (span_eq(name, span_cstr(our_names[i])))
			return true;
	}
	return false;
}

static void
put(struct local_env *env, const char *name, struct span value)
{
	str_put_cstr(&env->bytes, name);
	str_putc(&env->bytes, '=');
	str_put(&env->bytes, value);
	str_putc(&env->bytes, '\0');
}

/* Old shells execute such a value when they start. */
static void
put_foreign(struct local_env *env, const char *name, struct span value)
{
	str_put_cstr(&env->bytes, name);
	str_putc(&env->bytes, '=');
	if (span_has_prefix(value, SPAN("() {")))
		str_putc(&env->bytes, '_');
	str_put(&env->bytes, value);
	str_putc(&env->bytes, '\0');
}

static void
put_extensions(struct local_env *env, struct span ext)
{
	static const char *const names[] = {"EXT", "EXT2", "EXT3", "EXT4"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put_foreign(env, names[i], ext);
		ext = span_from(ext, span_find(ext, '-', 0) + 1);
	}
}

static void
put_hosts(struct local_env *env, struct span host)
{
	static const char *const names[] = {"HOST", "HOST2", "HOST3", "HOST4"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put_foreign(env, names[i], host);
		host = span_first(host, span_rfind(host, '.'));
	}
}

static void
put_recipient(struct local_env *env, const struct local_env_values *v)
{
	struct str recipient = {0};

	str_put(&recipient, v->local);
	str_putc(&recipient, '@');
	str_put(&recipient, v->host);
	put_foreign(env, "RECIPIENT", str_span(&recipient));
	env->bytes.failed |= recipient.failed;
	str_free(&recipient);
}

static void
put_values(struct local_env *env, const struct local_env_values *v)
{
	put(env, "USER", v->user);
	put(env, "HOME", v->home);
	put_foreign(env, "LOCAL", v->local);
	put_extensions(env, v->ext);
	put_hosts(env, v->host);
	put_foreign(env, "SENDER", v->sender);
	put_foreign(env, "NEWSENDER", v->newsender);
	put_recipient(env, v);
	if (v->has_default)
		put_foreign(env, "DEFAULT", v->default_part);
	put(env, "DTLINE", v->dtline);
	put(env, "RPLINE", v->rpline);
	put(env, "UFLINE", v->ufline);
}

static size_t
copy_inherited(char **vector, char *const *inherited)
{
	size_t n = 0;

	for (size_t i = 0; inherited[i] != NULL; i++) {
		if (!is_ours(inherited[i]))
			vector[n++] = inherited[i];
	}
	return n;
}

int
local_env_build(struct local_env *env, char *const *inherited,
    const struct local_env_values *v)
{
	size_t count = 0, bytes, at = 0;

	*env = (struct local_env){0};
	put_values(env, v);
	while (inherited[count] != NULL)
		count++;
	if (!str_ok(&env->bytes) ||
	    !size_mul(count + OUR_COUNT + 1, sizeof(char *), &bytes))
		goto fail;
	env->vector = malloc(bytes);
	if (env->vector == NULL)
		goto fail;
	count = copy_inherited(env->vector, inherited);
	while (at < env->bytes.n) {
		char *variable = env->bytes.p + at;

		env->vector[count++] = variable;
		at += strlen(variable) + 1;
	}
	env->vector[count] = NULL;
	return 0;
fail:
	local_env_free(env);
	return -1;
}

void
local_env_free(struct local_env *env)
{
	free(env->vector);
	str_free(&env->bytes);
	*env = (struct local_env){0};
}
