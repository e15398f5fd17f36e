/* SPDX-License-Identifier: ISC */
#include "qmail/queue_message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qmail/queue_state.h"
#include "tests/support/queue.h"
#include "tests/support/unit.h"

static const struct queue_layout layout = {.split = 23};

enum { ID = 457 };
enum {
	S4 = QUEUE_BIT(QUEUE_MESS) | QUEUE_BIT(QUEUE_TODO),
	S5 = QUEUE_BIT(QUEUE_MESS) | QUEUE_BIT(QUEUE_INFO) |
	     QUEUE_BIT(QUEUE_LOCAL) | QUEUE_BIT(QUEUE_REMOTE),
};

/* "sender|L T a@b@12|R D c@d@0": all that was understood. */
static void
put_result(struct str *out, struct queue_message *m)
{
	static const char letters[QUEUE_KINDS] = "MITFLRB";
	struct queue_recipient r;

	str_put(out, str_span(&m->sender));
	while (queue_message_next(m, &r)) {
		str_putc(out, '|');
		str_putc(out, letters[r.kind]);
		str_put_cstr(out, r.done ? " D " : " T ");
		str_put(out, r.address);
		str_putc(out, '@');
		str_put_u64(out, r.offset);
	}
}

static const struct {
	const char *label;
	unsigned bits;
	struct span info, local, remote; /* info: todo when bits say so */
	const char *want;
	enum queue_kind kind; /* whose damage is checked */
	unsigned bad;
	uint64_t bad_at;
} cases[] = {
    {"both channels", S5, SPAN_INIT("Fs\0"), SPAN_INIT("Ta\0Db\0"),
        SPAN_INIT("Tc\0"), "s|L T a@0|L D b@3|R T c@0", QUEUE_LOCAL, 0, 0},
    {"bounce", S5, SPAN_INIT("F\0"), SPAN_INIT("Ta\0"), SPAN_INIT("Tb\0"),
        "|L T a@0|R T b@0", QUEUE_INFO, 0, 0},
    {"info empty", S5, SPAN_INIT(""), SPAN_INIT("Ta\0"), SPAN_INIT("Tb\0"),
        "|L T a@0|R T b@0", QUEUE_INFO, QUEUE_BAD_EMPTY | QUEUE_BAD_SENDER, 0},
    {"info cut", S5, SPAN_INIT("Fs"), SPAN_INIT("Ta\0"), SPAN_INIT("Tb\0"),
        "|L T a@0|R T b@0", QUEUE_INFO, QUEUE_BAD_CUT | QUEUE_BAD_SENDER, 0},
    {"info with another letter", S5, SPAN_INIT("Xs\0"), SPAN_INIT("Ta\0"),
        SPAN_INIT("Tb\0"), "|L T a@0|R T b@0", QUEUE_INFO,
        QUEUE_BAD_LETTER | QUEUE_BAD_SENDER, 0},
    {"info with more", S5, SPAN_INIT("Fs\0Ft\0"), SPAN_INIT("Ta\0"),
        SPAN_INIT("Tb\0"), "s|L T a@0|R T b@0", QUEUE_INFO, QUEUE_BAD_EXTRA, 3},
    {"info of indimail", S5, SPAN_INIT("Fs\0hx\0"), SPAN_INIT("Ta\0"),
        SPAN_INIT("Tb\0"), "s|L T a@0|R T b@0", QUEUE_INFO, QUEUE_HAS_VARIANT,
        0},
    {"info has no recipients", S5, SPAN_INIT("Fs\0Tx\0"), SPAN_INIT("Ta\0"),
        SPAN_INIT("Tb\0"), "s|L T a@0|R T b@0", QUEUE_INFO, QUEUE_BAD_LETTER,
        3},
    {"list empty", S5, SPAN_INIT("Fs\0"), SPAN_INIT(""), SPAN_INIT("Tb\0"),
        "s|R T b@0", QUEUE_LOCAL, QUEUE_BAD_EMPTY, 0},
    {"list cut", S5, SPAN_INIT("Fs\0"), SPAN_INIT("Ta\0Tb"), SPAN_INIT("Tb\0"),
        "s|L T a@0|R T b@0", QUEUE_LOCAL, QUEUE_BAD_CUT, 3},
    {"list with an unknown letter", S5, SPAN_INIT("Fs\0"),
        SPAN_INIT("Ta\0Ux\0Tc\0"), SPAN_INIT("Tb\0"),
        "s|L T a@0|L T c@6|R T b@0", QUEUE_LOCAL, QUEUE_BAD_LETTER, 3},
    {"list with a tail of zeros", S5, SPAN_INIT("Fs\0"),
        SPAN_INIT("Ta\0\0\0\0"), SPAN_INIT("Tb\0"), "s|L T a@0|R T b@0",
        QUEUE_LOCAL, QUEUE_BAD_NULS, 3},
    {"empty address", S5, SPAN_INIT("Fs\0"), SPAN_INIT("T\0"),
        SPAN_INIT("Tb\0"), "s|L T @0|R T b@0", QUEUE_LOCAL, 0, 0},
    {"todo", S4, SPAN_INIT("u7\0p9\0Fs\0Ta\0Tb\0"), {0}, {0},
        "s|T T a@9|T T b@12", QUEUE_TODO, 0, 0},
    {"todo without recipients", S4, SPAN_INIT("u7\0p9\0Fs\0"), {0}, {0}, "s",
        QUEUE_TODO, 0, 0},
    {"todo empty", S4, SPAN_INIT(""), {0}, {0}, "", QUEUE_TODO,
        QUEUE_BAD_EMPTY | QUEUE_BAD_SENDER | QUEUE_BAD_IDS, 0},
    {"todo cut in a recipient", S4, SPAN_INIT("u7\0p9\0Fs\0Ta\0Tb"), {0}, {0},
        "s|T T a@9", QUEUE_TODO, QUEUE_BAD_CUT, 12},
    {"todo without sender", S4, SPAN_INIT("u7\0p9\0Ta\0"), {0}, {0}, "|T T a@6",
        QUEUE_TODO, QUEUE_BAD_SENDER, 0},
    {"todo without uid", S4, SPAN_INIT("p9\0Fs\0Ta\0"), {0}, {0}, "s|T T a@6",
        QUEUE_TODO, QUEUE_BAD_IDS, 0},
    {"todo with a bad process number", S4, SPAN_INIT("u7\0p-\0Fs\0"), {0}, {0},
        "s", QUEUE_TODO, QUEUE_BAD_IDS, 3},
    {"todo with a D record", S4, SPAN_INIT("u7\0p9\0Fs\0Da\0"), {0}, {0}, "s",
        QUEUE_TODO, QUEUE_BAD_LETTER, 9},
};

