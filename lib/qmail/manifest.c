/* SPDX-License-Identifier: ISC */
#include "qmail/manifest.h"

#include <stdint.h>
#include <string.h>

#include "base/num.h"

/* The assembler puts the text files into the program, so that there is one
 * copy of them in the source tree and none to be found at run time. */
#define INCLUDE_TEXT(name, file)                            \
	__asm__(".pushsection .rodata\n"                    \
	        ".global " name "\n" name ":\n"             \
	        ".incbin \"" file "\"\n" name "_end:\n"     \
	        ".balign 8\n"                               \
	        ".global " name "_bytes\n" name "_bytes:\n" \
	        ".quad " name "_end - " name "\n.popsection\n")

INCLUDE_TEXT("manifest_modes", "mta/modes");
INCLUDE_TEXT("manifest_layout", "mta/layout");
extern const char manifest_modes[], manifest_layout[];
extern const uint64_t manifest_modes_bytes, manifest_layout_bytes;

/* in the order of the enum; programs have no word, they have their own file */
static const struct span kinds[] = {
    [MANIFEST_PROGRAM] = SPAN_INIT(""),
    [MANIFEST_DIR] = SPAN_INIT("dir"),
    [MANIFEST_SHIP] = SPAN_INIT("ship"),
    [MANIFEST_QUEUE] = SPAN_INIT("queue"),
    [MANIFEST_SPLIT] = SPAN_INIT("split"),
    [MANIFEST_TODO] = SPAN_INIT("todo"),
    [MANIFEST_FILE] = SPAN_INIT("file"),
    [MANIFEST_FIFO] = SPAN_INIT("fifo"),
};

/* Roles, whatever the users are called; in the order of the enums. */
static const struct span users[IDS_USERS] = {
    SPAN_INIT("alias"),
    SPAN_INIT("qmaild"),
    SPAN_INIT("qmaill"),
    SPAN_INIT("qmailp"),
    SPAN_INIT("qmailq"),
    SPAN_INIT("qmailr"),
    SPAN_INIT("qmails"),
    SPAN_INIT("root"),
};
static const struct span groups[IDS_GROUPS] = {
    SPAN_INIT("nofiles"),
    SPAN_INIT("qmail"),
};

enum { MODE_MAX = 07777 };

static struct span
take_word(struct span *line)
{
	size_t at = span_find(*line, ' ', 0);
	struct span word = span_first(*line, at);

	*line = span_from(*line, at + 1);
	return word;
}

/* Index of word in a table of n; n when it is not there. */
static unsigned
find_word(const struct span *table, unsigned n, struct span word)
{
	unsigned i = 0;

	while (i < n && !span_eq(table[i], word))
		i++;
	return i;
}

static bool
put_path(struct manifest_row *row, struct span prefix, struct span name)
{
	if (name.n == 0 || prefix.n + name.n >= sizeof(row->path))
		return false;
	memcpy(row->path, prefix.p, prefix.n);
	memcpy(row->path + prefix.n, name.p, name.n);
	row->path[prefix.n + name.n] = '\0';
	return true;
}

bool
manifest_parse(struct span line, bool is_program, struct manifest_row *row)
{
	unsigned n = sizeof(kinds) / sizeof(kinds[0]), kind = MANIFEST_PROGRAM;
	unsigned user, group;
	struct span prefix = SPAN("bin/");
	uint64_t mode;

	*row = (struct manifest_row){0};
	if (!is_program) {
		kind = find_word(kinds, n, take_word(&line));
		prefix = SPAN("");
	}
	if (kind == n || !put_path(row, prefix, take_word(&line)) ||
	    !num_parse_octal(take_word(&line), MODE_MAX, &mode))
		return false;
	user = find_word(users, IDS_USERS, take_word(&line));
	group = find_word(groups, IDS_GROUPS, take_word(&line));
	if (user == IDS_USERS || group == IDS_GROUPS)
		return false;
	row->kind = (enum manifest_kind)kind;
	row->mode = (mode_t)mode;
	row->owner = (enum ids_user)user;
	row->group = (enum ids_group)group;
	if (row->kind == MANIFEST_FILE)
		return num_parse_u64(line, UINT32_MAX, &row->size);
	return line.n == 0;
}

static struct span
part_text(unsigned part)
{
	if (part == 0)
		return (struct span){manifest_modes, manifest_modes_bytes};
	return (struct span){manifest_layout, manifest_layout_bytes};
}

/* The next line that is no comment. */
static bool
next_line(struct manifest *m, struct span *line)
{
	do {
		if (m->rest.n == 0) {
			if (m->part == 2)
				return false;
			m->rest = part_text(m->part++);
		}
		if (!span_take_line(&m->rest, line))
			return false;
	} while (line->n == 0 || line->p[0] == '#');
	return true;
}

enum manifest_status
manifest_next(struct manifest *m, struct manifest_row *row)
{
	struct span line;

	if (!next_line(m, &line))
		return MANIFEST_END;
	return manifest_parse(line, m->part == 1, row) ? MANIFEST_OK
	                                               : MANIFEST_BAD;
}
