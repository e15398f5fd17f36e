/* SPDX-License-Identifier: ISC */
#include "mta/local/local_maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"
#include "base/proc.h"

enum {
	HOST_MAX = 64,
	NAME_TRIES = 3,
	DELIVERY_MAX_S = 86400,
	/* Only for a system call that hangs: this signal is not caught, and
	 * leaves the file in tmp/ to the readers, who clean up. */
	HANG_MAX_S = DELIVERY_MAX_S + 600,
};

void
local_maildir_put_name(struct str *out, int64_t now_us, pid_t pid,
    struct span host)
{
	str_put_i64(out, now_us / 1000000);
	str_putc(out, '.');
	str_put_i64(out, pid);
	str_put_pad(out, (uint64_t)(now_us % 1000000), 6);
	str_putc(out, '.');
	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] == '/')
			str_put(out, SPAN("\\057"));
		else if (host.p[i] == ':')
			str_put(out, SPAN("\\072"));
		else
			str_putc(out, host.p[i]);
	}
}

/* A file on its way. */
struct file {
	int maildir;
	int fd;
	struct str path; /* tmp/NAME; empty when there is nothing to remove */
	struct err *e;
};

static enum local_maildir_status
trouble(struct file *f, const char *verb, const char *path)
{
	err_sys(f->e, verb, path);
	return LOCAL_MAILDIR_TROUBLE;
}

static const char *
plain_name(const struct file *f)
{
	return f->path.p + SPAN("tmp/").n;
}

static const char *
put_path(struct file *f, int64_t now_us)
{
	char host[HOST_MAX + 1] = "";

	(void)gethostname(host, HOST_MAX); /* a cut name is still a name */
	str_reset(&f->path);
	str_put(&f->path, SPAN("tmp/"));
	local_maildir_put_name(&f->path, now_us, getpid(),
	    span_cstr(host[0] == '\0' ? "localhost" : host));
	return str_cstr(&f->path);
}

static enum local_maildir_status
create(struct file *f, int64_t now_us)
{
	enum local_maildir_status status;

	for (int i = 0; i < NAME_TRIES; i++) {
		const char *path = put_path(f, now_us + i);

		if (path == NULL) {
			errno = ENOMEM;
			return trouble(f, "create file in", "tmp");
		}
		f->fd = openat(f->maildir, path,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (f->fd != -1)
			return LOCAL_MAILDIR_OK;
		if (errno != EEXIST)
			break;
	}
	status = trouble(f, "create", f->path.p);
	str_reset(&f->path); /* if it is there, it is not ours */
	return status;
}

static enum local_maildir_status
copy(struct file *f, struct out *out, struct local_message *m)
{
	int64_t deadline = clock_seconds() + DELIVERY_MAX_S;
	struct span block;
	int more;

	local_message_rewind(m);
	while ((more = local_message_next(m, &block)) == 1) {
		out_put(out, block);
		if (clock_seconds() <= deadline)
			continue;
		err_set(f->e, ERR_LIMIT, "Maildir delivery took a day");
		return LOCAL_MAILDIR_TIMEOUT;
	}
	if (more == -1) {
		err_sys(f->e, "read", "message");
		return LOCAL_MAILDIR_READ;
	}
	if (out_flush(out) == -1)
		return trouble(f, "write", f->path.p);
	return LOCAL_MAILDIR_OK;
}

static enum local_maildir_status
fill(struct file *f, struct span header, struct local_message *m)
{
	enum local_maildir_status status;
	struct out out;

	if (out_open(&out, f->fd) == -1)
		return trouble(f, "write", f->path.p);
	out_put(&out, header);
	status = copy(f, &out, m);
	out_close(&out);
	if (status != LOCAL_MAILDIR_OK)
		return status;
	/* after this close() has nothing left to report, on NFS neither */
	if (fsync(f->fd) == -1)
		return trouble(f, "sync", f->path.p);
	return LOCAL_MAILDIR_OK;
}

/* The link is the delivery; what remains in tmp/ is a second name, which the
 * readers remove. */
static enum local_maildir_status
publish(struct file *f)
{
	int dir = openat(f->maildir, "new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir == -1)
		return trouble(f, "open directory", "new");
	if (linkat(f->maildir, f->path.p, dir, plain_name(f), 0) == -1)
		return trouble(f, "link into new", plain_name(f));
	(void)unlinkat(f->maildir, f->path.p, 0);
	str_reset(&f->path);
	if (fsync(dir) == -1)
		return trouble(f, "sync directory", "new");
	return LOCAL_MAILDIR_OK;
}

enum local_maildir_status
local_maildir_deliver(const char *maildir, struct span header,
    struct local_message *m, int64_t now_us, struct err *e)
{
	struct file f = {.fd = -1, .e = e};
	enum local_maildir_status status;

	(void)alarm(HANG_MAX_S);
	f.maildir = open(maildir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f.maildir == -1) {
		status = err_errno_is_temporary(errno) ? LOCAL_MAILDIR_TROUBLE
		                                       : LOCAL_MAILDIR_ABSENT;
		err_sys(e, "enter Maildir", maildir);
		return status;
	}
	status = create(&f, now_us);
	if (status == LOCAL_MAILDIR_OK)
		status = fill(&f, header, m);
	if (status == LOCAL_MAILDIR_OK)
		status = publish(&f);
	if (f.path.n > 0)
		(void)unlinkat(f.maildir, f.path.p, 0);
	str_free(&f.path);
	return status;
}

static enum local_maildir_status
explain(int status, const char *maildir, struct err *e)
{
	static const char *const texts[] = {
	    [LOCAL_MAILDIR_TROUBLE] = "cannot write to",
	    [LOCAL_MAILDIR_ABSENT] = "cannot enter",
	    [LOCAL_MAILDIR_TIMEOUT] = "a day was not enough for",
	    [LOCAL_MAILDIR_READ] = "cannot read message for",
	};
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (code == LOCAL_MAILDIR_OK)
		return LOCAL_MAILDIR_OK;
	if (code < 0 || code > LOCAL_MAILDIR_READ) {
		err_set(e, ERR_LIMIT, "delivery to Maildir %s crashed",
		    maildir);
		return LOCAL_MAILDIR_TROUBLE;
	}
	err_set(e, ERR_LIMIT, "%s Maildir %s", texts[code], maildir);
	return (enum local_maildir_status)code;
}

enum local_maildir_status
local_maildir_deliver_forked(const char *maildir, struct span header,
    struct local_message *m, int64_t now_us, struct err *e)
{
	pid_t pid = fork();
	int status;

	if (pid == -1) {
		err_sys(e, "start", "process");
		return LOCAL_MAILDIR_TROUBLE;
	}
	if (pid == 0)
		_exit((int)local_maildir_deliver(maildir, header, m, now_us,
		    NULL));
	if (proc_wait(pid, &status) == -1) {
		err_sys(e, "wait for", "process");
		return LOCAL_MAILDIR_TROUBLE;
	}
	return explain(status, maildir, e);
}
