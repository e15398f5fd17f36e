/* SPDX-License-Identifier: ISC */
/* Makes a valid queue full of preprocessed messages, for tests and
 * measurements:
 *
 *	mkqueue QUEUE MESSAGES [SPLIT]
 *
 * QUEUE must not exist. Every file belongs to the caller, as in a one-user
 * instance. Message names are inode numbers. Every second message is local,
 * every tenth has a recipient on each channel. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/str.h"
#include "prog/die.h"
#include "qmail/manifest.h"
#include "qmail/queue_path.h"
#include "qmail/queue_record.h"
#include "qmail/received.h"

static int queue;
static struct queue_layout layout = {.split = QUEUE_SPLIT_DEFAULT};

static void
make_dir(const char *path, mode_t mode)
{
	if (mkdirat(queue, path, mode) == -1)
		die_sys("create", path);
	if (fchmodat(queue, path, mode, 0) == -1)
		die_sys("set mode of", path);
}

static void
make_split(const char *path, mode_t mode)
{
	make_dir(path, mode);
	for (uint64_t d = 0; d < layout.split; d++) {
		char sub[2 * MANIFEST_PATH_MAX];

		(void)snprintf(sub, sizeof(sub), "%s/%" PRIu64, path, d);
		make_dir(sub, mode);
	}
}

static int
make_file(const char *path, mode_t mode, struct span bytes)
{
	int fd =
	    openat(queue, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd == -1 || fd_write_full(fd, bytes.p, bytes.n) == -1 ||
	    fchmod(fd, mode) == -1)
		die_sys("create", path);
	return fd;
}

static void
make_special(const struct manifest_row *row, const char *path)
{
	int fd;

	if (row->kind == MANIFEST_FIFO) {
		if (mkfifoat(queue, path, row->mode) == -1 ||
		    fchmodat(queue, path, row->mode, 0) == -1)
			die_sys("create", path);
		return;
	}
	fd = make_file(path, row->mode, SPAN(""));
	if (ftruncate(fd, (off_t)row->size) == -1)
		die_sys("write", path);
	fd_close(&fd);
}

static void
make_structure(void)
{
	struct manifest m = {0};
	struct manifest_row row;

	while (manifest_next(&m, &row) == MANIFEST_OK) {
		struct span path = {row.path, strlen(row.path)};
		bool special =
		    row.kind == MANIFEST_FILE || row.kind == MANIFEST_FIFO;

		if (!span_take_prefix(&path, SPAN("queue/")))
			continue;
		if (row.kind == MANIFEST_SPLIT)
			make_split(path.p, row.mode);
		else if (special)
			make_special(&row, path.p);
		else
			make_dir(path.p, row.mode);
	}
}

static uint64_t
make_mess(uint64_t n, int64_t now)
{
	struct str text = {0};
	struct queue_path to;
	struct stat st;
	int fd;

	received_put(&text, &(struct received){.pid = 1000 + n % 30000,
	                        .how = RECEIVED_FROM_NETWORK,
	                        .time = now});
	str_put_cstr(&text, "From: s@sender.example\nSubject: message ");
	str_put_u64(&text, n);
	str_put_cstr(&text, "\n\nA line.\n");
	fd = make_file("pid/new", 0644, str_span(&text));
	if (fstat(fd, &st) == -1)
		die_sys("examine", "pid/new");
	fd_close(&fd);
	to = queue_path(&layout, QUEUE_MESS, st.st_ino);
	if (renameat(queue, "pid/new", queue, to.text) == -1)
		die_sys("create", to.text);
	str_free(&text);
	return st.st_ino;
}

static void
make_record(uint64_t id, enum queue_kind kind, char letter, uint64_t n)
{
	struct str address = {0}, text = {0};
	int fd;

	str_put_cstr(&address, letter == 'F' ? "sender" : "user");
	str_put_u64(&address, n % 977);
	str_put_cstr(&address,
	    kind == QUEUE_LOCAL ? "@local.example" : "@host.example");
	queue_record_put(&text, letter, str_span(&address));
	if (!str_ok(&text))
		die_sys("allocate", "memory");
	fd = make_file(queue_path(&layout, kind, id).text, 0600,
	    str_span(&text));
	fd_close(&fd);
	str_free(&address);
	str_free(&text);
}

int
main(int argc, char **argv)
{
	int64_t now = (int64_t)time(NULL);
	uint64_t count;

	die_name("mkqueue");
	if (argc < 3 || argc > 4 ||
	    !num_parse_u64(span_cstr(argv[2]), INT32_MAX, &count) ||
	    (argc == 4 && !num_parse_canonical(span_cstr(argv[3]),
	                      QUEUE_SPLIT_MAX, &layout.split)))
		die_usage("QUEUE MESSAGES [SPLIT]");
	if (mkdir(argv[1], 0750) == -1)
		die_sys("create", argv[1]);
	queue = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (queue == -1 || fchmod(queue, 0750) == -1)
		die_sys("open", argv[1]);
	make_structure();
	for (uint64_t n = 0; n < count; n++) {
		uint64_t id = make_mess(n, now);

		make_record(id, QUEUE_INFO, 'F', n);
		if (n % 2 == 0)
			make_record(id, QUEUE_LOCAL, 'T', n);
		if (n % 2 == 1 || n % 10 == 0)
			make_record(id, QUEUE_REMOTE, 'T', n);
	}
	return 0;
}
