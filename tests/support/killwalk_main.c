/* SPDX-License-Identifier: ISC */

/* killwalk: runs a command under ptrace and does something at its nth system
 * call. About a millisecond per run, so a test can go through every call.
 *
 * usage: killwalk [-c NAME] [-t NAME,...] [-o FILE] [ACTION] COMMAND [ARG...]
 *
 * ACTION is at most one of
 *	-b N		kill -9 before call N runs
 *	-a N		kill -9 after call N has run, before it returns
 *	-e N:ERRNO	call N fails with ERRNO and is not executed (a close is)
 *	-r N		call N is executed with 1 as its third argument: a short
 *			read or write
 *	-x SHELL	run "sh -c SHELL" before every counted call, with
 *			KILLWALK_CALL (number) and KILLWALK_NAME set, while the
 *			command stands still: for copies of a disk image
 * ERRNO is a name (EIO) or number; 0: the call is left out and succeeds.
 *
 * What is counted, from 1, in the order of occurrence:
 *	-c NAME		only calls of processes whose comm is NAME; children
 *			are followed (without -c: only the command itself, and
 *			its children run free)
 *	-t NAME,...	only these system calls; "mutating" stands for all that
 *			change a file system or send bytes; may be repeated
 *	-o FILE		write one line "N NAME RESULT" per counted call, RESULT
 *			as the kernel returned it (-2 is ENOENT), "?" if the
 *			call never returned
 * Counting starts after the exec of the command, so -b 1 kills before the
 * dynamic loader has done anything.
 *
 * With -c an action hits the process that makes the call, not its relatives.
 * Exit status: that of the command; 128 + signal if it was killed; 125 for
 * trouble of killwalk itself; 77 when this machine cannot do it. A run that is
 * to reach call N and did not is an ordinary run: take N from -o of a first,
 * undisturbed run.
 * A walk in a bats file looks as in tests/fault/qmail-queue.bats. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/num.h"
#include "base/span.h"
#include "tests/support/killwalk_calls.h"

/* from linux/ptrace.h, which cannot be included beside sys/ptrace.h */
enum { STOP_ENTRY = 1, STOP_EXIT = 2 };
enum {
	SKIP = 77,
	TROUBLE = 125,
	TASKS = 256,
	NAME_BYTES = 32,
	ERRNO_MAX = 4095
};

enum { CALLS = (int)(sizeof(calls) / sizeof(calls[0])) };

enum action { NONE, KILL_BEFORE, KILL_AFTER, FAIL, SHORT, HOOK };

static struct {
	enum action action;
	uint64_t at;      /* call the action is for */
	int error;        /* FAIL */
	const char *hook; /* HOOK */
	const char *comm; /* NULL: the command itself */
	bool only;        /* wanted[] says what is counted */
	bool wanted[sizeof(calls) / sizeof(calls[0])];
	FILE *trace;
} opt;

/* One traced process. */
struct task {
	pid_t pid;
	bool counted;    /* its present call has a number */
	uint64_t number; /* of the present call */
	long nr;
	bool skipped; /* the call is not executed */
	long result;  /* of a skipped call */
};

static struct task tasks[TASKS];
static uint64_t count;
static pid_t leader;

NORETURN static void
fail(const char *what)
{
	(void)fprintf(stderr, "killwalk: %s: %s\n", what, strerror(errno));
	exit(TROUBLE);
}

NORETURN static void
usage(void)
{
	(void)fprintf(stderr, "usage: killwalk [-c NAME] [-t NAME,...] "
	                      "[-o FILE] [-b N | -a N | -e N:ERRNO | -r N | "
	                      "-x SHELL] COMMAND [ARG...]\n");
	exit(TROUBLE);
}

/* ---- the machine -------------------------------------------------------- */

enum change { RESULT, CALL_NUMBER, THIRD_ARGUMENT };

#if defined(__x86_64__)
static void
change(pid_t pid, enum change what, long value)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, 0, &regs) == -1)
		return; /* it has just been killed */
	if (what == RESULT)
		regs.rax = (unsigned long long)value;
	else if (what == CALL_NUMBER)
		regs.orig_rax = (unsigned long long)value;
	else
		regs.rdx = (unsigned long long)value;
	(void)ptrace(PTRACE_SETREGS, pid, 0, &regs);
}
#elif defined(__aarch64__)
static void
change(pid_t pid, enum change what, long value)
{
	struct user_regs_struct regs;
	struct iovec io = {&regs, sizeof(regs)};
	void *general = (void *)1, *system_call = (void *)0x404;
	int number = (int)value;

	if (what == CALL_NUMBER) {
		io = (struct iovec){&number, sizeof(number)};
		(void)ptrace(PTRACE_SETREGSET, pid, system_call, &io);
		return;
	}
	if (ptrace(PTRACE_GETREGSET, pid, general, &io) == -1)
		return;
	regs.regs[what == RESULT ? 0 : 2] = (unsigned long long)value;
	(void)ptrace(PTRACE_SETREGSET, pid, general, &io);
}
#else
#define UNKNOWN_MACHINE
static void
change(pid_t pid, enum change what, long value)
{
	(void)pid;
	(void)what;
	(void)value;
}
#endif