struct fixture {
	int dir;
	struct queue_dirs dirs;
	struct queue_message m;
};

static void
open_fixture(struct fixture *f)
{
	f->dir = open_tmp_dir();
	queue_make(f->dir, &layout);
	queue_put_file(f->dir, &layout, QUEUE_MESS, ID, SPAN("12345"));
	queue_dirs_init(&f->dirs, f->dir, &layout);
	ck_assert_int_eq(queue_message_init(&f->m, &f->dirs, NULL), 0);
}

static void
close_fixture(struct fixture *f)
{
	queue_message_free(&f->m);
	queue_dirs_close(&f->dirs);
}

START_TEST(envelope)
{
	bool todo = cases[_i].bits == S4;
	struct str got = {0};
	struct fixture f;

	open_fixture(&f);
	queue_put_file(f.dir, &layout, todo ? QUEUE_TODO : QUEUE_INFO, ID,
	    cases[_i].info);
	if (!todo) {
		queue_put_file(f.dir, &layout, QUEUE_LOCAL, ID,
		    cases[_i].local);
		queue_put_file(f.dir, &layout, QUEUE_REMOTE, ID,
		    cases[_i].remote);
	}
	/* once asking for types, once told that all are regular */
	for (unsigned regular = 0; regular < 2; regular++) {
		const struct queue_file *file = &f.m.file[cases[_i].kind];

		str_reset(&got);
		ck_assert_int_eq(queue_message_open(&f.m, ID, cases[_i].bits,
		                     regular * (QUEUE_SETS - 1), NULL),
		    0);
		put_result(&got, &f.m);
		ck_span(str_span(&got), span_cstr(cases[_i].want),
		    cases[_i].label);
		ck_assert_msg(file->bad == cases[_i].bad, "%s: %x",
		    cases[_i].label, file->bad);
		ck_assert_msg(file->bad_at == cases[_i].bad_at, "%s",
		    cases[_i].label);
		ck_assert_uint_eq(f.m.size, 5);
		ck_assert(f.m.preprocessed == !todo);
	}
	str_free(&got);
	close_fixture(&f);
}
END_TEST

