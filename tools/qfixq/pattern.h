/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_PATTERN_H
#define TOOLS_QFIXQ_PATTERN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* A PCRE2 pattern over bytes from anywhere, with a limit on the work that a
 * hostile text can cause. */
struct pattern {
	void *code, *match;
};

/* 0; -1 with *e. */
NODISCARD int pattern_open(struct pattern *p, struct span text,
    bool ignore_case, struct err *e);
void pattern_close(struct pattern *p);

/* A text that is too much work does not match. */
NODISCARD bool pattern_matches(const struct pattern *p, struct span text);

#endif
