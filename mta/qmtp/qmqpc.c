/* SPDX-License-Identifier: ISC */
#include "mta/qmtp/qmqpc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/num.h"
#include "fmt/netstring.h"
#include "net/tcp.h"
#include "qmail/control.h"
#include "qmail/queue_path.h"
#include "qmail/queue_record.h"

enum {
	QMQP_PORT = 628,
	CONNECT_S = 10,
	IO_S = 60,
	MESSAGE_MAX = 200000000, /* what a server reads, see QMTP_LENGTH_MAX */
	CHUNK = 65536,
};

static enum queue_exit
read_whole(int fd, struct str *out)
{
	for (;;) {
		char *room = str_room(out, CHUNK);
		ssize_t got;

		if (room == NULL)
			return QUEUE_EXIT_MEMORY;
		got = fd_read_some(fd, room, CHUNK);
		if (got == -1)
			return QUEUE_EXIT_READ;
		if (got == 0)
			return QUEUE_EXIT_OK;
		str_added(out, (size_t)got);
		if (out->n > MESSAGE_MAX)
			return QUEUE_EXIT_WRITE;
	}
}

/* Puts the addresses of the envelope as netstrings. */
static enum queue_exit
convert_envelope(struct span envelope, struct str *out)
{
	struct queue_record r;
	uint64_t offset = 0;
	char want = 'F';

	while (queue_record_take(&envelope, &offset, &r) == QUEUE_RECORD_OK) {
		if (r.letter == '\0' && want == 'T')
			return QUEUE_EXIT_OK;
		if (r.letter != want)
			return QUEUE_EXIT_ENVELOPE;
		if (r.text.n > QUEUE_ADDRESS_MAX)
			return QUEUE_EXIT_LONG_ADDRESS;
		netstring_put(out, r.text);
		want = 'T';
	}
	return QUEUE_EXIT_ENVELOPE;
}

static enum queue_exit
build_request(int message, int envelope, struct str *request)
{
	struct str text = {0}, inner = {0};
	enum queue_exit rc;

	rc = read_whole(message, &text);
	netstring_put(&inner, str_span(&text));
	str_reset(&text);
	if (rc == QUEUE_EXIT_OK)
		rc = read_whole(envelope, &text);
	if (rc == QUEUE_EXIT_OK)
		rc = convert_envelope(str_span(&text), &inner);
	netstring_put(request, str_span(&inner));
	if (rc == QUEUE_EXIT_OK && (!str_ok(&inner) || !str_ok(request)))
		rc = QUEUE_EXIT_MEMORY;
	str_free(&text);
	str_free(&inner);
	return rc;
}

/* The answer is a netstring; only its first letter decides, wherever it is. */
static enum queue_exit
read_answer(int fd)
{
	char buf[256];

	for (;;) {
		ssize_t got = tcp_read(fd, buf, sizeof(buf), IO_S);

		if (got <= 0)
			return QUEUE_EXIT_CONNECTION_LOST;
		for (ssize_t i = 0; i < got; i++) {
			if (buf[i] == 'K')
				return QUEUE_EXIT_OK;
			if (buf[i] == 'Z')
				return QUEUE_EXIT_REFUSED_NOW;
			if (buf[i] == 'D')
				return QUEUE_EXIT_REFUSED;
		}
	}
}

/* The port of servers that name none. */
static uint16_t
default_port(void)
{
	uint64_t number;

	if (!num_parse_u64(span_cstr(getenv("PORT_QMQP")), UINT16_MAX,
	        &number) ||
	    number == 0)
		return QMQP_PORT;
	return (uint16_t)number;
}

/* -1: could not connect, *rc says how; 0: *rc is the answer. */
static int
try_server(struct span server, struct span request, enum queue_exit *rc)
{
	uint16_t port = default_port();
	struct err e;
	struct ip ip;
	int fd;

	if (!ip_parse_port(server, &ip, &port))
		return -1; /* names are no addresses */
	fd = tcp_connect(&ip, port, NULL, CONNECT_S, &e);
	if (fd == TCP_TROUBLE) {
		*rc = QUEUE_EXIT_NETWORK;
		return 0;
	}
	if (fd == TCP_FAILED) {
		*rc = e.sys == ETIMEDOUT ? QUEUE_EXIT_CONNECT_TIMEOUT
		                         : QUEUE_EXIT_CONNECT_REFUSED;
		return -1;
	}
	if (tcp_write(fd, request.p, request.n, IO_S) == -1)
		*rc = QUEUE_EXIT_CONNECTION_LOST;
	else
		*rc = read_answer(fd);
	fd_close(&fd);
	return 0;
}

static enum queue_exit
load_servers(struct str *servers)
{
	struct control control;
	enum control_status status = CONTROL_FAILED;

	if (control_open(&control, AT_FDCWD, NULL) == 0)
		status =
		    control_get_list(&control, "qmqpservers", servers, NULL);
	control_close(&control);
	return status == CONTROL_FOUND ? QUEUE_EXIT_OK : QUEUE_EXIT_CONFIG;
}

enum queue_exit
qmqpc_run(int message, int envelope)
{
	struct str servers = {0}, request = {0};
	struct span rest, server;
	enum queue_exit rc;

	rc = load_servers(&servers);
	if (rc == QUEUE_EXIT_OK)
		rc = build_request(message, envelope, &request);
	if (rc == QUEUE_EXIT_OK) {
		rc = QUEUE_EXIT_CONFIG; /* until a usable line is found */
		rest = str_span(&servers);
		while (span_take_nul(&rest, &server)) {
			if (try_server(server, str_span(&request), &rc) == 0)
				break;
		}
	}
	str_free(&servers);
	str_free(&request);
	return rc;
}
