/* SPDX-License-Identifier: ISC */
#include "qmail/queue_state.h"

enum {
	MESS = QUEUE_BIT(QUEUE_MESS),
	INTD = QUEUE_BIT(QUEUE_INTD),
	TODO = QUEUE_BIT(QUEUE_TODO),
	INFO = QUEUE_BIT(QUEUE_INFO),
	LOCAL = QUEUE_BIT(QUEUE_LOCAL),
	REMOTE = QUEUE_BIT(QUEUE_REMOTE),
	BOUNCE = QUEUE_BIT(QUEUE_BOUNCE),
	LISTS = LOCAL | REMOTE,
	TRACES = LISTS | BOUNCE,
	ALL = QUEUE_SETS - 1,
};

enum { YOUNG_S = 86400 + 3600, OLD_S = 129600 };

const struct queue_row queue_rows[] = {
    {"A", 0, ALL, 0, QUEUE_S1, NULL},
    {"N1", TODO, MESS, 0, QUEUE_BROKEN, "Q201"},
    {"N2", INFO, MESS | TODO, LISTS, QUEUE_BROKEN, "Q202"},
    {"N3", INFO | BOUNCE, MESS | TODO | LISTS, 0, QUEUE_BROKEN, "Q203"},
    {"N4", INFO, MESS | TODO | TRACES, 0, QUEUE_BROKEN, "Q204"},
    {"N5", BOUNCE, MESS | TODO | INFO, 0, QUEUE_BROKEN, "Q205"},
    {"N6", 0, MESS | TODO | INFO | BOUNCE, LISTS, QUEUE_BROKEN, "Q206"},
    {"N7", INTD, ALL & ~INTD, 0, QUEUE_BROKEN, "Q207"},
    {"P1", MESS, ALL & ~MESS, 0, QUEUE_S2, NULL},
    {"P2", MESS | INTD, ALL & ~(MESS | INTD), 0, QUEUE_S3, NULL},
    {"P3", MESS | INTD, TODO | INFO, TRACES, QUEUE_BROKEN, "Q211"},
    {"P4", MESS, INTD | TODO | INFO, TRACES, QUEUE_BROKEN, "Q212"},
    {"P5", MESS | TODO, BOUNCE, 0, QUEUE_S4, NULL},
    {"P6", MESS | TODO | BOUNCE, 0, 0, QUEUE_BROKEN, "Q222"},
    {"P7", MESS | INFO, INTD | TODO, 0, QUEUE_S5, NULL},
    {"P8", MESS | INTD | INFO, TODO, 0, QUEUE_BROKEN, "Q232"},
};

const size_t queue_rows_count = sizeof(queue_rows) / sizeof(queue_rows[0]);

static bool
matches(const struct queue_row *row, unsigned bits)
{
	return (bits & row->need) == row->need && (bits & row->absent) == 0 &&
	       (row->any == 0 || (bits & row->any) != 0);
}

const struct queue_row *
queue_row_find(unsigned bits)
{
	for (size_t i = 0; i < queue_rows_count; i++) {
		if (matches(&queue_rows[i], bits))
			return &queue_rows[i];
	}
	return NULL;
}

bool
queue_set_is_broken(unsigned bits)
{
	return queue_row_find(bits)->state == QUEUE_BROKEN;
}

enum queue_age
queue_age(int64_t newest, int64_t now)
{
	if (newest >= now - YOUNG_S)
		return QUEUE_YOUNG;
	return newest >= now - OLD_S ? QUEUE_AGEING : QUEUE_OLD;
}

/* S2 and S3 are legal only as long as qmail-queue may be at work. */
static void
judge_unfinished(const struct queue_facts *facts, struct queue_verdict *v)
{
	if (facts->age == QUEUE_YOUNG)
		return;
	v->finding =
	    v->state == QUEUE_S3 && facts->intd_linked ? "Q213" : "Q210";
	v->note_only = facts->age == QUEUE_AGEING;
}

struct queue_verdict
queue_judge(const struct queue_facts *facts)
{
	const struct queue_row *row = queue_row_find(facts->bits);
	struct queue_verdict v = {
	    .row = row,
	    .state = row->state,
	    .finding = row->finding,
	};

	switch (row->state) {
	case QUEUE_S2:
	case QUEUE_S3:
		judge_unfinished(facts, &v);
		break;
	case QUEUE_S4:
		/* D marks are never written before todo is gone */
		if (facts->done_mark)
			v.finding = "Q221";
		break;
	case QUEUE_S5:
		if ((facts->bits & LISTS) == 0) {
			v.finding = "Q231";
			v.note_only = true;
		}
		break;
	case QUEUE_S1:
	case QUEUE_BROKEN:
		break;
	}
	return v;
}
