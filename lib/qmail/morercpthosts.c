/* SPDX-License-Identifier: ISC */
#include "qmail/morercpthosts.h"

#include <errno.h>
#include <fcntl.h>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/in.h"
#include "qmail/cdb_file.h"

#define SOURCE "control/morercpthosts"

enum { MORERCPTHOSTS_LINE_MAX = 65536 };

bool
morercpthosts_key_put(struct span line, struct str *key)
{
	line = ascii_trim_end(line);
	if (line.n == 0 || line.p[0] == '#')
		return false;
	for (size_t i = 0; i < line.n; i++)
		str_putc(key, ascii_lower(line.p[i]));
	return true;
}

/* 1 with the next key in *key, 0 at the end, -1. */
static int
next_key(struct in *in, struct str *line, struct str *key, struct err *e)
{
	for (;;) {
		struct span text;

		str_reset(line);
		str_reset(key);
		switch (in_line(in, MORERCPTHOSTS_LINE_MAX, line)) {
		case IN_OK:
			break;
		case IN_END:
			return 0;
		case IN_ERROR:
			return err_sys(e, "read", SOURCE);
		case IN_LONG:
			return err_set(e, ERR_LIMIT, SOURCE ": line too long");
		}
		text = str_span(line);
		if (text.p[text.n - 1] == '\n')
			text.n--;
		if (!morercpthosts_key_put(text, key))
			continue;
		if (str_ok(key))
			return 1;
		errno = ENOMEM;
		return err_sys(e, "read", SOURCE);
	}
}

static int
compile_from(struct in *in, int home, struct err *e)
{
	struct str line = {0}, key = {0};
	struct cdb_file_make make;
	int got;

	if (cdb_file_create(&make, home, SOURCE ".cdb", SOURCE ".tmp", e) == -1)
		return -1;
	do {
		got = next_key(in, &line, &key, e);
		if (got == 1)
			cdb_file_add(&make, str_span(&key), SPAN(""));
	} while (got == 1);
	str_free(&line);
	str_free(&key);
	if (got == 0)
		return cdb_file_commit(&make, 0644, e);
	cdb_file_abandon(&make);
	return -1;
}

int
morercpthosts_compile(int home, struct err *e)
{
	struct in in = {0};
	int fd, rc;

	fd = openat(home, SOURCE, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open", SOURCE);
	rc = in_open(&in, fd);
	if (rc == -1)
		err_sys(e, "read", SOURCE);
	else
		rc = compile_from(&in, home, e);
	in_close(&in);
	fd_close(&fd);
	return rc;
}
