/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "base/fd.h"
#include "mta/remote/remote.h"
#include "net/tcp.h"
#include "qmail/tcpto.h"

/* The address of control/outgoingip for this family; false: the system may
 * choose. */
static bool
find_source(const struct remote *r, const struct ip *to, struct ip *from)
{
	struct span rest = str_span(&r->config.outgoingip), entry;

	while (span_take_nul(&rest, &entry)) {
		if (ip_parse(entry, from) && from->is_v6 == to->is_v6 &&
		    !span_eq(entry, SPAN("0.0.0.0")))
			return true;
	}
	return false;
}

static enum tcpto_kind
kind_of(const struct ip *ip)
{
	return ip->is_v6 ? TCPTO_V6 : TCPTO_V4;
}

/* The descriptor, or -1. Keeps the table of hosts that time out. */
static int
connect_to(const struct remote *r, const struct ip *ip, uint16_t port)
{
	struct ip from;
	bool has_source, is_known = false;
	struct err e = {0};
	int fd;

	if (r->lock_dir != -1 && tcpto_is_down(r->lock_dir, kind_of(ip),
	                             ip->byte, r->now, r->pid, &is_known))
		return -1;
	has_source = find_source(r, ip, &from);
	fd = tcp_connect(ip, port, has_source ? &from : NULL,
	    (int)r->config.timeout_connect_s, &e);
	if (r->lock_dir == -1)
		return fd;
	if (fd == -1 && e.sys == ETIMEDOUT)
		tcpto_note_timeout(r->lock_dir, kind_of(ip), ip->byte, r->now);
	else if (is_known)
		tcpto_note_answer(r->lock_dir, kind_of(ip), ip->byte);
	return fd;
}

void
remote_try_all(struct remote *r, const struct mx_list *list, uint16_t port)
{
	bool has_spoken = false;

	for (size_t i = 0; i < list->n && port != 0; i++) {
		const struct ip *ip = &list->address[i].ip;
		enum remote_end end;
		int fd = connect_to(r, ip, port);

		if (fd == -1)
			continue;
		remote_report_reset(r);
		end = remote_smtp(r, fd, ip);
		fd_close(&fd);
		if (end == REMOTE_FINAL)
			return;
		has_spoken = true;
	}
	if (!has_spoken)
		remote_report(r, 'Z',
		    "No connection to any mail exchanger could be made. "
		    "(#4.4.1)");
}
