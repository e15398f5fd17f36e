/* SPDX-License-Identifier: ISC */
#ifndef TESTS_SUPPORT_UNIT_H
#define TESTS_SUPPORT_UNIT_H

#include <check.h>

#include "base/span.h"
#include "base/str.h"
#include "tests/support/fault.h"

/* Frame of a unit test's main:
 *
 *	tcase_add_test(unit_begin("fmt/thing"), test);
 *	return unit_end();
 */
TCase *unit_begin(const char *name);
int unit_end(void);

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* A private empty directory, removed with everything in it by unit_end().
 * Returns an open descriptor; unit_tmp_path() is its path. */
int open_tmp_dir(void);
const char *unit_tmp_path(void);

/* Fails the test, showing both, unless got is exactly want. */
void ck_span(struct span got, struct span want, const char *label);

#endif
