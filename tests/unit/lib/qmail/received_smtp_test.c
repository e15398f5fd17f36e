/* SPDX-License-Identifier: ISC */
#include "qmail/received_smtp.h"

#include <stdlib.h>

#include "tests/support/unit.h"

enum { NOW = 1795165869 };

#define TAIL "; 20 Nov 2026 09:11:09 -0000\n"

static const struct {
	const char *label;
	struct received_smtp r;
	struct span want;
} cases[] = {
    {"all there is",
        {SPAN_INIT("host.example"), SPAN_INIT("helo.example"), SPAN_INIT("joe"),
            SPAN_INIT("192.0.2.1"), SPAN_INIT("here.example"),
            SPAN_INIT("ESMTP")},
        SPAN_INIT("Received: from host.example (HELO helo.example) "
                  "(joe@192.0.2.1)\n  by here.example with ESMTP" TAIL)},
    {"the name is the host's",
        {SPAN_INIT("host.example"), SPAN_INIT("HOST.example"), {0},
            SPAN_INIT("192.0.2.1"), SPAN_INIT("here"), SPAN_INIT("SMTP")},
        SPAN_INIT("Received: from host.example (192.0.2.1)\n"
                  "  by here with SMTP" TAIL)},
    {"no name at all",
        {SPAN_INIT("unknown"), {0}, {0}, SPAN_INIT("unknown"),
            SPAN_INIT("unknown"), SPAN_INIT("QMTP")},
        SPAN_INIT("Received: from unknown (unknown)\n"
                  "  by unknown with QMTP" TAIL)},
    {"an empty name and info",
        {SPAN_INIT("h"), SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("::1"),
            SPAN_INIT("l"), SPAN_INIT("SMTP")},
        SPAN_INIT("Received: from h (HELO ) (@::1)\n  by l with SMTP" TAIL)},
    {"nothing can end the line",
        {SPAN_INIT("a\nb"), SPAN_INIT("x) \r\n\t\0y\x80"), SPAN_INIT("(;"),
            SPAN_INIT("1"), SPAN_INIT("<l>"), SPAN_INIT("SMTP")},
        SPAN_INIT("Received: from a?b (HELO x??????y?) (??@1)\n"
                  "  by ?l? with SMTP" TAIL)},
    {"bytes that are kept",
        {SPAN_INIT("az.AZ-09"), SPAN_INIT("[IPv6:::1]"), SPAN_INIT("a@b%c+d"),
            SPAN_INIT("1/2=3"), SPAN_INIT("l"), SPAN_INIT("SMTP")},
        SPAN_INIT("Received: from az.AZ-09 (HELO [IPv6:::1]) (a@b%c+d@1/2=3)\n"
                  "  by l with SMTP" TAIL)},
};

START_TEST(put)
{
	struct str out = {0};

	received_smtp_put(&out, &cases[_i].r, NOW);
	ck_span(str_span(&out), cases[_i].want, cases[_i].label);
	str_free(&out);
}
END_TEST

START_TEST(environment)
{
	struct received_smtp r = {0};

	clearenv();
	received_smtp_from_environment(&r);
	ck_span(r.host, SPAN("unknown"), "host");
	ck_span(r.ip, SPAN("unknown"), "ip");
	ck_span(r.local, SPAN("unknown"), "local");
	ck_assert_ptr_null(r.info.p);
	setenv("TCPREMOTEHOST", "h.example", 1);
	setenv("TCPREMOTEIP", "::ffff:192.0.2.1", 1);
	setenv("TCPREMOTEINFO", "", 1);
	setenv("TCPLOCALIP", "192.0.2.2", 1);
	received_smtp_from_environment(&r);
	ck_span(r.host, SPAN("h.example"), "host");
	ck_span(r.ip, SPAN("192.0.2.1"), "ip");
	ck_span(r.local, SPAN("192.0.2.2"), "local ip");
	ck_assert_ptr_nonnull(r.info.p);
	setenv("TCPLOCALHOST", "l.example", 1);
	received_smtp_from_environment(&r);
	ck_span(r.local, SPAN("l.example"), "local host");
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/received_smtp");

	tcase_add_loop_test(t, put, 0, ROWS(cases));
	tcase_add_test(t, environment);
	return unit_end();
}
