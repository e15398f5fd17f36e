/* SPDX-License-Identifier: ISC */
#include "qmail/queue_exit.h"

#include <stddef.h>

static const struct queue_exit_row rows[] = {
    {QUEUE_EXIT_OK, 'K', "message accepted", "2.6.0"},
    {QUEUE_EXIT_LONG_ADDRESS, 'D', "envelope address too long", "5.1.3"},
    {QUEUE_EXIT_LONG_ADDRESS_OLD, 'D', "envelope address too long", "5.1.3"},
    {QUEUE_EXIT_REFUSED, 'D', "mail server permanently rejects message",
        "5.3.0"},
    {QUEUE_EXIT_POLICY, 'D', "message refused by local policy", "5.7.1"},
    {QUEUE_EXIT_POLICY2, 'D', "message refused by local policy", "5.7.1"},
    {QUEUE_EXIT_MEMORY, 'Z', "mail server is out of memory", "4.3.0"},
    {QUEUE_EXIT_TIMEOUT, 'Z', "timeout while queueing message", "4.3.0"},
    {QUEUE_EXIT_WRITE, 'Z', "write error or disk full while queueing message",
        "4.3.0"},
    {QUEUE_EXIT_READ, 'Z', "read error while queueing message", "4.3.0"},
    {QUEUE_EXIT_CONFIG, 'Z', "mail server is unable to read its configuration",
        "4.3.0"},
    {QUEUE_EXIT_NETWORK, 'Z',
        "mail server has trouble making a network connection", "4.3.0"},
    {QUEUE_EXIT_HOME, 'Z', "mail server has trouble in its home directory",
        "4.3.0"},
    {QUEUE_EXIT_QUEUE_DIR, 'Z',
        "mail server has trouble creating files in its queue", "4.3.0"},
    {QUEUE_EXIT_PID, 'Z', "mail server has trouble creating files in its queue",
        "4.3.0"},
    {QUEUE_EXIT_MESS, 'Z',
        "mail server has trouble creating files in its queue", "4.3.0"},
    {QUEUE_EXIT_INTD, 'Z',
        "mail server has trouble creating files in its queue", "4.3.0"},
    {QUEUE_EXIT_TODO, 'Z',
        "mail server has trouble creating files in its queue", "4.3.0"},
    {QUEUE_EXIT_REFUSED_NOW, 'Z', "mail server temporarily rejects message",
        "4.3.0"},
    {QUEUE_EXIT_CONNECT_TIMEOUT, 'Z', "connection to mail server timed out",
        "4.4.1"},
    {QUEUE_EXIT_CONNECT_REFUSED, 'Z', "connection to mail server rejected",
        "4.4.1"},
    {QUEUE_EXIT_CONNECTION_LOST, 'Z', "communication with mail server failed",
        "4.4.2"},
    {QUEUE_EXIT_BUG, 'Z', "internal bug in the queueing program", "4.3.0"},
    {QUEUE_EXIT_ENVELOPE, 'Z',
        "internal bug: the queueing program got a malformed envelope", "4.3.0"},
    {QUEUE_EXIT_CANNOT_RUN, 'Z', "unable to run the queueing program", "4.3.0"},
};

/* What every caller has always taken for permanent. */
enum { PERMANENT_FIRST = 11, PERMANENT_LAST = 40 };

static const struct queue_exit_row permanent = {-1, 'D',
    "permanent problem while queueing message", "5.3.0"};
static const struct queue_exit_row temporary = {-1, 'Z',
    "temporary problem while queueing message", "4.3.0"};
static const struct queue_exit_row crashed = {-1, 'Z',
    "the queueing program crashed", "4.3.0"};

const struct queue_exit_row *
queue_exit_find(int status)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].status == status)
			return &rows[i];
	}
	if (status >= PERMANENT_FIRST && status <= PERMANENT_LAST)
		return &permanent;
	return &temporary;
}

const struct queue_exit_row *
queue_exit_crashed(void)
{
	return &crashed;
}

void
queue_exit_put(struct str *out, const struct queue_exit_row *row)
{
	str_put_cstr(out, row->text);
	str_put(out, SPAN(" (#"));
	str_put_cstr(out, row->dsn);
	str_putc(out, ')');
}
