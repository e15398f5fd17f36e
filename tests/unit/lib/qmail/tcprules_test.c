/* SPDX-License-Identifier: ISC */
#include "qmail/tcprules.h"

#include "tests/support/unit.h"

/* Rules from the best to the worst for one peer; behind the empty one those
 * that are not for it. */
struct order {
	struct tcprules_peer peer;
	struct span rules[16];
};

static const struct order orders[] = {
    {{SPAN_INIT("192.0.2.45"), SPAN_INIT("a.b.example"), SPAN_INIT("joe")},
        {SPAN_INIT("joe@192.0.2.45"), SPAN_INIT("joe@=a.b.example"),
            SPAN_INIT("192.0.2.45"), SPAN_INIT("=a.b.example"),
            SPAN_INIT("192.0.2.44/31"), SPAN_INIT("192.0.2."),
            SPAN_INIT("192.0.2.0/24"), SPAN_INIT("192.0."), SPAN_INIT("192."),
            SPAN_INIT("0.0.0.0/0"), SPAN_INIT("=.b.example"),
            SPAN_INIT("=.example"), SPAN_INIT("="), SPAN_INIT("")}},
    {{SPAN_INIT("::ffff:10.2.37.53"), {0}, {0}},
        {SPAN_INIT("10.2.37-53.53"), SPAN_INIT("10.2.37.52/30"),
            SPAN_INIT("10.2-3."), SPAN_INIT("")}},
    {{SPAN_INIT("2001:db8:0:1::5"), SPAN_INIT("six.example"), {0}},
        {SPAN_INIT("2001:DB8:0:1:0:0:0:5"), SPAN_INIT("=six.example"),
            SPAN_INIT("2001:0db8:0:"), SPAN_INIT("2001:db8::/48"),
            SPAN_INIT("2001:db8:"), SPAN_INIT("[2001:db8::]/32"),
            SPAN_INIT("2001:"), SPAN_INIT("::/0"), SPAN_INIT("=.example"),
            SPAN_INIT("=")}},
};

START_TEST(the_best_rule_wins)
{
	const struct order *o = &orders[_i];
	uint64_t previous = UINT64_MAX;

	for (int i = 0; i < ROWS(o->rules) && o->rules[i].p != NULL; i++) {
		uint64_t rank = tcprules_rank(o->rules[i], &o->peer);

		ck_assert_msg(rank > 0, "%s is for the peer", o->rules[i].p);
		ck_assert_msg(rank < previous, "%s is worse", o->rules[i].p);
		previous = rank;
	}
}
END_TEST

static const struct tcprules_peer peer = {SPAN_INIT("192.0.2.45"),
    SPAN_INIT("a.b.example"), SPAN_INIT("joe")};
static const struct tcprules_peer bare = {SPAN_INIT("2001:db8::5"), {0}, {0}};

static const struct {
	const struct tcprules_peer *peer;
	struct span rule;
} others[] = {
    {&peer, SPAN_INIT("192.0.2.4")},
    {&peer, SPAN_INIT("192.0.2")},
    {&peer, SPAN_INIT("192.0.2.45.")},
    {&peer, SPAN_INIT("192.0.2.46-50")},
    {&peer, SPAN_INIT("192.0.2.53-37")},
    {&peer, SPAN_INIT("192.0.2.44-45-46")},
    {&peer, SPAN_INIT("192.0.2.0/33")},
    {&peer, SPAN_INIT(" 192.0.2.45")},
    {&peer, SPAN_INIT("=b.example")},
    {&peer, SPAN_INIT("=.a.b.example")},
    {&peer, SPAN_INIT("=A.b.example")},
    {&peer, SPAN_INIT("jim@192.0.2.45")},
    {&peer, SPAN_INIT("joe@192.0.2.")},
    {&peer, SPAN_INIT("joe@=.example")},
    {&peer, SPAN_INIT("joe@")},
    {&peer, SPAN_INIT("::/0")},
    {&bare, SPAN_INIT("=")},
    {&bare, SPAN_INIT("@2001:db8::5")},
    {&bare, SPAN_INIT("2001:db8")},
    {&bare, SPAN_INIT("2001:db")},
    {&bare, SPAN_INIT("2001:db8:1:")},
    {&bare, SPAN_INIT("2001:db8:1::/48")},
    {&bare, SPAN_INIT("32.1.")},
};

START_TEST(rules_for_others)
{
	ck_assert_msg(tcprules_rank(others[_i].rule, others[_i].peer) == 0,
	    "%s", others[_i].rule.p);
}
END_TEST