START_TEST(ids_and_counts)
{
	struct queue_recipient r;
	struct fixture f;

	open_fixture(&f);
	queue_put_file(f.dir, &layout, QUEUE_TODO, ID,
	    SPAN("u1002\0p15261\0Fs\0Ta\0"));
	ck_assert_int_eq(queue_message_open(&f.m, ID, S4, 0, NULL), 0);
	ck_assert_uint_eq(f.m.uid, 1002);
	ck_assert_uint_eq(f.m.qp, 15261);
	queue_put_file(f.dir, &layout, QUEUE_INFO, ID, SPAN("Fs\0"));
	queue_put_file(f.dir, &layout, QUEUE_LOCAL, ID, SPAN("Ta\0Db\0Dc\0"));
	ck_assert_int_eq(queue_message_open(&f.m, ID, S5, 0, NULL), 0);
	while (queue_message_next(&f.m, &r))
		continue;
	ck_assert_uint_eq(f.m.file[QUEUE_LOCAL].done, 2);
	ck_assert_uint_eq(f.m.file[QUEUE_LOCAL].waiting, 1);
	/* remote was announced and is not there */
	ck_assert_uint_eq(f.m.bits, S5 & ~QUEUE_BIT(QUEUE_REMOTE));
	ck_assert_uint_eq(f.m.file[QUEUE_REMOTE].bad, 0);
	close_fixture(&f);
}
END_TEST

START_TEST(times)
{
	const struct timespec born[2] = {{100, 0}, {4294967300, 0}};
	const struct timespec next[2] = {{100, 0}, {5000000000, 0}};
	struct queue_recipient r;
	struct fixture f;

	open_fixture(&f);
	queue_put_file(f.dir, &layout, QUEUE_INFO, ID, SPAN("Fs\0"));
	queue_put_file(f.dir, &layout, QUEUE_REMOTE, ID, SPAN("Ta\0"));
	ck_assert_int_eq(utimensat(f.dir,
	                     queue_path(&layout, QUEUE_INFO, ID).text, born, 0),
	    0);
	ck_assert_int_eq(utimensat(f.dir,
	                     queue_path(&layout, QUEUE_REMOTE, ID).text, next,
	                     0),
	    0);
	f.m.want_times = true;
	ck_assert_int_eq(queue_message_open(&f.m, ID, S5, QUEUE_SETS - 1, NULL),
	    0);
	ck_assert(queue_message_next(&f.m, &r));
	ck_assert_int_eq(f.m.birth, 4294967300);
	ck_assert_int_eq(f.m.file[QUEUE_REMOTE].mtime, 5000000000);
	close_fixture(&f);
}
END_TEST

