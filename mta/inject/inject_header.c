/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject.h"

#include <unistd.h>

#include "fmt/rfc822_header.h"
#include "mta/inject/inject_field.h"

static int
too_long(struct err *e)
{
	return err_set(e, ERR_LIMIT, "header field longer than %d bytes",
	    RFC822_FIELD_MAX);
}

static int
use_field(struct inject *m, struct rfc822_header *h, struct err *e)
{
	if (inject_field_use(m, str_span(&h->field), e) == -1)
		return -1;
	if (m->header.n > INJECT_HEADER_MAX)
		return err_set(e, ERR_LIMIT, "header longer than %d bytes",
		    INJECT_HEADER_MAX);
	return str_ok(&m->header) ? 0 : inject_no_memory(e);
}

/* Results of one line besides -1. */
enum { IN_HEADER, IN_BODY };

static int
take_line(struct inject *m, struct rfc822_header *h, struct err *e)
{
	for (;;) {
		switch (rfc822_header_push(h, str_span(&m->body))) {
		case RFC822_HEADER_FIELD:
			if (use_field(m, h, e) == -1)
				return -1;
			continue;
		case RFC822_HEADER_MORE:
			return IN_HEADER;
		case RFC822_HEADER_BODY:
			return IN_BODY;
		case RFC822_HEADER_BODY_UNMARKED:
			m->body_unmarked = true;
			return IN_BODY;
		case RFC822_HEADER_LONG:
			return too_long(e);
		case RFC822_HEADER_MEMORY:
			return inject_no_memory(e);
		}
	}
}

static int
read_lines(struct inject *m, struct rfc822_header *h, struct err *e)
{
	for (;;) {
		enum in_status status;
		int rc;

		str_reset(&m->body);
		status = in_line(&m->in, RFC822_FIELD_MAX, &m->body);
		if (status == IN_ERROR)
			return err_sys(e, "read", "the message");
		if (status == IN_END)
			return rfc822_header_end(h) ? use_field(m, h, e) : 0;
		if (!str_ok(&m->body))
			return inject_no_memory(e);
		rc = take_line(m, h, e);
		if (rc != IN_HEADER)
			return rc == -1 ? -1 : 0;
		/* the rest of a line may be long only in the body */
		if (status == IN_LONG)
			return too_long(e);
	}
}

int
inject_read_header(struct inject *m, struct err *e)
{
	struct rfc822_header h = {.max = RFC822_FIELD_MAX};
	int rc;

	if (in_open(&m->in, STDIN_FILENO) == -1)
		return inject_no_memory(e);
	rc = read_lines(m, &h, e);
	rfc822_header_free(&h);
	return rc;
}
