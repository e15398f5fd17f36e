/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "base/clock.h"
#include "base/fd.h"
#include "mta/remote/remote_session.h"
#include "net/tcp.h"
#include "qmail/tcpto.h"

enum { QMTP_PORT = 209 };

/* An entry that leaves the choice to the system. */
static bool
is_any(const struct ip *ip)
{
	static const struct ip zero4, zero6 = {.is_v6 = true};

	return ip_eq(ip, &zero4) || ip_eq(ip, &zero6);
}

/* The address to connect from, of the peer's family; false: the system may
 * choose. The sender's own binding comes before control/outgoingip. */
static bool
find_source(const struct remote *r, const struct ip *to, struct ip *from)
{
	struct span rest = str_span(&r->config.outgoingip), entry, helo;

	if (remote_find_binding(&r->config.bindings, r->sender, from, &helo) &&
	    from->is_v6 == to->is_v6)
		return !is_any(from);
	while (span_take_nul(&rest, &entry)) {
		if (ip_parse(entry, from) && from->is_v6 == to->is_v6)
			return !is_any(from);
	}
	return false;
}

static enum tcpto_kind
kind_of(const struct ip *ip)
{
	return ip->is_v6 ? TCPTO_V6 : TCPTO_V4;
}

/* The descriptor, TCP_FAILED or TCP_TROUBLE. Keeps the table of hosts that time
 * out. */
static int
connect_to(const struct remote *r, const struct ip *ip, uint16_t port)
{
	struct ip from;
	bool has_source, is_known = false;
	struct err e = {0};
	int fd;

	if (r->lock_dir != -1 &&
	    tcpto_is_down(r->lock_dir, kind_of(ip), ip->byte, clock_seconds(),
	        r->pid, &is_known))
		return TCP_FAILED;
	has_source = find_source(r, ip, &from);
	fd = tcp_connect(ip, port, has_source ? &from : NULL,
	    (int)r->config.timeout_connect_s, &e);
	if (r->lock_dir == -1 || fd == TCP_TROUBLE)
		return fd;
	if (fd == TCP_FAILED && e.sys == ETIMEDOUT)
		tcpto_note_timeout(r->lock_dir, kind_of(ip), ip->byte,
		    clock_seconds());
	else if (is_known)
		tcpto_note_answer(r->lock_dir, kind_of(ip), ip->byte);
	return fd;
}

/* Nobody took the message. The report is that of the last conversation. */
static void
report_end(struct remote *r, size_t tried, size_t spoken, size_t refused)
{
	if (spoken == 0)
		remote_report(r, 'Z',
		    "No connection to any mail exchanger could be made. "
		    "(#4.4.1)");
	else if (refused == tried && r->config.greeting_is_fatal &&
	         str_ok(&r->report))
		r->report.p[0] = 'D';
}

/* Tries QMTP where the preference asks for it and the message has a size. 1:
 * the report is complete; 0: SMTP may be tried. */
static int
try_qmtp(struct remote *r, const struct mx_address *a)
{
	struct remote_message m;
	int fd;

	if (!r->config.use_mxps || !remote_wants_qmtp(a->preference) ||
	    remote_message_examine(r->message, false, &m) == -1 || !m.has_size)
		return 0;
	fd = connect_to(r, &a->ip, QMTP_PORT);
	if (fd < 0)
		return 0;
	remote_report_reset(r);
	remote_qmtp(r, fd, &a->ip, (uint64_t)m.size);
	fd_close(&fd);
	return 1;
}

void
remote_try_all(struct remote *r, const struct mx_list *list, uint16_t port)
{
	size_t n = port == 0 ? 0 : list->n, spoken = 0, refused = 0;

	for (size_t i = 0; i < n; i++) {
		const struct ip *ip = &list->address[i].ip;
		enum remote_end end;
		int fd;

		if (try_qmtp(r, &list->address[i]) == 1)
			return;
		fd = connect_to(r, ip, port);
		if (fd == TCP_TROUBLE) {
			remote_report_reset(r);
			remote_report(r, 'Z',
			    "Cannot make a connection from here: no socket, or "
			    "no such local address. (#4.3.0)");
			return;
		}
		if (fd == TCP_FAILED)
			continue;
		remote_report_reset(r);
		end = remote_smtp(r, fd, ip);
		fd_close(&fd);
		if (end == REMOTE_FINAL)
			return;
		spoken++;
		if (end == REMOTE_REFUSED)
			refused++;
	}
	report_end(r, n, spoken, refused);
}
