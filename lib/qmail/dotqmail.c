/* SPDX-License-Identifier: ISC */
#include "qmail/dotqmail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/fd.h"

enum { LOAD_CHUNK = 4096 };

/* ---- lines ----------------------------------------------------------------
 */

struct span
dotqmail_effective(struct span text)
{
	return span_first(text, span_find(text, '\0', 0));
}

bool
dotqmail_is_file_or_program(enum dotqmail_kind kind)
{
	return kind == DOTQMAIL_MBOX || kind == DOTQMAIL_MAILDIR ||
	       kind == DOTQMAIL_PROGRAM;
}

struct dotqmail_line
dotqmail_parse_line(struct span line)
{
	struct span text = ascii_trim_end(line), rest = span_from(text, 1);

	if (text.n == 0)
		return (struct dotqmail_line){DOTQMAIL_BLANK, text};
	switch (text.p[0]) {
	case '#':
		return (struct dotqmail_line){DOTQMAIL_COMMENT, rest};
	case '.':
	case '/':
		if (text.p[text.n - 1] == '/')
			return (struct dotqmail_line){DOTQMAIL_MAILDIR, text};
		return (struct dotqmail_line){DOTQMAIL_MBOX, text};
	case '|':
		return (struct dotqmail_line){DOTQMAIL_PROGRAM, rest};
	case '+':
		if (span_eq(rest, SPAN("list")))
			return (struct dotqmail_line){DOTQMAIL_LIST, rest};
		return (struct dotqmail_line){DOTQMAIL_OTHER, rest};
	case '&':
		return (struct dotqmail_line){DOTQMAIL_FORWARD, rest};
	default:
		return (struct dotqmail_line){DOTQMAIL_FORWARD, text};
	}
}

struct dotqmail_reader
dotqmail_reader_init(struct span text, bool forward_only)
{
	return (struct dotqmail_reader){
	    .rest = text,
	    .forward_only = forward_only,
	};
}

enum dotqmail_step
dotqmail_next(struct dotqmail_reader *r, struct dotqmail_line *line)
{
	struct span raw = {0};

	if (!span_take_line(&r->rest, &raw) && r->number > 0)
		return DOTQMAIL_STEP_END;
	r->number++;
	*line = dotqmail_parse_line(raw);
	if (line->kind == DOTQMAIL_BLANK && r->number == 1)
		return DOTQMAIL_STEP_BLANK;
	if (line->kind == DOTQMAIL_LIST)
		r->forward_only = true;
	if (r->forward_only && dotqmail_is_file_or_program(line->kind))
		return DOTQMAIL_STEP_FORBIDDEN;
	return DOTQMAIL_STEP_OK;
}

/* ---- names ----------------------------------------------------------------
 */

void
dotqmail_put_safeext(struct str *out, struct span ext)
{
	for (size_t i = 0; i < ext.n; i++)
		str_putc(out, ext.p[i] == '.' ? ':' : ascii_lower(ext.p[i]));
}

void
dotqmail_names_init(struct dotqmail_names *n, const struct dotqmail_address *a)
{
	*n = (struct dotqmail_names){0};
	str_put(&n->full, SPAN(".qmail"));
	str_put(&n->full, a->dash);
	n->ext_at = n->full.n;
	dotqmail_put_safeext(&n->full, a->ext);
}

void
dotqmail_names_free(struct dotqmail_names *n)
{
	str_free(&n->full);
	str_free(&n->name);
}

static bool
use_exact(struct dotqmail_names *n)
{
	struct span full = str_span(&n->full);
	struct span safeext = span_from(full, n->ext_at);

	n->begun = true;
	n->cut = safeext.n + 1; /* the whole of it is the first prefix tried */
	n->has_default = span_has_suffix(safeext, SPAN("default"));
	if (n->has_default)
		n->default_at = safeext.n - SPAN("default").n;
	str_put(&n->name, full);
	n->name.failed |= n->full.failed;
	return str_ok(&n->name);
}

bool
dotqmail_names_next(struct dotqmail_names *n)
{
	struct span safeext = span_from(str_span(&n->full), n->ext_at);

	if (!n->begun)
		return use_exact(n);
	while (n->cut > 0) {
		n->cut--;
		if (n->cut > 0 && safeext.p[n->cut - 1] != '-')
			continue;
		str_reset(&n->name);
		str_put(&n->name,
		    span_first(str_span(&n->full), n->ext_at + n->cut));
		str_put(&n->name, SPAN("default"));
		n->has_default = true;
		n->default_at = n->cut;
		return str_ok(&n->name);
	}
	return false;
}

/* ---- files ----------------------------------------------------------------
 */

static enum dotqmail_status
no_memory(struct err *e)
{
	errno = ENOMEM;
	err_sys(e, "look for", ".qmail files");
	return DOTQMAIL_TROUBLE;
}

static enum dotqmail_status
examine(int fd, const char *name, unsigned mask, struct dotqmail_file *f,
    struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		err_sys(e, "examine", name);
		return DOTQMAIL_TROUBLE;
	}
	if (!S_ISREG(st.st_mode))
		return DOTQMAIL_ABSENT;
	if ((st.st_mode & mask) != 0) {
		err_set(e, ERR_LIMIT, "%s is writable by others", name);
		return DOTQMAIL_WRITABLE;
	}
	f->size = st.st_size;
	f->forward_only = (st.st_mode & S_IXUSR) != 0;
	return DOTQMAIL_FOUND;
}

