/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_CDB_FILE_H
#define QMAIL_CDB_FILE_H

#include <cdb.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* Constant databases (users/cdb, control/morercpthosts.cdb, ...), read and made
 * with libcdb. Programs that use this link it: $(call pkg,libcdb). */

struct cdb_file {
	struct cdb cdb;
	const char *name; /* of the caller, for messages */
};

/* Maps the database for reading. dir: directory descriptor or AT_FDCWD. name
 * must stay valid while it is open. 0; -1 with *e, where e->sys is ENOENT when
 * there is no such file and e->kind ERR_FORMAT when it is no database. */
NODISCARD int cdb_file_open(struct cdb_file *c, int dir, const char *name,
    struct err *e);
void cdb_file_close(struct cdb_file *c);

enum cdb_file_status {
	CDB_FILE_FAILED = -1, /* *e says why */
	CDB_FILE_ABSENT = 0,
	CDB_FILE_FOUND = 1,
};

/* The data of the first record with this key. *data borrows from *c. */
NODISCARD enum cdb_file_status cdb_file_find(struct cdb_file *c,
    struct span key, struct span *data, struct err *e);

/* The records in the order they were added: *at starts at 0 and belongs to the
 * function. CDB_FILE_ABSENT behind the last one. */
NODISCARD enum cdb_file_status cdb_file_next(struct cdb_file *c, unsigned *at,
    struct span *key, struct span *data, struct err *e);

/* A database being made. It comes into existence whole, at the commit. */
struct cdb_file_make {
	struct cdb_make make;
	int dir;
	const char *name, *tmp;
	int sys; /* errno of the first record that could not be added */
};

/* Begins a database that will be called name; until then it is tmp, in the same
 * directory, which must be on the same file system. An old tmp is removed. Both
 * strings must stay valid. 0, or -1 with *e and nothing to clean up. */
NODISCARD int cdb_file_create(struct cdb_file_make *m, int dir,
    const char *name, const char *tmp, struct err *e);

/* Failures latch until the commit. Equal keys are all stored. */
void cdb_file_add(struct cdb_file_make *m, struct span key, struct span data);

/* Syncs it, gives it its name and the mode, syncs the directory. After -1 the
 * old database is still there. Ends *m either way. */
NODISCARD int cdb_file_commit(struct cdb_file_make *m, mode_t mode,
    struct err *e);

/* Forgets it; the old database stays. */
void cdb_file_abandon(struct cdb_file_make *m);

#endif
