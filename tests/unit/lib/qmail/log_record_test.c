/* SPDX-License-Identifier: ISC */
#include "qmail/log_record.h"

#include "tests/support/unit.h"

static const struct {
	struct log_record record;
	struct span line;
} shapes[] = {
    {{.kind = LOG_STATUS, .used = {1, 0}, .limit = {10, 20}},
        SPAN_INIT("status: local 1/10 remote 0/20\n")},
    {{.kind = LOG_STATUS, .used = {0, 2}, .limit = {10, 20}, .exit_asap = true},
        SPAN_INIT("status: local 0/10 remote 2/20 exitasap\n")},
    {{.kind = LOG_EXITING}, SPAN_INIT("status: exiting\n")},
    {{.kind = LOG_NEW, .message = 11011106}, SPAN_INIT("new msg 11011106\n")},
    {{.kind = LOG_INFO,
         .message = 457,
         .bytes = 88,
         .qp = 14366,
         .uid = 0,
         .text = SPAN_INIT("tri_cky_\"x\"/@a.example")},
        SPAN_INIT("info msg 457: bytes 88 from <tri_cky_\"x\"/@a.example> "
                  "qp 14366 uid 0\n")},
    {{.kind = LOG_INFO, .message = 1, .bytes = 2, .qp = 3, .uid = 4},
        SPAN_INIT("info msg 1: bytes 2 from <> qp 3 uid 4\n")},
    {{.kind = LOG_INFO, .message = 1, .text = SPAN_INIT("a>b")},
        SPAN_INIT("info msg 1: bytes 0 from <a>b> qp 0 uid 0\n")},
    {{.kind = LOG_STARTING,
         .delivery = 1,
         .message = 457,
         .channel = LOG_LOCAL,
         .text = SPAN_INIT("v_w@local.example")},
        SPAN_INIT("starting delivery 1: msg 457 to local "
                  "v_w@local.example\n")},
    {{.kind = LOG_STARTING,
         .delivery = 2,
         .message = 457,
         .channel = LOG_REMOTE,
         .text = SPAN_INIT("b@r.example")},
        SPAN_INIT("starting delivery 2: msg 457 to remote b@r.example\n")},
    {{.kind = LOG_SUCCESS, .delivery = 3, .text = SPAN_INIT("did_1+0+0/")},
        SPAN_INIT("delivery 3: success: did_1+0+0/\n")},
    {{.kind = LOG_SUCCESS, .delivery = 3},
        SPAN_INIT("delivery 3: success: \n")},
    {{.kind = LOG_DEFERRAL, .delivery = 4, .text = SPAN_INIT("x")},
        SPAN_INIT("delivery 4: deferral: x\n")},
    {{.kind = LOG_FAILURE, .delivery = 5, .text = SPAN_INIT("a//b/")},
        SPAN_INIT("delivery 5: failure: a//b/\n")},
    {{.kind = LOG_MANGLED, .delivery = 6},
        SPAN_INIT("delivery 6: report mangled, will defer\n")},
    {{.kind = LOG_BOUNCE, .message = 457, .qp = 14372},
        SPAN_INIT("bounce msg 457 qp 14372\n")},
    {{.kind = LOG_TRIPLE, .message = 457},
        SPAN_INIT("triple bounce: discarding bounce/457\n")},
    {{.kind = LOG_END, .message = UINT64_MAX},
        SPAN_INIT("end msg 18446744073709551615\n")},
    {{.kind = LOG_ALERT,
         .text = SPAN_INIT("cannot start: qmail-send is "
                           "already running")},
        SPAN_INIT("alert: cannot start: qmail-send is already running\n")},
    {{.kind = LOG_WARNING, .text = SPAN_INIT("unable to stat mess/20/457")},
        SPAN_INIT("warning: unable to stat mess/20/457\n")},
    {{.kind = LOG_OTHER_STATUS,
         .text = SPAN_INIT("qmail-todo stop processing asap")},
        SPAN_INIT("status: qmail-todo stop processing asap\n")},
};

static void
ck_same(const struct log_record *got, const struct log_record *want)
{
	ck_assert_int_eq(got->kind, want->kind);
	ck_assert_uint_eq(got->message, want->message);
	ck_assert_uint_eq(got->delivery, want->delivery);
	ck_assert_uint_eq(got->bytes, want->bytes);
	ck_assert_uint_eq(got->qp, want->qp);
	ck_assert_uint_eq(got->uid, want->uid);
	ck_assert_int_eq(got->channel, want->channel);
	ck_assert_int_eq(got->exit_asap, want->exit_asap);
	for (int c = LOG_LOCAL; c <= LOG_REMOTE; c++) {
		ck_assert_uint_eq(got->used[c], want->used[c]);
		ck_assert_uint_eq(got->limit[c], want->limit[c]);
	}
	ck_span(got->text, want->text, "text");
}

