/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/ids.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/in.h"
#include "fmt/printable.h"

enum { LINE_BYTES = 4096 };

static int
add(struct ids *ids, struct span text, struct err *e)
{
	struct str shown = {0};
	uint64_t id;
	int64_t birth;

	if (!job_parse_token(text, &id, &birth)) {
		printable_put(&shown, text);
		err_set(e, ERR_FORMAT, "no message number: %.100s",
		    str_cstr(&shown));
		str_free(&shown);
		return -1;
	}
	if (!array_grow(&ids->id, &ids->cap, ids->n + 1, sizeof(id)) ||
	    !array_grow(&ids->birth, &ids->birth_cap, ids->n + 1,
	        sizeof(birth)))
		return err_set(e, ERR_SYS, "out of memory");
	ids->id[ids->n] = id;
	ids->birth[ids->n++] = birth;
	return 0;
}

static int
add_list(struct ids *ids, const char *text, struct err *e)
{
	while (*text != '\0') {
		size_t n = strcspn(text, ",");

		if (n > 0 && add(ids, (struct span){text, n}, e) == -1)
			return -1;
		text += n;
		if (*text == ',')
			text++;
	}
	return 0;
}

/* The first word of each line. */
static int
add_lines(struct ids *ids, int fd, struct err *e)
{
	struct str line = {0};
	struct in in;
	int rc = 0;

	if (in_open(&in, fd) == -1)
		return err_set(e, ERR_SYS, "out of memory");
	while (rc == 0 && in_line(&in, LINE_BYTES, &line) == IN_OK) {
		const char *text = str_cstr(&line);
		size_t n = text == NULL ? 0 : strcspn(text, " \t\r\n");

		if (n > 0)
			rc = add(ids, (struct span){text, n}, e);
		str_reset(&line);
	}
	str_free(&line);
	in_close(&in);
	return rc;
}

static int
add_file(struct ids *ids, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd == -1)
		return err_sys(e, "open", path);
	rc = add_lines(ids, fd, e);
	fd_close(&fd);
	return rc;
}

static int
add_option(struct ids *ids, const struct option_given *g, struct err *e)
{
	if (g->id == JOB_ID)
		return add_list(ids, g->text, e);
	if (g->id == JOB_FROM_FILE)
		return add_file(ids, g->text, e);
	return add_lines(ids, STDIN_FILENO, e);
}

static int
sort(struct ids *ids, struct err *e)
{
	struct pair {
		uint64_t id;
		int64_t birth;
	} *pair = calloc(ids->n + 1, sizeof(*pair)), key;

	if (pair == NULL)
		return err_set(e, ERR_SYS, "out of memory");
	for (size_t i = 0; i < ids->n; i++) {
		size_t at = i;

		/* people name few; lists of tools come sorted */
		key = (struct pair){ids->id[i], ids->birth[i]};
		while (at > 0 && pair[at - 1].id > key.id) {
			pair[at] = pair[at - 1];
			at--;
		}
		pair[at] = key;
	}
	for (size_t i = 0; i < ids->n; i++) {
		ids->id[i] = pair[i].id;
		ids->birth[i] = pair[i].birth;
	}
	free(pair);
	return 0;
}

int
ids_load(struct ids *ids, const struct job *job, struct err *e)
{
	for (size_t i = 0; i < job->o->n; i++) {
		const struct option_given *g = &job->o->given[i];

		if (g->id != JOB_ID && g->id != JOB_STDIN &&
		    g->id != JOB_FROM_FILE)
			continue;
		ids->given = true;
		if (add_option(ids, g, e) == -1)
			return -1;
	}
	if (!ids->given)
		return 0;
	if (!array_grow(&ids->id, &ids->cap, 1, sizeof(ids->id[0])))
		return err_set(e, ERR_SYS, "out of memory");
	return sort(ids, e);
}

void
ids_free(struct ids *ids)
{
	free(ids->id);
	free(ids->birth);
	*ids = (struct ids){0};
}

bool
ids_have(const struct ids *ids, uint64_t id, int64_t *birth)
{
	size_t low = 0, high = ids->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ids->id[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == ids->n || ids->id[low] != id)
		return false;
	*birth = ids->birth[low];
	return true;
}
