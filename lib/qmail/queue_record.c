/* SPDX-License-Identifier: ISC */
#include "qmail/queue_record.h"

void
queue_record_put(struct str *out, char letter, struct span text)
{
	str_putc(out, letter);
	str_put(out, text);
	str_putc(out, '\0');
}

static void
split_record(struct span whole, uint64_t offset, struct queue_record *r)
{
	r->letter = '\0';
	if (whole.n > 0)
		r->letter = whole.p[0];
	r->text = span_from(whole, 1);
	r->offset = offset;
}

enum queue_record_status
queue_record_take(struct span *in, uint64_t *offset, struct queue_record *r)
{
	struct span whole;

	if (in->n == 0)
		return QUEUE_RECORD_END;
	if (!span_take_nul(in, &whole))
		return QUEUE_RECORD_CUT;
	split_record(whole, *offset, r);
	*offset += whole.n + 1;
	return QUEUE_RECORD_OK;
}

int
queue_reader_open(struct queue_reader *q, int fd, size_t max)
{
	*q = (struct queue_reader){.max = max};
	return in_open(&q->in, fd);
}

void
queue_reader_close(struct queue_reader *q)
{
	in_close(&q->in);
	str_free(&q->record);
}

void
queue_reader_reopen(struct queue_reader *q, int fd)
{
	in_reopen(&q->in, fd, true);
	q->offset = 0;
}

enum queue_record_status
queue_reader_next(struct queue_reader *q, struct queue_record *r)
{
	str_reset(&q->record);
	for (;;) {
		struct span bytes;
		size_t nul;

		switch (in_peek(&q->in, &bytes)) {
		case IN_OK:
			break;
		case IN_END:
			return q->record.n == 0 ? QUEUE_RECORD_END
			                        : QUEUE_RECORD_CUT;
		case IN_ERROR:
		case IN_LONG:
			return QUEUE_RECORD_ERROR;
		}
		nul = span_find(bytes, '\0', 0);
		if (nul > q->max - q->record.n ||
		    (nul < bytes.n && nul == q->max - q->record.n))
			return QUEUE_RECORD_LONG;
		str_put(&q->record, span_first(bytes, nul));
		if (!str_ok(&q->record))
			return QUEUE_RECORD_ERROR;
		in_consume(&q->in, nul < bytes.n ? nul + 1 : nul);
		if (nul < bytes.n)
			break;
	}
	split_record(str_span(&q->record), q->offset, r);
	q->offset += q->record.n + 1;
	return QUEUE_RECORD_OK;
}
