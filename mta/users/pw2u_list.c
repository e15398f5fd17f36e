/* SPDX-License-Identifier: ISC */
#include "mta/users/pw2u_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/file.h"
#include "qmail/control.h"

enum { PW2U_FILE_MAX = 64 * 1024 * 1024 };

static int
compare_keys(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)ascii_lower(a.p[i]);
		unsigned char y = (unsigned char)ascii_lower(b.p[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

/* Equal keys in the order of the file, which is that of their addresses. */
static int
compare_items(const void *a, const void *b)
{
	const struct pw2u_item *x = a, *y = b;
	int order = compare_keys(x->key, y->key);

	if (order != 0)
		return order;
	return x->key.p < y->key.p ? -1 : x->key.p > y->key.p;
}

int
pw2u_list_index(struct pw2u_list *l, struct err *e)
{
	struct span rest = str_span(&l->text), entry;
	size_t cap = 0;

	l->present = true;
	l->n = 0;
	while (str_ok(&l->text) && span_take_nul(&rest, &entry)) {
		size_t colon = span_find(entry, ':', 0);

		if (!array_grow(&l->items, &cap, l->n + 1, sizeof(*l->items)))
			return err_sys(e, "index", "a list of users");
		l->items[l->n++] = (struct pw2u_item){span_first(entry, colon),
		    span_from(entry, colon + 1)};
	}
	if (!str_ok(&l->text)) {
		errno = ENOMEM;
		return err_sys(e, "index", "a list of users");
	}
	if (l->n > 0)
		qsort(l->items, l->n, sizeof(*l->items), compare_items);
	return 0;
}

int
pw2u_list_load(struct pw2u_list *l, const char *name, struct err *e)
{
	struct str file = {0};
	int rc;

	*l = (struct pw2u_list){0};
	rc = file_load(AT_FDCWD, name, PW2U_FILE_MAX, &file, e);
	if (rc == 0) {
		control_parse_list(str_span(&file), &l->text);
		rc = pw2u_list_index(l, e);
	} else if (e->kind == ERR_SYS && e->sys == ENOENT) {
		rc = 0;
	}
	str_free(&file);
	return rc;
}

const struct pw2u_item *
pw2u_list_find(const struct pw2u_list *l, struct span key)
{
	size_t low = 0, high = l->n;

	/* the first item whose key is greater */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(l->items[middle].key, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || compare_keys(l->items[low - 1].key, key) != 0)
		return NULL;
	return &l->items[low - 1];
}

void
pw2u_list_free(struct pw2u_list *l)
{
	free(l->items);
	str_free(&l->text);
	*l = (struct pw2u_list){0};
}
