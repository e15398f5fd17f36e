/* SPDX-License-Identifier: ISC */
#include "mta/local/lspawn_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/str.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

static bool
is_allowed(struct span entry)
{
	static const struct span names[] = {SPAN_INIT("TZ="),
	    SPAN_INIT("LANG="), SPAN_INIT("QMAILQUEUE=")};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_has_prefix(entry, names[i]))
			return true;
	}
	return span_has_prefix(entry, SPAN("LC_"));
}

static bool
has_folder(struct span path, struct span folder)
{
	while (path.n > 0) {
		size_t colon = span_find(path, ':', 0);

		if (span_eq(span_first(path, colon), folder))
			return true;
		path = span_from(path, colon + 1);
	}
	return false;
}

/* Gives up the bytes of *s as a C string. NULL without memory. */
static char *
take_cstr(struct str *s)
{
	const char *text = str_cstr(s);
	char *copy = text == NULL ? NULL : strdup(text);

	str_free(s);
	return copy;
}

static char *
make_path(const struct site *site, const char *given)
{
	struct span path = span_cstr(given);
	struct str bin = {0}, entry = {0};

	if (path.n == 0)
		path = SPAN(DEFAULT_PATH);
	str_put_cstr(&bin, site->home);
	str_put_cstr(&bin, "/bin");
	str_put_cstr(&entry, "PATH=");
	if (!has_folder(path, str_span(&bin))) {
		str_put(&entry, str_span(&bin));
		str_putc(&entry, ':');
	}
	str_put(&entry, path);
	if (!str_ok(&bin))
		str_free(&entry);
	str_free(&bin);
	return entry.n == 0 ? NULL : take_cstr(&entry);
}

static char *
make_home(const struct site *site)
{
	struct str entry = {0};

	str_put_cstr(&entry, "QMAILHOME=");
	str_put_cstr(&entry, site->home);
	return take_cstr(&entry);
}

static const char *
find_path(char *const *original)
{
	for (size_t i = 0; original[i] != NULL; i++) {
		if (strncmp(original[i], "PATH=", 5) == 0)
			return original[i] + 5;
	}
	return NULL;
}

int
lspawn_env_make(struct lspawn_env *env, const struct site *site,
    char *const *original)
{
	size_t n = 0, used = 0;

	while (original[n] != NULL)
		n++;
	*env = (struct lspawn_env){0};
	env->list = calloc(n + 3, sizeof(*env->list));
	env->path = make_path(site, find_path(original));
	env->home = site->one_user ? make_home(site) : NULL;
	if (env->list == NULL || env->path == NULL ||
	    (site->one_user && env->home == NULL)) {
		lspawn_env_free(env);
		return -1;
	}
	env->list[used++] = env->path;
	if (env->home != NULL)
		env->list[used++] = env->home;
	for (size_t i = 0; i < n; i++) {
		if (is_allowed(span_cstr(original[i])))
			env->list[used++] = original[i];
	}
	return 0;
}

void
lspawn_env_free(struct lspawn_env *env)
{
	free(env->path);
	free(env->home);
	free(env->list);
	*env = (struct lspawn_env){0};
}
