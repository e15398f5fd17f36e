/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_MORERCPTHOSTS_H
#define QMAIL_MORERCPTHOSTS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* control/morercpthosts and its compiled form. Specification: local.md section
 * 2.2, control.md section 4. */

/* Appends the key of one line (without LF) to *key: lower case, trailing blanks
 * removed, a carriage return kept. False for a blank line or a comment. */
bool morercpthosts_key_put(struct span line, struct str *key);

/* Compiles control/morercpthosts below the home into its cdb. After a failure
 * the old one is still there. 0 or -1. */
NODISCARD int morercpthosts_compile(int home, struct err *e);

#endif
