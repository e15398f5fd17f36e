/* SPDX-License-Identifier: ISC */
#include "qmail/manifest.h"

#include <string.h>

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span line;
	bool is_program;
	bool good;
} cases[] = {
    {"program", SPAN_INIT("qmail-queue 4711 qmailq qmail"), true, true},
    {"folder", SPAN_INIT("dir alias 2755 alias qmail"), false, true},
    {"file", SPAN_INIT("file queue/x 0644 root nofiles 1024"), false, true},
    {"file without size", SPAN_INIT("file queue/x 0644 root qmail"), false,
        false},
    {"folder with size", SPAN_INIT("dir x 0755 root qmail 0"), false, false},
    {"unknown kind", SPAN_INIT("door x 0755 root qmail"), false, false},
    {"unknown user", SPAN_INIT("dir x 0755 joe qmail"), false, false},
    {"unknown group", SPAN_INIT("dir x 0755 root wheel"), false, false},
    {"no octal mode", SPAN_INIT("dir x 0785 root qmail"), false, false},
    {"mode too large", SPAN_INIT("dir x 10755 root qmail"), false, false},
    {"two spaces", SPAN_INIT("dir  x 0755 root qmail"), false, false},
    {"short", SPAN_INIT("dir x 0755 root"), false, false},
    {"empty", SPAN_INIT(""), false, false},
    {"long path",
        SPAN_INIT("dir 0123456789012345678901234567890123456789012345678901234"
                  "567890123 0755 root qmail"),
        false, false},
};

START_TEST(lines)
{
	struct manifest_row row;

	ck_assert_msg(manifest_parse(cases[_i].line, cases[_i].is_program,
	                  &row) == cases[_i].good,
	    "%s", cases[_i].label);
}
END_TEST

START_TEST(fields_are_kept)
{
	struct manifest_row row;

	ck_assert(
	    manifest_parse(SPAN("qmail-queue 4711 qmailq qmail"), true, &row));
	ck_assert_int_eq(row.kind, MANIFEST_PROGRAM);
	ck_assert_str_eq(row.path, "bin/qmail-queue");
	ck_assert_uint_eq(row.mode, 04711);
	ck_assert_int_eq(row.owner, IDS_QMAILQ);
	ck_assert_int_eq(row.group, IDS_QMAIL);
	ck_assert(manifest_parse(SPAN("file a/b 0644 qmailr nofiles 1024"),
	    false, &row));
	ck_assert_int_eq(row.kind, MANIFEST_FILE);
	ck_assert_str_eq(row.path, "a/b");
	ck_assert_int_eq(row.owner, IDS_QMAILR);
	ck_assert_int_eq(row.group, IDS_NOFILES);
	ck_assert_uint_eq(row.size, 1024);
}
END_TEST

/* Every line of our own files is a row, and each folder comes before what it
 * holds. */
START_TEST(our_manifest_is_complete)
{
	struct manifest m = {0};
	struct manifest_row row;
	enum manifest_status got;
	unsigned rows[MANIFEST_FIFO + 1] = {0};
	bool queue_seen = false;

	while ((got = manifest_next(&m, &row)) == MANIFEST_OK) {
		rows[row.kind]++;
		if (strcmp(row.path, "queue") == 0)
			queue_seen = true;
		else if (strncmp(row.path, "queue/", 6) == 0)
			ck_assert(queue_seen);
	}
	ck_assert_int_eq(got, MANIFEST_END);
	ck_assert_uint_ge(rows[MANIFEST_PROGRAM], 40);
	ck_assert_uint_eq(rows[MANIFEST_SPLIT], 4);
	ck_assert_uint_eq(rows[MANIFEST_TODO], 2);
	ck_assert_uint_eq(rows[MANIFEST_FILE], 3);
	ck_assert_uint_eq(rows[MANIFEST_FIFO], 1);
	ck_assert_int_eq(manifest_next(&m, &row), MANIFEST_END);
}
END_TEST

int
main(void)
{
	TCase *all = unit_begin("qmail/manifest");

	tcase_add_loop_test(all, lines, 0, ROWS(cases));
	tcase_add_test(all, fields_are_kept);
	tcase_add_test(all, our_manifest_is_complete);
	return unit_end();
}
