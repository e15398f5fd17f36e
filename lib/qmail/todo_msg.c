/* SPDX-License-Identifier: ISC */
#include "qmail/todo_msg.h"

#include "qmail/queue_path.h"

void
todo_msg_put(struct str *out, const struct todo_msg *m)
{
	switch (m->kind) {
	case TODO_MSG_LOG:
		str_putc(out, 'L');
		str_put(out, m->line);
		break;
	case TODO_MSG_MESSAGE:
		str_putc(out, 'D');
		str_putc(out, m->local ? '1' : '0');
		str_putc(out, m->remote ? '1' : '0');
		str_put_u64(out, m->id);
		break;
	case TODO_MSG_STOPPED:
		str_putc(out, 'X');
		break;
	case TODO_MSG_BAD:
		return;
	}
	str_putc(out, '\0');
}

static bool
take_flag(struct span *in, bool *flag)
{
	if (span_take_prefix(in, SPAN("1")))
		*flag = true;
	else if (span_take_prefix(in, SPAN("0")))
		*flag = false;
	else
		return false;
	return true;
}

void
todo_msg_parse(struct span record, struct todo_msg *m)
{
	*m = (struct todo_msg){.kind = TODO_MSG_BAD};
	if (span_eq(record, SPAN("X"))) {
		m->kind = TODO_MSG_STOPPED;
	} else if (span_take_prefix(&record, SPAN("L"))) {
		m->kind = TODO_MSG_LOG;
		m->line = record;
	} else if (span_take_prefix(&record, SPAN("D"))) {
		if (take_flag(&record, &m->local) &&
		    take_flag(&record, &m->remote) &&
		    queue_id_parse(record, &m->id))
			m->kind = TODO_MSG_MESSAGE;
	}
}
