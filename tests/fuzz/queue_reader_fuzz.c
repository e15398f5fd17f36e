/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/queue_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORD_MAX = 1 << 20 };

static int
make_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd == -1 || fd_write_full(fd, data, size) == -1 ||
	    lseek(fd, 0, SEEK_SET) == -1)
		__builtin_trap();
	return fd;
}

/* Invariant: the reader of files sees the records that the reader of memory
 * sees, up to the same end. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};
	enum queue_record_status memory, file;
	struct queue_record a, b;
	struct queue_reader reader;
	uint64_t offset = 0;
	int fd;

	if (size >= RECORD_MAX ||
	    queue_reader_open(&reader, -1, RECORD_MAX) == -1)
		return 0;
	fd = make_file(data, size);
	queue_reader_reopen(&reader, fd);
	for (;;) {
		memory = queue_record_take(&rest, &offset, &a);
		file = queue_reader_next(&reader, &b);
		if (memory != file)
			__builtin_trap();
		if (memory != QUEUE_RECORD_OK)
			break;
		if (a.letter != b.letter || a.offset != b.offset ||
		    !span_eq(a.text, b.text))
			__builtin_trap();
	}
	if (reader.offset != offset)
		__builtin_trap();
	queue_reader_close(&reader);
	fd_close(&fd);
	return 0;
}