/* ---- options ------------------------------------------------------------ */

static uint64_t
parse_number(struct span text)
{
	uint64_t n;

	if (!num_parse_u64(text, UINT32_MAX, &n) || n == 0)
		usage();
	return n;
}

static void
parse_failure(struct span text)
{
	size_t colon = span_find(text, ':', 0);
	struct span name = span_from(text, colon + 1);
	uint64_t number;

	opt.at = parse_number(span_first(text, colon));
	for (int i = 1; i <= ERRNO_MAX; i++) {
		if (span_eq(name, span_cstr(strerrorname_np(i)))) {
			opt.error = i;
			return;
		}
	}
	if (!num_parse_u64(name, ERRNO_MAX, &number))
		usage();
	opt.error = (int)number;
}

static void
want(struct span name)
{
	bool known = false;

	for (int i = 0; i < CALLS; i++) {
		if (span_eq(name, span_cstr(calls[i].name)) ||
		    (calls[i].mutating && span_eq(name, SPAN("mutating"))))
			opt.wanted[i] = known = true;
	}
	if (!known)
		usage();
}

static void
parse_calls(struct span list)
{
	opt.only = true;
	while (list.n > 0) {
		size_t comma = span_find(list, ',', 0);

		want(span_first(list, comma));
		list = span_from(list, comma + 1);
	}
}

static void
set_action(enum action action)
{
	if (opt.action != NONE)
		usage();
	opt.action = action;
}

static void
parse_option(int letter, const char *value)
{
	static const char letters[] = " baerx";

	switch (letter) {
	case 'c':
		opt.comm = value;
		break;
	case 't':
		parse_calls(span_cstr(value));
		break;
	case 'o':
		opt.trace = fopen(value, "we");
		if (opt.trace == NULL)
			fail(value);
		(void)setvbuf(opt.trace, NULL, _IOLBF, 0);
		break;
	case 'b':
	case 'a':
	case 'e':
	case 'r':
	case 'x':
		set_action((enum action)(strchr(letters, letter) - letters));
		if (letter == 'e')
			parse_failure(span_cstr(value));
		else if (letter == 'x')
			opt.hook = value;
		else
			opt.at = parse_number(span_cstr(value));
		break;
	default:
		usage();
	}
}

/* ---- tracing ------------------------------------------------------------ */

static struct task *
find_task(pid_t pid)
{
	struct task *unused = NULL;

	for (int i = 0; i < TASKS; i++) {
		if (tasks[i].pid == pid)
			return &tasks[i];
		if (tasks[i].pid == 0 && unused == NULL)
			unused = &tasks[i];
	}
	if (unused == NULL) {
		errno = ENOMEM;
		fail("too many processes");
	}
	*unused = (struct task){.pid = pid};
	return unused;
}

static bool
has_comm(pid_t pid, const char *wanted)
{
	char path[NAME_BYTES + 8], comm[NAME_BYTES] = "";
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, comm, sizeof(comm));
	(void)close(fd);
	return n > 0 && span_eq((struct span){comm, (size_t)n - 1},
	                    span_first(span_cstr(wanted), 15));
}

static int
find_call(long nr)
{
	for (int i = 0; i < CALLS; i++) {
		if (calls[i].nr == nr)
			return i;
	}
	return -1;
}

static void
put_name(char name[NAME_BYTES], long nr)
{
	int i = find_call(nr);

	if (i >= 0)
		(void)snprintf(name, NAME_BYTES, "%s", calls[i].name);
	else
		(void)snprintf(name, NAME_BYTES, "call%ld", nr);
}

static bool
is_counted(pid_t pid, long nr)
{
	int i = find_call(nr);

	if (opt.only && (i < 0 || !opt.wanted[i]))
		return false;
	return opt.comm == NULL ? pid == leader : has_comm(pid, opt.comm);
}

static void
run_shell(const char *command)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(TROUBLE);
	}
	if (pid != -1 && waitpid(pid, &status, 0) == pid && status == 0)
		return;
	(void)kill(leader, SIGKILL);
	fail("hook");
}

static void
run_hook(const struct task *t)
{
	char number[NAME_BYTES], name[NAME_BYTES];

	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)t->number);
	put_name(name, t->nr);
	(void)setenv("KILLWALK_CALL", number, 1);
	(void)setenv("KILLWALK_NAME", name, 1);
	run_shell(opt.hook);
}

/* close() has always closed, whatever it says. */
static void
skip_call(struct task *t, long result)
{
	if (t->nr != SYS_close)
		change(t->pid, CALL_NUMBER, -1);
	t->skipped = true;
	t->result = result;
}

static void
at_entry(struct task *t, long nr)
{
	t->nr = nr;
	t->skipped = false;
	t->counted = is_counted(t->pid, nr);
	if (!t->counted)
		return;
	t->number = ++count;
	if (opt.action == HOOK)
		run_hook(t);
	if (t->number != opt.at)
		return;
	if (opt.action == KILL_BEFORE) {
		change(t->pid, CALL_NUMBER, -1);
		(void)kill(t->pid, SIGKILL);
	} else if (opt.action == FAIL) {
		skip_call(t, -opt.error);
	} else if (opt.action == SHORT) {
		change(t->pid, THIRD_ARGUMENT, 1);
	}
}

