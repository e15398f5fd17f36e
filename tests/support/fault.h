/* SPDX-License-Identifier: ISC */
#ifndef TESTS_SUPPORT_FAULT_H
#define TESTS_SUPPORT_FAULT_H

#include <sys/types.h>

/* Makes library calls fail, by linker wrapping (see WRAP in the makefile). */
enum fault_call {
	FAULT_FSYNC,
	FAULT_REALLOC, /* error is ignored: NULL and ENOMEM */
	FAULT_CALLS    /* count */
};

/* The nth call from now (1 = the next) fails with error; the ones before and
 * after succeed. nth 0 switches it off. */
void fault_at(enum fault_call call, int nth, int error);

/* Inode of the file or directory that was synced last; 0: none. */
ino_t fault_last_synced(void);

#endif
