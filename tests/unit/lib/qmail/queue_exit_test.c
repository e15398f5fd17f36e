/* SPDX-License-Identifier: ISC */
#include "qmail/queue_exit.h"

#include "tests/support/unit.h"

static const struct {
	int status;
	char letter;
	struct span dsn;
} cases[] = {
    {0, 'K', SPAN_INIT("2.6.0")},
    {1, 'Z', SPAN_INIT("4.3.0")},
    {10, 'Z', SPAN_INIT("4.3.0")},
    {11, 'D', SPAN_INIT("5.1.3")},
    {12, 'D', SPAN_INIT("5.3.0")},
    {31, 'D', SPAN_INIT("5.3.0")},
    {32, 'D', SPAN_INIT("5.3.0")},
    {33, 'D', SPAN_INIT("5.7.1")},
    {34, 'D', SPAN_INIT("5.7.1")},
    {40, 'D', SPAN_INIT("5.3.0")},
    {41, 'Z', SPAN_INIT("4.3.0")},
    {51, 'Z', SPAN_INIT("4.3.0")},
    {66, 'Z', SPAN_INIT("4.3.0")},
    {72, 'Z', SPAN_INIT("4.4.1")},
    {73, 'Z', SPAN_INIT("4.4.1")},
    {74, 'Z', SPAN_INIT("4.4.2")},
    {82, 'Z', SPAN_INIT("4.3.0")},
    {88, 'Z', SPAN_INIT("4.3.0")},
    {91, 'Z', SPAN_INIT("4.3.0")},
    {111, 'Z', SPAN_INIT("4.3.0")},
    {115, 'D', SPAN_INIT("5.1.3")},
    {120, 'Z', SPAN_INIT("4.3.0")},
    {255, 'Z', SPAN_INIT("4.3.0")},
};

START_TEST(find)
{
	const struct queue_exit_row *row = queue_exit_find(cases[_i].status);

	ck_assert_msg(row->letter == cases[_i].letter, "%d: letter %c",
	    cases[_i].status, row->letter);
	ck_span(span_cstr(row->dsn), cases[_i].dsn, row->text);
}
END_TEST

/* Every status there can be: permanent from 11 to 40 and 115, all else is not.
 */
START_TEST(every_status_has_its_class)
{
	for (int status = 0; status < 256; status++) {
		const struct queue_exit_row *row = queue_exit_find(status);
		char want = 'Z';

		if (status == 0)
			want = 'K';
		else if ((status >= 11 && status <= 40) || status == 115)
			want = 'D';
		ck_assert_msg(row->letter == want, "%d: %c", status,
		    row->letter);
		ck_assert_int_eq(row->dsn[0], want == 'K'   ? '2'
		                              : want == 'D' ? '5'
		                                            : '4');
	}
}
END_TEST

START_TEST(text_ends_with_its_code)
{
	struct str out = {0};

	queue_exit_put(&out, queue_exit_crashed());
	ck_assert(str_ok(&out));
	ck_assert(span_has_suffix(str_span(&out), SPAN(" (#4.3.0)")));
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_exit");

	tcase_add_loop_test(t, find, 0, ROWS(cases));
	tcase_add_test(t, every_status_has_its_class);
	tcase_add_test(t, text_ends_with_its_code);
	return unit_end();
}
