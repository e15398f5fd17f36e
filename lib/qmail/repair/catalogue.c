/* SPDX-License-Identifier: ISC */
#include "qmail/repair/catalogue.h"

#include <string.h>

#include "base/ascii.h"
#include "qmail/repair/damage.h"

/* In the order in which findings about one message should be told. */
const struct damage_group *const damage_groups[] = {
    &damage_environment,
    &damage_structure,
    &damage_special,
    &damage_state,
    &damage_naming,
    &damage_record,
    &damage_rights,
    &damage_times,
    &damage_leftover,
};
const size_t damage_groups_count =
    sizeof(damage_groups) / sizeof(damage_groups[0]);

const struct damage *
damage_find(struct span id)
{
	for (size_t g = 0; g < damage_groups_count; g++) {
		for (size_t i = 0; i < damage_groups[g]->rows; i++) {
			const struct damage *d = &damage_groups[g]->row[i];

			if (ascii_eq_nocase(id,
			        (struct span){d->id, strlen(d->id)}))
				return d;
		}
	}
	return NULL;
}

/* One of the words between '|' is part of the line. */
static bool
is_symptom(const char *words, struct span line)
{
	while (words != NULL && *words != '\0') {
		size_t n = strcspn(words, "|");

		if (n > 0 && memmem(line.p, line.n, words, n) != NULL)
			return true;
		words += n;
		if (*words == '|')
			words++;
	}
	return false;
}

size_t
damage_match_symptom(struct span log_line,
    void (*take)(void *context, const struct damage *d), void *context)
{
	size_t n = 0;

	for (size_t g = 0; g < damage_groups_count; g++) {
		for (size_t i = 0; i < damage_groups[g]->rows; i++) {
			const struct damage *d = &damage_groups[g]->row[i];

			if (!is_symptom(d->symptom, log_line))
				continue;
			take(context, d);
			n++;
		}
	}
	return n;
}