static const struct {
	struct span line;
	enum tcprules_line_status want;
	struct span address, data;
} lines[] = {
    {SPAN_INIT("127.:allow,RELAYCLIENT=\"\""), TCPRULES_LINE_RULE,
        SPAN_INIT("127."), SPAN_INIT("+RELAYCLIENT=\0")},
    {SPAN_INIT(":deny"), TCPRULES_LINE_RULE, SPAN_INIT(""), SPAN_INIT("D\0")},
    {SPAN_INIT(":allow \t"), TCPRULES_LINE_RULE, SPAN_INIT(""), SPAN_INIT("")},
    {SPAN_INIT("a:deny,A=/x y/,B=zz"), TCPRULES_LINE_RULE, SPAN_INIT("a"),
        SPAN_INIT("D\0+A=x y\0+B=\0")},
    {SPAN_INIT("2001:db8::1:allow"), TCPRULES_LINE_RULE,
        SPAN_INIT("2001:db8::1"), SPAN_INIT("")},
    {SPAN_INIT("a:allow,X=\":deny\""), TCPRULES_LINE_RULE, SPAN_INIT("a"),
        SPAN_INIT("+X=:deny\0")},
    {SPAN_INIT("a:allow,=xx"), TCPRULES_LINE_RULE, SPAN_INIT("a"),
        SPAN_INIT("+=\0")},
    {SPAN_INIT("# :deny"), TCPRULES_LINE_COMMENT, {0}, {0}},
    {SPAN_INIT("127.allow"), TCPRULES_LINE_IGNORED, {0}, {0}},
    {SPAN_INIT(""), TCPRULES_LINE_IGNORED, {0}, {0}},
    {SPAN_INIT("a:allow\r"), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a:Allow"), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a:allowed"), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a: allow"), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a:allow,X"), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a:allow,X="), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a:allow,X=\"y"), TCPRULES_LINE_BAD, {0}, {0}},
    {SPAN_INIT("a:allow,X=\"y\"z"), TCPRULES_LINE_BAD, {0}, {0}},
};

START_TEST(source_lines)
{
	struct tcprules_line l = {0};
	struct str data = {0};

	ck_assert_msg(tcprules_line_parse(lines[_i].line, &l) == lines[_i].want,
	    "%s", lines[_i].line.p);
	if (lines[_i].want != TCPRULES_LINE_RULE)
		return;
	ck_span(l.address, lines[_i].address, "address");
	tcprules_line_put_data(&l, &data);
	ck_span(str_span(&data), lines[_i].data, "data");
	str_free(&data);
}
END_TEST

START_TEST(items_of_a_record)
{
	struct span data = SPAN("+A=1\0?\0D\0+=x\0+B\0+C=\0+cut=off");
	struct tcprules_item item;

	ck_assert(tcprules_item_take(&data, &item) && !item.is_deny);
	ck_span(item.name, SPAN("A"), "name");
	ck_span(item.value, SPAN("1"), "value");
	ck_assert(tcprules_item_take(&data, &item) && item.is_deny);
	ck_assert(tcprules_item_take(&data, &item));
	ck_span(item.name, SPAN("C"), "name");
	ck_span(item.value, SPAN(""), "value");
	ck_assert(!tcprules_item_take(&data, &item));
}
END_TEST

START_TEST(the_first_of_equal_records)
{
	struct cdb_file_make make;
	struct span key, data;
	struct cdb_file c;
	int dir = open_tmp_dir();
	struct err e;

	ck_assert_int_eq(cdb_file_create(&make, dir, "r.cdb", "r.tmp", &e), 0);
	cdb_file_add(&make, SPAN(""), SPAN("+X=any\0"));
	cdb_file_add(&make, SPAN("192.0."), SPAN("D\0"));
	cdb_file_add(&make, SPAN("192.0."), SPAN("+X=second\0"));
	ck_assert_int_eq(cdb_file_commit(&make, 0600, &e), 0);
	ck_assert_int_eq(cdb_file_open(&c, dir, "r.cdb", &e), 0);
	ck_assert_int_eq(tcprules_find(&c, &peer, &key, &data, &e),
	    CDB_FILE_FOUND);
	ck_span(key, SPAN("192.0."), "key");
	ck_span(data, SPAN("D\0"), "data");
	ck_assert_int_eq(tcprules_find(&c, &bare, &key, &data, &e),
	    CDB_FILE_FOUND);
	ck_span(data, SPAN("+X=any\0"), "data");
	cdb_file_close(&c);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/tcprules");

	tcase_add_loop_test(t, the_best_rule_wins, 0, ROWS(orders));
	tcase_add_loop_test(t, rules_for_others, 0, ROWS(others));
	tcase_add_loop_test(t, source_lines, 0, ROWS(lines));
	tcase_add_test(t, items_of_a_record);
	tcase_add_test(t, the_first_of_equal_records);
	return unit_end();
}
