/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_LOOP_H
#define MTA_SEND_SEND_LOOP_H

#include "base/attr.h"

struct send;

/* Catches TERM, ALRM, HUP and CHLD, which from now on only arrive while the
 * loop waits. */
void send_loop_catch_signals(void);

/* Works until it is time to exit. */
void send_loop_run(struct send *s);

#endif