START_TEST(each_shape_is_written_and_read_back)
{
	struct log_record got;
	struct str out = {0};
	struct span line;

	log_record_put(&out, &shapes[_i].record);
	ck_assert(str_ok(&out));
	line = str_span(&out);
	ck_span(line, shapes[_i].line, "line");
	line.n--;
	ck_assert(log_record_parse(line, &got));
	ck_same(&got, &shapes[_i].record);
	str_free(&out);
}
END_TEST

START_TEST(untrusted_text_cannot_break_the_line)
{
	static const struct log_record raw[] = {
	    {.kind = LOG_INFO, .text = SPAN_INIT("a b\n%\x80\0c")},
	    {.kind = LOG_STARTING, .text = SPAN_INIT("a b\n%\x80\0c")},
	    {.kind = LOG_SUCCESS, .text = SPAN_INIT("a b\n%\x80\0c")},
	    {.kind = LOG_DEFERRAL, .text = SPAN_INIT("a b\n%\x80\0c")},
	    {.kind = LOG_FAILURE, .text = SPAN_INIT("a b\n%\x80\0c")},
	};
	struct log_record got;
	struct str out = {0};

	log_record_put(&out, &raw[_i]);
	ck_assert(log_record_parse((struct span){out.p, out.n - 1}, &got));
	ck_span(got.text, SPAN("a_b/___c"), "text");
	str_free(&out);
}
END_TEST

/* What other family members write, and what a logger may do to a line. */
static const struct {
	struct span line;
	struct log_record want;
} foreign[] = {
    {SPAN_INIT("status: local 1/10 remote 2/20 suppl0 3/30 suppl1 0/5"),
        {.kind = LOG_STATUS, .used = {1, 2}, .limit = {10, 20}}},
    {SPAN_INIT("status: local 1/10 remote 2/20 suppl0 3/30 exitasap"),
        {.kind = LOG_STATUS,
            .used = {1, 2},
            .limit = {10, 20},
            .exit_asap = true}},
    {SPAN_INIT("new msg 457 queue1"), {.kind = LOG_NEW, .message = 457}},
    {SPAN_INIT("end msg 457 queue1"), {.kind = LOG_END, .message = 457}},
    {SPAN_INIT("delivery 12.queue1: success: ok"),
        {.kind = LOG_SUCCESS, .delivery = 12, .text = SPAN_INIT("ok")}},
    {SPAN_INIT("starting delivery 12.q: msg 4 to remote a@b queue1"),
        {.kind = LOG_STARTING,
            .delivery = 12,
            .message = 4,
            .channel = LOG_REMOTE,
            .text = SPAN_INIT("a@b")}},
    {SPAN_INIT("delivery 12: success:"), {.kind = LOG_SUCCESS, .delivery = 12}},
    {SPAN_INIT("info msg 1: bytes 2 from <a> qp 3 uid 4 more"),
        {.kind = LOG_INFO,
            .message = 1,
            .bytes = 2,
            .qp = 3,
            .uid = 4,
            .text = SPAN_INIT("a")}},
    {SPAN_INIT("status: local x"),
        {.kind = LOG_OTHER_STATUS, .text = SPAN_INIT("local x")}},
};

START_TEST(foreign_tails_are_ignored)
{
	struct log_record got;

	ck_assert(log_record_parse(foreign[_i].line, &got));
	ck_same(&got, &foreign[_i].want);
}
END_TEST

static const struct span bad[] = {
    SPAN_INIT(""),
    SPAN_INIT("new msg "),
    SPAN_INIT("new msg x"),
    SPAN_INIT("new msg 12x"),
    SPAN_INIT("new msg 18446744073709551616"),
    SPAN_INIT("New msg 1"),
    SPAN_INIT("info msg 1: bytes 2 from <a qp 3 uid 4"),
    SPAN_INIT("info msg 1: bytes 2 from <a> qp 3"),
    SPAN_INIT("starting delivery 1: msg 2 to suppl0 a@b"),
    SPAN_INIT("delivery 1: report mangled"),
    SPAN_INIT("delivery x: success: y"),
    SPAN_INIT("delivery 1 success: y"),
    SPAN_INIT("tcpserver: status: 0/40"),
    SPAN_INIT("triple bounce: discarding bounce/"),
};

START_TEST(neighbours_are_refused)
{
	struct log_record r;

	ck_assert_msg(!log_record_parse(bad[_i], &r), "%.*s", (int)bad[_i].n,
	    bad[_i].p);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/log_record");

	tcase_add_loop_test(t, each_shape_is_written_and_read_back, 0,
	    ROWS(shapes));
	tcase_add_loop_test(t, untrusted_text_cannot_break_the_line, 0, 5);
	tcase_add_loop_test(t, foreign_tails_are_ignored, 0, ROWS(foreign));
	tcase_add_loop_test(t, neighbours_are_refused, 0, ROWS(bad));
	return unit_end();
}