static enum dotqmail_status
try_name(int home, const char *name, unsigned mask, struct dotqmail_file *f,
    struct err *e)
{
	enum dotqmail_status status;

	/* non-blocking: the name may be that of a FIFO */
	f->fd =
	    openat(home, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (f->fd == -1) {
		if (!err_errno_is_temporary(errno) && errno != EPERM &&
		    errno != EACCES)
			return DOTQMAIL_ABSENT;
		err_sys(e, "open", name);
		return DOTQMAIL_TROUBLE;
	}
	status = examine(f->fd, name, mask, f, e);
	if (status != DOTQMAIL_FOUND)
		fd_close(&f->fd);
	return status;
}

enum dotqmail_status
dotqmail_open(int home, const struct dotqmail_address *a, unsigned mask,
    struct dotqmail_file *f, struct err *e)
{
	enum dotqmail_status status = DOTQMAIL_ABSENT;
	struct dotqmail_names names;

	*f = (struct dotqmail_file){.fd = -1};
	if (span_find(a->dash, '\0', 0) < a->dash.n ||
	    span_find(a->ext, '\0', 0) < a->ext.n)
		return DOTQMAIL_ABSENT; /* no file can have such a name */
	dotqmail_names_init(&names, a);
	while (status == DOTQMAIL_ABSENT && dotqmail_names_next(&names)) {
		const char *name = str_cstr(&names.name);

		if (name != NULL)
			status = try_name(home, name, mask, f, e);
	}
	if (!str_ok(&names.name))
		status = no_memory(e);
	if (status == DOTQMAIL_FOUND) {
		f->has_default = names.has_default;
		if (names.has_default)
			f->default_part = span_from(a->ext, names.default_at);
		f->name = names.name;
		names.name = (struct str){0};
	}
	dotqmail_names_free(&names);
	return status;
}

void
dotqmail_close(struct dotqmail_file *f)
{
	fd_close(&f->fd);
	str_free(&f->name);
}

int
dotqmail_load(const struct dotqmail_file *f, struct str *text, struct err *e)
{
	const char *name = f->name.p;
	size_t start = text->n;
	ssize_t got;

	do {
		char *room = str_room(text, LOAD_CHUNK);

		if (room == NULL) {
			errno = ENOMEM;
			return err_sys(e, "read", name);
		}
		got = fd_read_some(f->fd, room, LOAD_CHUNK);
		if (got == -1)
			return err_sys(e, "read", name);
		str_added(text, (size_t)got);
		if (text->n - start > DOTQMAIL_FILE_MAX)
			return err_set(e, ERR_LIMIT, "%s is too large", name);
		/* an unchanged file needs no further read to find its end */
	} while (got > 0 && (off_t)(text->n - start) != f->size);
	return 0;
}

enum dotqmail_home
dotqmail_check_home(mode_t mode, unsigned mask)
{
	if ((mode & mask) != 0)
		return DOTQMAIL_HOME_WRITABLE;
	if ((mode & S_ISVTX) != 0)
		return DOTQMAIL_HOME_STICKY;
	return DOTQMAIL_HOME_OK;
}

/* ---- the sender of forwarded copies ----------------------------------------
 */

/* Whether name exists, whatever it is. -1 when that cannot be told. */
static int
exists(int home, struct str *name, struct err *e)
{
	const char *path = str_cstr(name);
	struct stat st;

	if (path == NULL) {
		(void)no_memory(e);
		return -1;
	}
	if (fstatat(home, path, &st, 0) == 0)
		return 1;
	if (!err_errno_is_temporary(errno))
		return 0;
	return err_sys(e, "examine", path);
}

int
dotqmail_find_owner(int home, const struct dotqmail_address *a,
    struct span sender, enum dotqmail_owner *owner, struct err *e)
{
	struct dotqmail_names names;
	int rc;

	*owner = DOTQMAIL_OWNER_NONE;
	if (sender.n == 0 || span_eq(sender, SPAN("#@[]")))
		return 0;
	dotqmail_names_init(&names, a);
	str_put(&names.full, SPAN("-owner"));
	rc = exists(home, &names.full, e);
	if (rc == 1) {
		*owner = DOTQMAIL_OWNER;
		str_put(&names.full, SPAN("-default"));
		rc = exists(home, &names.full, e);
		if (rc == 1)
			*owner = DOTQMAIL_OWNER_VERP;
	}
	dotqmail_names_free(&names);
	return rc == -1 ? -1 : 0;
}

void
dotqmail_put_newsender(struct str *out, enum dotqmail_owner owner,
    struct span local, struct span domain, struct span sender)
{
	if (owner == DOTQMAIL_OWNER_NONE) {
		str_put(out, sender);
		return;
	}
	str_put(out, local);
	str_put(out,
	    owner == DOTQMAIL_OWNER ? SPAN("-owner@") : SPAN("-owner-@"));
	str_put(out, domain);
	if (owner == DOTQMAIL_OWNER_VERP)
		str_put(out, SPAN("-@[]"));
}