START_TEST(vanished_files_are_no_trouble)
{
	struct fixture f;
	struct err e;

	open_fixture(&f);
	ck_assert_int_eq(queue_message_open(&f.m, ID, S5, 0, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_str_eq(e.text,
	    "cannot open info/20/457: No such file or directory");
	ck_assert_int_eq(queue_message_open(&f.m, ID + 1, S5, 0, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_uint_eq(f.m.bits, S5 & ~QUEUE_BIT(QUEUE_MESS));
	close_fixture(&f);
}
END_TEST

START_TEST(strange_files_are_not_read)
{
	struct queue_recipient r;
	struct fixture f;
	struct err e;

	open_fixture(&f);
	queue_put_file(f.dir, &layout, QUEUE_INFO, ID, SPAN("Fs\0"));
	ck_assert_int_eq(mkfifoat(f.dir,
	                     queue_path(&layout, QUEUE_LOCAL, ID).text, 0600),
	    0);
	ck_assert_int_eq(symlinkat("/etc/passwd", f.dir,
	                     queue_path(&layout, QUEUE_REMOTE, ID).text),
	    0);
	ck_assert_int_eq(queue_message_open(&f.m, ID, S5, 0, &e), 0);
	ck_assert(!queue_message_next(&f.m, &r));
	ck_assert_uint_eq(f.m.file[QUEUE_LOCAL].bad, QUEUE_BAD_TYPE);
	ck_assert_uint_eq(f.m.file[QUEUE_REMOTE].bad, QUEUE_BAD_READ);
	ck_assert_int_eq(f.m.file[QUEUE_REMOTE].sys, ELOOP);
	close_fixture(&f);
}
END_TEST

/* A message may be left in the middle, and no descriptor gets lost. */
START_TEST(no_descriptor_is_lost)
{
	struct queue_recipient r;
	struct fixture f;
	int before, after;

	open_fixture(&f);
	queue_put_file(f.dir, &layout, QUEUE_INFO, ID, SPAN("Fs\0"));
	queue_put_file(f.dir, &layout, QUEUE_LOCAL, ID, SPAN("Ta\0Tb\0"));
	queue_put_file(f.dir, &layout, QUEUE_TODO, ID, SPAN("Fs\0Ta\0"));
	queue_message_free(&f.m);
	before = dup(f.dir);
	(void)close(before);
	ck_assert_int_eq(queue_message_init(&f.m, &f.dirs, NULL), 0);
	for (int i = 0; i < 500; i++) {
		ck_assert_int_eq(queue_message_open(&f.m, ID,
		                     i % 3 == 0 ? S4 : S5, 0, NULL),
		    0);
		ck_assert(queue_message_next(&f.m, &r));
		while (i % 2 == 0 && queue_message_next(&f.m, &r))
			continue;
	}
	close_fixture(&f);
	after = dup(f.dir);
	ck_assert_int_eq(after, before);
	(void)close(after);
}
END_TEST

START_TEST(long_records_end_a_file)
{
	static char big[QUEUE_MESSAGE_RECORD_MAX + 10];
	struct queue_recipient r;
	struct fixture f;

	open_fixture(&f);
	memset(big, 'T', sizeof(big) - 1);
	queue_put_file(f.dir, &layout, QUEUE_INFO, ID, SPAN("Fs\0"));
	queue_put_file(f.dir, &layout, QUEUE_LOCAL, ID,
	    (struct span){big, sizeof(big)});
	queue_put_file(f.dir, &layout, QUEUE_REMOTE, ID,
	    (struct span){big + 10, sizeof(big) - 10});
	ck_assert_int_eq(queue_message_open(&f.m, ID, S5, 0, NULL), 0);
	ck_assert(queue_message_next(&f.m, &r));
	ck_assert_int_eq(r.kind, QUEUE_REMOTE);
	ck_assert_uint_eq(r.address.n, QUEUE_MESSAGE_RECORD_MAX - 2);
	ck_assert(!queue_message_next(&f.m, &r));
	ck_assert_uint_eq(f.m.file[QUEUE_LOCAL].bad, QUEUE_BAD_LONG);
	ck_assert_uint_eq(f.m.file[QUEUE_REMOTE].bad, 0);
	close_fixture(&f);
}
END_TEST

START_TEST(every_damage_has_words)
{
	ck_assert_ptr_null(queue_file_trouble(0));
	ck_assert_ptr_null(queue_file_trouble(QUEUE_HAS_VARIANT));
	for (unsigned bit = 1; bit < QUEUE_HAS_VARIANT; bit <<= 1)
		ck_assert_ptr_nonnull(queue_file_trouble(bit));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_message");

	tcase_add_loop_test(t, envelope, 0, ROWS(cases));
	tcase_add_test(t, ids_and_counts);
	tcase_add_test(t, times);
	tcase_add_test(t, vanished_files_are_no_trouble);
	tcase_add_test(t, strange_files_are_not_read);
	tcase_add_test(t, no_descriptor_is_lost);
	tcase_add_test(t, long_records_end_a_file);
	tcase_add_test(t, every_damage_has_words);
	return unit_end();
}
