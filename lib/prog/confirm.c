/* SPDX-License-Identifier: ISC */
#include "prog/confirm.h"

#include <string.h>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/str.h"

static int
put_question(int out, const char *question, const char *letters)
{
	struct str line = {0};
	int rc = -1;

	str_put_cstr(&line, question);
	str_put_cstr(&line, " [");
	for (const char *p = letters; *p != '\0'; p++) {
		if (p != letters)
			str_putc(&line, '/');
		str_putc(&line, *p);
	}
	str_put_cstr(&line, "] ");
	if (str_ok(&line))
		rc = fd_write_full(out, line.p, line.n);
	str_free(&line);
	return rc;
}

/* Reads to the end of the line, byte by byte: what follows belongs to others.
 * False at the end of the input. */
static bool
read_letter(int in, char *letter)
{
	bool first = true;
	char c;

	*letter = '\0';
	for (;;) {
		if (fd_read_some(in, &c, 1) != 1)
			return false;
		if (c == '\n')
			return true;
		if (first && !ascii_is_blank(c)) {
			*letter = ascii_lower(c);
			first = false;
		}
	}
}

char
confirm_ask(int in, int out, const char *question, const char *letters)
{
	char letter;

	do {
		if (put_question(out, question, letters) == -1 ||
		    !read_letter(in, &letter))
			return '\0';
	} while (letter == '\0' || strchr(letters, letter) == NULL);
	return letter;
}
