/* SPDX-License-Identifier: ISC */
#include "tests/support/fault.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Names fixed by the linker's --wrap option. */
int __real_fsync(int fd);
int __wrap_fsync(int fd);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

static struct {
	int left; /* calls until the fault, 0 = off */
	int error;
} faults[FAULT_CALLS];
static ino_t last_synced;

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
	struct stat st;

	if (is_due(FAULT_FSYNC))
		return -1;
	if (fstat(fd, &st) == 0)
		last_synced = st.st_ino;
	return __real_fsync(fd);
}

ino_t
fault_last_synced(void)
{
	return last_synced;
}

void *
__wrap_realloc(void *p, size_t n)
{
	if (!is_due(FAULT_REALLOC))
		return __real_realloc(p, n);
	errno = ENOMEM;
	return NULL;
}
