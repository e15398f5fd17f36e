/* SPDX-License-Identifier: ISC */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* For mains and loops only: they read the clock once per turn and pass the
 * time down, so that everything below can be tested at any date. */

int64_t clock_seconds(void);      /* wall clock, unix seconds */
int64_t clock_microseconds(void); /* wall clock, unix microseconds */

/* Milliseconds of a clock that nobody sets, for deadlines. */
int64_t clock_monotonic_ms(void);

/* Seconds since the machine came up, sleep included: what /proc counts from. */
int64_t clock_boot_seconds(void);

#endif
