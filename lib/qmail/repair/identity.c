/* SPDX-License-Identifier: ISC */
#include "qmail/repair/identity.h"

enum { CLOCK_SLACK_S = 2 };

static bool
is_same_sender(const struct records *info, const struct records *envelope)
{
	if (info == NULL || envelope == NULL || !info->has_sender ||
	    !envelope->has_sender)
		return true;
	return span_eq(info->sender, envelope->sender);
}

static bool
times_fit(const struct inventory_message *m)
{
	const struct inventory_file *mess = &m->file[QUEUE_MESS];
	const struct inventory_file *info = &m->file[QUEUE_INFO];
	const struct inventory_file *bounce = &m->file[QUEUE_BOUNCE];

	if (info->present && mess->present &&
	    info->mtime < mess->mtime - CLOCK_SLACK_S)
		return false;
	return !bounce->present || !info->present ||
	       bounce->mtime >= info->mtime;
}

bool
identity_holds(const struct inventory_message *m)
{
	const struct records *envelope = m->records[QUEUE_TODO];

	if (envelope == NULL)
		envelope = m->records[QUEUE_INTD];
	if (!times_fit(m) || !is_same_sender(m->records[QUEUE_INFO], envelope))
		return false;
	for (enum queue_kind k = QUEUE_LOCAL; k <= QUEUE_REMOTE; k++) {
		if (envelope != NULL && m->records[k] != NULL &&
		    records_list_is_foreign(m->records[k], envelope))
			return false;
	}
	return true;
}
