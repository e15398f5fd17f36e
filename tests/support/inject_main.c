/* SPDX-License-Identifier: ISC */
/* Load generator for tests and benchmarks: P processes inject N messages
 * between them and write down which ones were accepted.
 *
 *	inject PROGRAM VIA PROCESSES MESSAGES BYTES ACCEPTED SENDER RCPT...
 *
 * PROGRAM: path of qmail-queue (VIA queue), or of sendmail or qmail-inject (VIA
 * sendmail). Message number I has the field "X-Ledger: I" and BYTES bytes of
 * body. ACCEPTED gets a line "I" for each message whose program exited 0, in
 * one write each. A refused message is tried again 100 ms later, ten minutes
 * long. Prints the rate. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "base/proc.h"
#include "base/str.h"

enum { ARGS_MAX = 16, TRIES = 6000, LINE_BYTES = 72 };

struct job {
	const char *program;
	bool queue;
	uint64_t processes, messages, bytes;
	int accepted;
	const char *sender;
	char **recipients;
};

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
put_message(struct str *out, const struct job *job, uint64_t number)
{
	str_put_cstr(out, "From: load@local.example\nX-Ledger: ");
	str_put_u64(out, number);
	str_put_cstr(out, "\nSubject: load\n\n");
	for (uint64_t i = 0; i < job->bytes; i++)
		str_putc(out, i % LINE_BYTES == LINE_BYTES - 1 ? '\n' : 'x');
	str_putc(out, '\n');
}

static void
put_envelope(struct str *out, const struct job *job)
{
	str_putc(out, 'F');
	str_put_cstr(out, job->sender);
	str_putc(out, '\0');
	for (char **r = job->recipients; *r != NULL; r++) {
		str_putc(out, 'T');
		str_put_cstr(out, *r);
		str_putc(out, '\0');
	}
	str_putc(out, '\0');
}

static size_t
fill_arguments(const struct job *job, char *argv[ARGS_MAX])
{
	static char name[] = "sendmail", option[] = "-f", end[] = "--";
	static char sender[1024];
	size_t n = 0;

	argv[n++] = name;
	if (!job->queue) {
		(void)snprintf(sender, sizeof(sender), "%s", job->sender);
		argv[n++] = option;
		argv[n++] = sender;
		argv[n++] = end;
		for (char **r = job->recipients; *r != NULL && n < ARGS_MAX - 1;
		     r++)
			argv[n++] = *r;
	}
	argv[n] = NULL;
	return n;
}

static bool
inject(const struct job *job, struct span message, struct span envelope)
{
	int body[2], env[2], status = -1;
	char *argv[ARGS_MAX];
	struct proc_fd map[2];
	struct proc_start start = {.path = job->program,
	    .argv = argv,
	    .map = map,
	    .n = job->queue ? 2 : 1};
	bool sent = false;
	pid_t pid;

	(void)fill_arguments(job, argv);
	if (fd_pipe(body) == -1 || fd_pipe(env) == -1)
		fail("pipe");
	map[0] = (struct proc_fd){body[0], 0};
	map[1] = (struct proc_fd){env[0], 1};
	pid = proc_spawn(&start, NULL);
	fd_close(&body[0]);
	fd_close(&env[0]);
	if (pid != -1) {
		sent = fd_write_full(body[1], message.p, message.n) == 0;
		fd_close(&body[1]);
		if (sent && job->queue)
			sent =
			    fd_write_full(env[1], envelope.p, envelope.n) == 0;
	}
	fd_close(&body[1]);
	fd_close(&env[1]);
	if (pid == -1 || proc_wait(pid, &status) == -1)
		return false;
	return sent && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
note_accepted(const struct job *job, uint64_t number)
{
	char line[32];
	int n =
	    snprintf(line, sizeof(line), "%llu\n", (unsigned long long)number);

	if (write(job->accepted, line, (size_t)n) != n)
		fail("write accepted list");
}

static void
work(const struct job *job, uint64_t worker)
{
	struct str message = {0}, envelope = {0};

	put_envelope(&envelope, job);
	for (uint64_t i = worker; i < job->messages; i += job->processes) {
		int tries = TRIES;

		str_reset(&message);
		put_message(&message, job, i);
		while (!inject(job, str_span(&message), str_span(&envelope))) {
			if (--tries == 0)
				_exit(1);
			(void)usleep(100000);
		}
		note_accepted(job, i);
	}
	_exit(0);
}

static int
run(const struct job *job)
{
	int64_t start = clock_microseconds(), took;
	int failed = 0, status;

	for (uint64_t i = 0; i < job->processes; i++) {
		pid_t pid = fork();

		if (pid == -1)
			fail("fork");
		if (pid == 0)
			work(job, i);
	}
	while (wait(&status) != -1)
		failed += status != 0;
	took = clock_microseconds() - start;
	printf("%llu messages in %.2f s, %.0f/s\n",
	    (unsigned long long)job->messages, (double)took / 1e6,
	    (double)job->messages * 1e6 / (double)(took > 0 ? took : 1));
	return failed;
}

int
main(int argc, char **argv)
{
	struct job job = {0};

	if (argc < 9 ||
	    !num_parse_u64(span_cstr(argv[3]), 1000, &job.processes) ||
	    !num_parse_u64(span_cstr(argv[4]), 100000000, &job.messages) ||
	    !num_parse_u64(span_cstr(argv[5]), 1 << 30, &job.bytes)) {
		fprintf(stderr,
		    "usage: inject PROGRAM queue|sendmail PROCESSES "
		    "MESSAGES BYTES ACCEPTED SENDER RCPT...\n");
		return 100;
	}
	job.program = argv[1];
	job.queue = argv[2][0] == 'q';
	job.accepted =
	    open(argv[6], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (job.accepted == -1)
		fail(argv[6]);
	job.sender = argv[7];
	job.recipients = argv + 8;
	(void)signal(SIGPIPE, SIG_IGN);
	return run(&job) == 0 ? 0 : 1;
}
