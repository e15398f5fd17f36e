/* SPDX-License-Identifier: ISC */
#ifndef MTA_REMOTE_REMOTE_SESSION_H
#define MTA_REMOTE_REMOTE_SESSION_H

#include "fmt/smtp_reply.h"
#include "mta/remote/remote.h"

/* The two ends of a conversation: commands and the message out, replies in. All
 * functions that return -1 have completed the report. */

enum { SESSION_BUFFER = 65536 };

struct remote_session {
	struct remote *r;
	int fd;
	struct str name;         /* the server's address as text */
	struct str out;          /* not yet sent */
	struct smtp_reply reply; /* the last one */
	char *buf;               /* SESSION_BUFFER bytes, unread at..end */
	size_t at, end;
	bool has_pipelining, has_size, has_8bitmime;
	size_t recipients_put; /* recipients whose command was put */
	bool is_data_put;      /* so was DATA */
	bool is_sent;          /* the end of the message has gone out */
	bool is_broken;        /* nothing more can be sent */
};

/* 0, or -1 without memory (no report). */
NODISCARD int remote_session_open(struct remote_session *s, struct remote *r,
    int fd, const struct ip *ip);
void remote_session_close(struct remote_session *s);

void remote_session_put(struct remote_session *s, const char *text);
void remote_session_put_span(struct remote_session *s, struct span bytes);
/* Quoted where SMTP wants quotes. */
void remote_session_put_mailbox(struct remote_session *s, struct span mailbox);

/* Reads one reply into s->reply. */
NODISCARD int remote_session_reply(struct remote_session *s);
/* Sends what was put and reads one reply. */
NODISCARD int remote_session_exchange(struct remote_session *s);

/* The same when the report is complete already: sends what was put and reads n
 * replies, of which the last is in s->reply. False, and nothing more can be
 * sent, when that fails. */
bool remote_session_finish(struct remote_session *s, size_t n);

/* Sends the message and its end, in large pieces. */
NODISCARD int remote_session_send_body(struct remote_session *s);

/* Says goodbye without waiting for an answer. */
void remote_session_quit(struct remote_session *s);

/* ---- remote_message.c ---------------------------------------------------- */

/* What can be told of the message before it is sent. Both are false for one
 * that comes through a pipe. */
struct remote_message {
	bool has_size, has_8bit; /* has_8bit: bytes above 127 */
	int64_t size;
};

/* Looks at the message, and returns to where it begins. want_8bit: read it all.
 * 0; -1 when it cannot be read. */
NODISCARD int remote_message_examine(int fd, bool want_8bit,
    struct remote_message *m);

#endif
