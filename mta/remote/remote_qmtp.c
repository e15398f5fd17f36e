/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "fmt/netstring.h"
#include "mta/remote/remote_session.h"
#include "net/tcp.h"

/* QMTP, for mail exchangers whose preference asks for it (smtp.md 4.4, 4.5). */

enum {
	SLICE = 16, /* preferences count modulo this */
	SLICE_QMTP = 1,
	FIRST_PREFERENCE = 12800,
	LAST_PREFERENCE = 13055,
	REPLY_MAX = 5000, /* bytes of one answer */
};

bool
remote_wants_qmtp(uint32_t preference)
{
	return preference >= FIRST_PREFERENCE &&
	       preference <= LAST_PREFERENCE &&
	       preference % SLICE == SLICE_QMTP;
}

static void
report_died(struct remote *r, struct span name, bool is_sent)
{
	remote_report_name(r, 'Z', "Connected to ", name,
	    is_sent ? " but connection died. Possible duplicate! (#4.4.2)"
	            : " but connection died. (#4.4.2)");
}

static int
send_bytes(struct remote *r, int fd, struct span bytes)
{
	return tcp_write(fd, bytes.p, bytes.n, (int)r->config.timeout_s);
}

/* 1: exactly size bytes were sent; 0: the connection broke; -1: the message
 * cannot be read, or is another now. */
static int
send_text(struct remote *r, int fd, uint64_t size)
{
	char *buf = malloc(SESSION_BUFFER);
	int rc = buf == NULL ? -1 : 1;

	while (rc == 1 && size > 0) {
		size_t most = size < SESSION_BUFFER ? size : SESSION_BUFFER;
		ssize_t got = fd_read_some(r->message, buf, most);

		if (got <= 0)
			rc = -1;
		else if (send_bytes(r, fd, (struct span){buf, (size_t)got}) ==
		         -1)
			rc = 0;
		else
			size -= (size_t)got;
	}
	free(buf);
	return rc;
}

static void
put_envelope(const struct remote *r, struct str *out)
{
	struct str list = {0};

	for (size_t i = 0; i < r->recipient_count; i++)
		netstring_put(&list, span_cstr(r->recipients[i]));
	str_putc(out, ',');
	netstring_put(out, r->sender);
	netstring_put(out, str_span(&list));
	out->failed |= list.failed;
	str_free(&list);
}

/* As send_text(). */
static int
send_message(struct remote *r, int fd, uint64_t size)
{
	struct str text = {0};
	int rc;

	str_put_u64(&text, size + 1);
	str_put(&text, SPAN(":\n"));
	rc = !str_ok(&text) ? -1 : send_bytes(r, fd, str_span(&text)) == 0;
	if (rc == 1)
		rc = send_text(r, fd, size);
	str_reset(&text);
	put_envelope(r, &text);
	if (rc == 1)
		rc = !str_ok(&text) ? -1
		                    : send_bytes(r, fd, str_span(&text)) == 0;
	str_free(&text);
	return rc;
}

/* Appends more of the answers; 0, or -1 when there are none. */
static int
read_more(struct remote *r, int fd, struct str *in)
{
	char *room = str_room(in, SESSION_BUFFER);
	ssize_t got = -1;

	if (room != NULL)
		got = tcp_read(fd, room, SESSION_BUFFER,
		    (int)r->config.timeout_s);
	if (got <= 0)
		return -1;
	str_added(in, (size_t)got);
	return 0;
}

static void
put_said(struct str *out, struct span said)
{
	str_put_cstr(out, "\nRemote host said: ");
	for (size_t i = 0; i < said.n; i++)
		str_putc(out, said.p[i] == '\0' ? '?' : said.p[i]);
	str_put(out, SPAN("\n\0"));
}

static bool
report_recipient(struct remote *r, struct span name, struct span answer)
{
	struct str *out = &r->report;

	if (answer.n == 0 || span_find(SPAN("KZD"), answer.p[0], 0) == 3)
		return false;
	if (answer.p[0] == 'K') {
		str_put(out, SPAN("r\0"));
		return true;
	}
	str_putc(out, answer.p[0] == 'D' ? 'h' : 's');
	str_put(out, name);
	str_put_cstr(out, " does not like recipient.");
	put_said(out, span_from(answer, 1));
	return true;
}

/* One answer a recipient, in their order. accepted: the last good one. */
static enum netstring_status
read_answers(struct remote *r, int fd, struct span name, struct str *accepted)
{
	struct str in = {0};
	struct span rest = {0}, answer;
	enum netstring_status status = NETSTRING_OK;
	size_t i = 0, used = 0;

	while (i < r->recipient_count) {
		rest = span_from(str_span(&in), used);
		status = netstring_take(&rest, REPLY_MAX, &answer);
		if (status == NETSTRING_MORE && read_more(r, fd, &in) == 0)
			continue;
		if (status == NETSTRING_OK &&
		    !report_recipient(r, name, answer))
			status = NETSTRING_BAD;
		if (status != NETSTRING_OK)
			break;
		if (answer.p[0] == 'K') {
			str_reset(accepted);
			str_put(accepted, span_from(answer, 1));
			str_putc(accepted, '\0'); /* there was one */
		}
		used = in.n - rest.n;
		i++;
	}
	str_free(&in);
	return status;
}

static void
report_answers(struct remote *r, int fd, struct span name)
{
	struct str accepted = {0};

	switch (read_answers(r, fd, name, &accepted)) {
	case NETSTRING_OK:
		if (accepted.n == 0) {
			remote_report_name(r, 'D', "Giving up on ", name, ".");
			break;
		}
		str_putc(&r->report, 'K');
		str_put(&r->report, name);
		str_put_cstr(&r->report, " accepted message.");
		put_said(&r->report,
		    span_first(str_span(&accepted), accepted.n - 1));
		break;
	case NETSTRING_MORE:
		report_died(r, name, true);
		break;
	case NETSTRING_BAD:
	case NETSTRING_LONG:
		remote_report_name(r, 'Z', "What came from ", name,
		    " is no QMTP. Possible duplicate! (#4.5.0)");
		break;
	}
	str_free(&accepted);
}

void
remote_qmtp(struct remote *r, int fd, const struct ip *ip, uint64_t size)
{
	struct str name = {0};

	ip_put(&name, ip);
	switch (send_message(r, fd, size)) {
	case 1:
		report_answers(r, fd, str_span(&name));
		break;
	case 0:
		report_died(r, str_span(&name), false);
		break;
	default:
		remote_report(r, 'Z', "Cannot read the message. (#4.3.0)");
		break;
	}
	str_free(&name);
}
