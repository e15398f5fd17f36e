/* SPDX-License-Identifier: ISC */
#include "qmail/log_record.h"

#include "base/ascii.h"
#include "base/num.h"
#include "fmt/printable.h"

/* The shape of each kind: what stands in the line, with codes for the fields.
 *
 *   %m message     %d delivery    %b bytes    %q qp    %u uid    (numbers)
 *   %l %L local    %r %R remote   used and limit
 *   %x " exitasap" or nothing, last in the line
 *   %c channel     %s sender, before '>'      %a recipient
 *   %t report text, made log-safe             %w words, as they are
 *
 * Sender and recipient hold no space once they are log-safe, so the first space
 * ends them. */
static const char *const shapes[LOG_KINDS] = {
    [LOG_STATUS] = "status: local %l/%L remote %r/%R%x",
    [LOG_EXITING] = "status: exiting",
    [LOG_NEW] = "new msg %m",
    [LOG_INFO] = "info msg %m: bytes %b from <%s> qp %q uid %u",
    [LOG_STARTING] = "starting delivery %d: msg %m to %c %a",
    [LOG_SUCCESS] = "delivery %d: success: %t",
    [LOG_DEFERRAL] = "delivery %d: deferral: %t",
    [LOG_FAILURE] = "delivery %d: failure: %t",
    [LOG_MANGLED] = "delivery %d: report mangled, will defer",
    [LOG_BOUNCE] = "bounce msg %m qp %q",
    [LOG_TRIPLE] = "triple bounce: discarding bounce/%m",
    [LOG_END] = "end msg %m",
    [LOG_ALERT] = "alert: %w",
    [LOG_WARNING] = "warning: %w",
    [LOG_OTHER_STATUS] = "status: %w",
};

static const struct span exitasap = SPAN_INIT(" exitasap");

static const struct span channels[] = {
    [LOG_LOCAL] = SPAN_INIT("local"),
    [LOG_REMOTE] = SPAN_INIT("remote"),
};

/* False when the code stands for something else than a number. */
static bool
find_number(struct log_record *r, char code, uint64_t **number)
{
	switch (code) {
	case 'm':
		*number = &r->message;
		return true;
	case 'd':
		*number = &r->delivery;
		return true;
	case 'b':
		*number = &r->bytes;
		return true;
	case 'q':
		*number = &r->qp;
		return true;
	case 'u':
		*number = &r->uid;
		return true;
	case 'l':
		*number = &r->used[LOG_LOCAL];
		return true;
	case 'L':
		*number = &r->limit[LOG_LOCAL];
		return true;
	case 'r':
		*number = &r->used[LOG_REMOTE];
		return true;
	case 'R':
		*number = &r->limit[LOG_REMOTE];
		return true;
	default:
		return false;
	}
}

static void
put_field(struct str *out, struct log_record *r, char code)
{
	uint64_t *number;

	if (find_number(r, code, &number))
		str_put_u64(out, *number);
	else if (code == 'c')
		str_put(out, channels[r->channel]);
	else if (code == 'w')
		str_put(out, r->text);
	else if (code != 'x')
		logsafe_put(out, r->text);
	else if (r->exit_asap)
		str_put(out, exitasap);
}

void
log_record_put(struct str *out, const struct log_record *r)
{
	struct log_record copy = *r;

	for (const char *p = shapes[r->kind]; *p != '\0'; p++) {
		if (*p == '%')
			put_field(out, &copy, *++p);
		else
			str_putc(out, *p);
	}
	str_putc(out, '\n');
}

static bool
take_number(struct span *rest, uint64_t *number)
{
	size_t n = 0;

	while (n < rest->n && ascii_is_digit(rest->p[n]))
		n++;
	if (!num_parse_u64(span_first(*rest, n), UINT64_MAX, number))
		return false;
	*rest = span_from(*rest, n);
	return true;
}

static bool
take_channel(struct span *rest, enum log_channel *channel)
{
	for (int c = LOG_LOCAL; c <= LOG_REMOTE; c++) {
		if (span_take_prefix(rest, channels[c])) {
			*channel = (enum log_channel)c;
			return true;
		}
	}
	return false;
}

static void
take_word(struct span *rest, struct span *text)
{
	size_t n = span_find(*rest, ' ', 0);

	*text = span_first(*rest, n);
	*rest = span_from(*rest, n);
}

static bool
take_sender(struct span *rest, struct span *text)
{
	struct span before = *rest;

	take_word(rest, text);
	if (!span_has_suffix(*text, SPAN(">")))
		return false;
	text->n--;
	*rest = span_from(before, text->n);
	return true;
}

static bool
take_field(struct span *rest, struct log_record *r, char code)
{
	uint64_t *number;

	if (find_number(r, code, &number)) {
		if (!take_number(rest, number))
			return false;
		if (code == 'd' && span_has_prefix(*rest, SPAN(".")))
			*rest = span_from(*rest, span_find(*rest, ':', 0));
		return true;
	}
	switch (code) {
	case 'c':
		return take_channel(rest, &r->channel);
	case 's':
		return take_sender(rest, &r->text);
	case 'a':
		take_word(rest, &r->text);
		return true;
	case 'x':
		r->exit_asap = span_has_suffix(*rest, exitasap);
		return true;
	default:
		r->text = *rest;
		*rest = span_from(*rest, rest->n);
		return true;
	}
}

static bool
take_literal(struct span *rest, char c)
{
	if (rest->n > 0 && rest->p[0] == c) {
		*rest = span_from(*rest, 1);
		return true;
	}
	/* a logger may have removed the space before an empty text */
	return rest->n == 0 && c == ' ';
}

static bool
parse_shape(struct span line, const char *shape, struct log_record *r)
{
	for (const char *p = shape; *p != '\0'; p++) {
		if (*p == '%') {
			if (!take_field(&line, r, *++p))
				return false;
		} else if (!take_literal(&line, *p)) {
			return false;
		}
	}
	return line.n == 0 || line.p[0] == ' '; /* a foreign tail */
}

bool
log_record_parse(struct span line, struct log_record *r)
{
	for (int kind = 0; line.n > 0 && kind < LOG_KINDS; kind++) {
		if (shapes[kind][0] != line.p[0])
			continue;
		*r = (struct log_record){.kind = (enum log_kind)kind};
		if (parse_shape(line, shapes[kind], r))
			return true;
	}
	*r = (struct log_record){0};
	return false;
}
