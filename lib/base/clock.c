/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include <time.h>

int64_t
clock_microseconds(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_seconds(void)
{
	return clock_microseconds() / 1000000;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_boot_seconds(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now); /* cannot fail */
	return now.tv_sec;
}
