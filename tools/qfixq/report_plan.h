/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_REPORT_PLAN_H
#define TOOLS_QFIXQ_REPORT_PLAN_H

#include "base/out.h"
#include "fmt/json.h"
#include "qmail/repair/plan.h"

/* A plan for people: one line a group, one more for each of its operations. */
void report_plan_human(const struct plan *p, struct out *out);

/* The same as a JSON array; j's str is written to out and emptied as it fills.
 */
void report_plan_json(const struct plan *p, struct json *j, struct out *out);

#endif
