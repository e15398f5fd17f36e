/* SPDX-License-Identifier: ISC */
#include "tests/support/fault.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Names fixed by the linker's --wrap option. */
int __real_fsync(int fd);
int __wrap_fsync(int fd);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

static struct {
	int left; /* calls until the fault, 0 = off */
	int error;
} faults[FAULT_CALLS];

void
fault_at(enum fault_call call, int nth, int error)
{
	faults[call].left = nth;
	faults[call].error = error;
}

static bool
is_due(enum fault_call call)
{
	if (faults[call].left == 0)
		return false;
	faults[call].left--;
	if (faults[call].left > 0)
		return false;
	errno = faults[call].error;
	return true;
}

int
__wrap_fsync(int fd)
{
	return is_due(FAULT_FSYNC) ? -1 : __real_fsync(fd);
}

void *
__wrap_realloc(void *p, size_t n)
{
	if (!is_due(FAULT_REALLOC))
		return __real_realloc(p, n);
	errno = ENOMEM;
	return NULL;
}
