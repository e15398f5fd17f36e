/* SPDX-License-Identifier: ISC */
#include "mta/ucspi/tcp_env.h"
#include "tests/support/unit.h"

static const struct {
	struct span line, user;
} cases[] = {
    {SPAN_INIT("6193, 23 : USERID : UNIX : stjohns\r\n"), SPAN_INIT("stjohns")},
    {SPAN_INIT("6193,23:USERID:OTHER:a b:c\td\r\n"), SPAN_INIT("ab:cd")},
    {SPAN_INIT("6193,23:USERID:UNIX:joe"), SPAN_INIT("joe")},
    {SPAN_INIT("6193,23:USERID:UNIX:\xff\0joe\n"), SPAN_INIT("\xff")},
    {SPAN_INIT("6193 , 23 : ERROR : NO-USER\r\n"), SPAN_INIT("")},
    {SPAN_INIT("6193,23:USERID:UNIX:  \r\nx"), SPAN_INIT("")},
    {SPAN_INIT(""), SPAN_INIT("")},
};

START_TEST(answers)
{
	struct str user = {0};

	ck_assert_int_eq(ident_parse(cases[_i].line, &user),
	    cases[_i].user.n > 0);
	ck_span(str_span(&user), cases[_i].user, cases[_i].line.p);
	str_free(&user);
}
END_TEST

START_TEST(a_long_name_is_cut)
{
	struct str line = {0}, user = {0};

	str_put(&line, SPAN("1,2:USERID:UNIX:"));
	for (int i = 0; i < 2000; i++)
		str_putc(&line, 'x');
	ck_assert(ident_parse(str_span(&line), &user));
	ck_assert_uint_eq(user.n, 999);
	str_free(&line);
	str_free(&user);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("ucspi/ident");

	tcase_add_loop_test(t, answers, 0, ROWS(cases));
	tcase_add_test(t, a_long_name_is_cut);
	return unit_end();
}
