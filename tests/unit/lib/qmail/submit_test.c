/* SPDX-License-Identifier: ISC */
#include "qmail/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sig.h"
#include "tests/support/unit.h"

/* A home whose bin/qmail-queue is a shell script. */
static char home[64];
static int home_fd;

static void
make_program(const char *name, const char *body)
{
	FILE *f;
	int fd;

	fd = openat(home_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fchmod(fd, 0755), 0);
	f = fdopen(fd, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_gt(fprintf(f, "#!/bin/sh\n%s\n", body), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static struct site
make_home(const char *body)
{
	char link[32];
	ssize_t n;

	home_fd = open_tmp_dir();
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", home_fd);
	n = readlink(link, home, sizeof(home) - 1);
	ck_assert_int_gt(n, 0);
	home[n] = '\0';
	ck_assert_int_eq(mkdirat(home_fd, "bin", 0755), 0);
	make_program("bin/qmail-queue", body);
	sig_ignore(SIGPIPE);
	unsetenv("QMAILQUEUE");
	unsetenv("ERROR_FD");
	return (struct site){.home = home, .uid = geteuid()};
}

static void
ck_file(const char *name, struct span want)
{
	struct str got = {0};
	struct err e;

	ck_assert_msg(file_load(home_fd, name, 1 << 24, &got, &e) == 0, "%s",
	    e.text);
	ck_span(str_span(&got), want, name);
	str_free(&got);
}

static bool
is_there(const char *name)
{
	return faccessat(home_fd, name, F_OK, 0) == 0;
}

static const char keep[] = "cat >msg; cat <&1 >env";

static char
send_small(const struct site *site, struct str *text)
{
	struct submit q;
	struct err e;

	ck_assert_msg(submit_open(&q, site, &e) == 0, "%s", e.text);
	ck_assert_int_gt(q.pid, 0);
	submit_put(&q, SPAN("a\0b\n"));
	submit_put_cstr(&q, "c\n");
	submit_from(&q, SPAN("s@x"));
	submit_to(&q, SPAN("r@y"));
	submit_to(&q, SPAN(""));
	return submit_close(&q, text);
}

START_TEST(message_and_envelope_arrive)
{
	struct site site = make_home(keep);
	struct str text = {0};

	ck_assert_int_eq(send_small(&site, &text), 'K');
	ck_assert_uint_eq(text.n, 0);
	ck_file("msg", SPAN("a\0b\nc\n"));
	ck_file("env", SPAN("Fs@x\0Tr@y\0T\0\0"));
	str_free(&text);
}
END_TEST

START_TEST(qmailqueue_names_what_runs)
{
	struct site site = make_home("exit 31");
	struct str text = {0};

	make_program("filter", "cat >msg; cat <&1 >env; echo $# >args");
	setenv("QMAILQUEUE", "./filter", 1);
	ck_assert_int_eq(send_small(&site, &text), 'K');
	ck_file("args", SPAN("0\n"));
	str_free(&text);
}
END_TEST

static const struct {
	const char *label;
	const char *body;
	char letter;
	struct span text;
} ends[] = {
    {"permanent", "exit 31", 'D',
        SPAN_INIT("mail server permanently rejects message (#5.3.0)")},
    {"policy", "exit 33", 'D',
        SPAN_INIT("message refused by local policy (#5.7.1)")},
    {"signal", "kill -9 $$", 'Z',
        SPAN_INIT("the queueing program crashed (#4.3.0)")},
    {"custom permanent", "echo 'Dno thanks (#5.7.1)' >&6; exit 82", 'D',
        SPAN_INIT("no thanks (#5.7.1)")},
    {"custom on 4", "echo 'Zlater (#4.7.1)' >&4; exit 82", 'Z',
        SPAN_INIT("later (#4.7.1)")},
    {"88 is 82", "echo 'Dno' >&6; exit 88", 'D', SPAN_INIT("no")},
    {"other first byte", "printf 'Xab' >&6; exit 82", 'Z', SPAN_INIT("ab")},
    {"two bytes are none", "printf 'Da' >&6; exit 82", 'Z',
        SPAN_INIT("temporary problem while queueing message (#4.3.0)")},
    {"blank text is none", "printf 'D\\n\\n' >&6; exit 82", 'Z',
        SPAN_INIT("temporary problem while queueing message (#4.3.0)")},
    {"no line break gets out", "printf 'Da\\r\\nb\\001\\377' >&6; exit 82", 'D',
        SPAN_INIT("a  b??")},
    {"text without 82", "echo 'Dno' >&6; exit 31", 'D',
        SPAN_INIT("mail server permanently rejects message (#5.3.0)")},
};

START_TEST(how_it_ends)
{
	struct site site = make_home(ends[_i].body);
	struct str text = {0};
	char letter = send_small(&site, &text);

	ck_assert_msg(letter == ends[_i].letter, "%s: got %c", ends[_i].label,
	    letter);
	ck_span(str_span(&text), ends[_i].text, ends[_i].label);
	str_free(&text);
}
END_TEST

START_TEST(long_custom_text_is_cut)
{
	struct site site = make_home(
	    "printf 'D%0999d' 7 >&6; cat >msg; cat <&1 >env; exit 82");
	struct str text = {0};

	ck_assert_int_eq(send_small(&site, &text), 'D');
	ck_assert_uint_eq(text.n, 254);
	str_free(&text);
}
END_TEST

START_TEST(error_fd_names_a_further_descriptor)
{
	struct site site = make_home("echo 'Dno' >&9; exit 82");
	struct str text = {0};

	setenv("ERROR_FD", "9", 1);
	ck_assert_int_eq(send_small(&site, &text), 'D');
	ck_span(str_span(&text), SPAN("no"), "text");
	str_free(&text);
}
END_TEST

START_TEST(nothing_else_is_open_in_the_child)
{
	struct site site =
	    make_home("for n in 0 1 2 3 4 5 6 7 8; do "
	              "if [ -e /proc/$$/fd/$n ]; then printf $n; fi; done >&6; "
	              "cat >/dev/null; exit 82");
	struct str text = {0};
	int extra = open("/dev/null", O_RDONLY);

	ck_assert_int_ne(extra, -1);
	ck_assert_int_eq(dup2(extra, 5), 5);
	ck_assert_int_eq(send_small(&site, &text), 'Z');
	/* the first byte is taken for the class */
	ck_span(str_span(&text), SPAN("1246"), "descriptors");
	str_free(&text);
}
END_TEST

static void
ck_abandoned(struct submit *q, struct span envelope)
{
	struct str text = {0};

	ck_assert_int_eq(submit_close(q, &text), 'Z');
	ck_file("env", envelope);
	str_free(&text);
}

START_TEST(abandoned_message_has_no_envelope)
{
	struct site site = make_home(keep);
	struct submit q;
	struct err e;

	ck_assert_int_eq(submit_open(&q, &site, &e), 0);
	submit_put_cstr(&q, "x\n");
	submit_fail(&q);
	submit_from(&q, SPAN("s"));
	submit_to(&q, SPAN("r"));
	ck_abandoned(&q, SPAN(""));
}
END_TEST

START_TEST(abandoned_in_the_envelope)
{
	struct site site = make_home(keep);
	struct submit q;
	struct err e;

	ck_assert_int_eq(submit_open(&q, &site, &e), 0);
	submit_put_cstr(&q, "x\n");
	submit_from(&q, SPAN("s"));
	submit_to(&q, SPAN("r"));
	submit_fail(&q);
	ck_abandoned(&q, SPAN(""));
}
END_TEST

START_TEST(closed_before_the_envelope)
{
	struct site site = make_home(keep);
	struct submit q;
	struct err e;

	ck_assert_int_eq(submit_open(&q, &site, &e), 0);
	submit_put_cstr(&q, "x\n");
	ck_abandoned(&q, SPAN(""));
}
END_TEST

/* More than a pipe and our buffer hold, into a program that reads nothing: the
 * write fails, so its success must not be believed. */
START_TEST(failed_write_is_never_success)
{
	struct site site = make_home("exec 0<&-; exit 0");
	static const char zeros[4096];
	struct str text = {0};
	struct submit q;
	struct err e;

	ck_assert_int_eq(submit_open(&q, &site, &e), 0);
	for (int i = 0; i < 256; i++)
		submit_put(&q, (struct span){zeros, sizeof(zeros)});
	submit_from(&q, SPAN("s"));
	submit_to(&q, SPAN("r"));
	ck_assert_int_eq(submit_close(&q, &text), 'Z');
	ck_span(str_span(&text),
	    SPAN("read error while queueing message (#4.3.0)"), "text");
	str_free(&text);
}
END_TEST

START_TEST(program_that_cannot_run)
{
	struct site site = make_home(keep);
	struct submit q;
	struct err e;

	setenv("QMAILQUEUE", "nowhere/filter", 1);
	ck_assert_int_eq(submit_open(&q, &site, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert(err_is_temporary(&e));
	ck_span(span_cstr(e.text),
	    SPAN("cannot run nowhere/filter: No such file or directory "
	         "(#4.3.0)"),
	    "text");
	ck_assert(!is_there("msg"));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/submit");

	tcase_add_test(t, message_and_envelope_arrive);
	tcase_add_test(t, qmailqueue_names_what_runs);
	tcase_add_loop_test(t, how_it_ends, 0, ROWS(ends));
	tcase_add_test(t, long_custom_text_is_cut);
	tcase_add_test(t, error_fd_names_a_further_descriptor);
	tcase_add_test(t, nothing_else_is_open_in_the_child);
	tcase_add_test(t, abandoned_message_has_no_envelope);
	tcase_add_test(t, abandoned_in_the_envelope);
	tcase_add_test(t, closed_before_the_envelope);
	tcase_add_test(t, failed_write_is_never_success);
	tcase_add_test(t, program_that_cannot_run);
	return unit_end();
}