static void
trace_call(const struct task *t, bool returned, long long result)
{
	char name[NAME_BYTES];

	if (opt.trace == NULL)
		return;
	put_name(name, t->nr);
	(void)fprintf(opt.trace, "%llu %s ", (unsigned long long)t->number,
	    name);
	if (returned)
		(void)fprintf(opt.trace, "%lld\n", result);
	else
		(void)fprintf(opt.trace, "?\n");
}

static void
at_exit(struct task *t, long long result)
{
	if (t->skipped) {
		change(t->pid, RESULT, t->result);
		result = t->result;
		t->skipped = false;
	}
	if (!t->counted)
		return;
	trace_call(t, true, result);
	if (opt.action == KILL_AFTER && t->number == opt.at)
		(void)kill(t->pid, SIGKILL);
	t->counted = false;
}

static void
at_call(struct task *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, (void *)sizeof(info),
	        &info) == -1)
		return; /* it has just been killed */
	if (info.op == STOP_ENTRY)
		at_entry(t, (long)info.entry.nr);
	else if (info.op == STOP_EXIT)
		at_exit(t, info.exit.rval);
}

/* Returns the signal to hand on when the process continues. */
static int
at_stop(struct task *t, int status)
{
	int signal = WSTOPSIG(status);
	unsigned long child;

	if (status >> 16 == PTRACE_EVENT_EXEC)
		return 0;        /* told by option, nothing to do */
	if (status >> 16 != 0) { /* fork: now there is one more to wait for */
		if (ptrace(PTRACE_GETEVENTMSG, t->pid, 0, &child) == 0)
			(void)find_task((pid_t)child);
		return 0;
	}
	if (signal == (SIGTRAP | 0x80)) {
		at_call(t);
		return 0;
	}
	/* the first stop of a followed child */
	return signal == SIGSTOP ? 0 : signal;
}

static void
at_end(struct task *t)
{
	if (t->counted)
		trace_call(t, false, 0);
	*t = (struct task){0};
}

static bool
is_anybody_traced(void)
{
	for (int i = 0; i < TASKS; i++) {
		if (tasks[i].pid != 0)
			return true;
	}
	return false;
}

/* There may be other children: those of the process that became killwalk. */
static int
watch(void)
{
	int status, last = TROUBLE;
	pid_t pid;

	(void)find_task(leader);
	while (is_anybody_traced()) {
		struct task *t;
		int signal;

		pid = waitpid(-1, &status, __WALL);
		if (pid == -1 && errno == EINTR)
			continue;
		if (pid == -1)
			return last;
		t = find_task(pid);
		if (WIFSTOPPED(status)) {
			signal = at_stop(t, status);
			(void)ptrace(PTRACE_SYSCALL, pid, 0, signal);
			continue;
		}
		at_end(t);
		if (pid == leader)
			last = WIFEXITED(status) ? WEXITSTATUS(status)
			                         : 128 + WTERMSIG(status);
	}
	return last;
}

NORETURN static void
become_command(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) == -1)
		_exit(SKIP);
	(void)raise(SIGSTOP);
	(void)execvp(argv[0], argv);
	(void)fprintf(stderr, "killwalk: cannot run %s: %s\n", argv[0],
	    strerror(errno));
	_exit(TROUBLE);
}

/* Lets the command run up to the end of its exec. */
static void
start(void)
{
	long flags = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC;
	int status;

	if (opt.comm != NULL)
		flags |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		         PTRACE_O_TRACECLONE;
	if (waitpid(leader, &status, 0) == -1 || !WIFSTOPPED(status))
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : TROUBLE);
	if (ptrace(PTRACE_SETOPTIONS, leader, 0, flags | PTRACE_O_EXITKILL) ==
	    -1)
		fail("ptrace");
	for (;;) {
		if (ptrace(PTRACE_CONT, leader, 0, 0) == -1 ||
		    waitpid(leader, &status, 0) == -1)
			fail("start");
		if (!WIFSTOPPED(status))
			exit(WIFEXITED(status) ? WEXITSTATUS(status) : TROUBLE);
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			break;
	}
	/* the exit of execve itself is not counted: its entry was not seen */
	(void)ptrace(PTRACE_SYSCALL, leader, 0, 0);
}

int
main(int argc, char **argv)
{
	int letter, rc;

#ifdef UNKNOWN_MACHINE
	return SKIP;
#endif
	while ((letter = getopt(argc, argv, "+c:t:o:b:a:e:r:x:")) != -1)
		parse_option(letter, optarg);
	if (optind == argc)
		usage();
	leader = fork();
	if (leader == -1)
		fail("fork");
	if (leader == 0)
		become_command(argv + optind);
	start();
	rc = watch();
	if (opt.trace != NULL && fclose(opt.trace) != 0)
		fail("trace");
	return rc;
}
