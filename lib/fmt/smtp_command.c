/* SPDX-License-Identifier: ISC */
#include "fmt/smtp_command.h"

#include "base/ascii.h"

static const struct span verbs[SMTP_UNKNOWN] = {
    [SMTP_HELO] = SPAN_INIT("helo"),
    [SMTP_EHLO] = SPAN_INIT("ehlo"),
    [SMTP_MAIL] = SPAN_INIT("mail"),
    [SMTP_RCPT] = SPAN_INIT("rcpt"),
    [SMTP_DATA] = SPAN_INIT("data"),
    [SMTP_RSET] = SPAN_INIT("rset"),
    [SMTP_NOOP] = SPAN_INIT("noop"),
    [SMTP_VRFY] = SPAN_INIT("vrfy"),
    [SMTP_HELP] = SPAN_INIT("help"),
    [SMTP_QUIT] = SPAN_INIT("quit"),
};

static struct span
skip_spaces(struct span s)
{
	while (s.n > 0 && s.p[0] == ' ')
		s = span_from(s, 1);
	return s;
}

enum smtp_verb
smtp_command_parse(struct span line, struct span *argument)
{
	size_t space = span_find(line, ' ', 0);
	struct span word = span_first(line, space);

	*argument = skip_spaces(span_from(line, space));
	for (int i = 0; i < SMTP_UNKNOWN; i++) {
		if (ascii_eq_nocase(word, verbs[i]))
			return (enum smtp_verb)i;
	}
	return SMTP_UNKNOWN;
}

/* Where the address begins and which byte ends it. The words FROM: and TO: are
 * not looked at. */
static struct span
find_start(struct span argument, char *terminator)
{
	size_t bracket = span_find(argument, '<', 0), colon;

	*terminator = '>';
	if (bracket < argument.n)
		return span_from(argument, bracket + 1);
	*terminator = ' ';
	colon = span_find(argument, ':', 0);
	if (colon < argument.n)
		argument = span_from(argument, colon + 1);
	return skip_spaces(argument);
}

static struct span
skip_route(struct span text)
{
	if (text.n == 0 || text.p[0] != '@')
		return text;
	return span_from(text, span_find(text, ':', 0) + 1);
}

static bool
is_control(char c)
{
	return (c >= 0 && c < ' ') || c == 127;
}

enum smtp_address_status
smtp_address_parse(struct span argument, struct str *address, struct span *rest)
{
	enum smtp_address_status status = SMTP_ADDRESS_OK;
	struct span text;
	bool quoted = false;
	size_t i;
	char terminator;

	if (argument.n == 0)
		status = SMTP_ADDRESS_ABSENT;
	text = skip_route(find_start(argument, &terminator));
	for (i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\\' && i + 1 < text.n) {
			c = text.p[++i];
		} else if (c == '\\') {
			continue;
		} else if (c == '"') {
			quoted = !quoted;
			continue;
		} else if (c == terminator && !quoted) {
			break;
		}
		if (is_control(c))
			status = SMTP_ADDRESS_CONTROL;
		str_putc(address, c);
	}
	*rest = span_from(text, i + 1);
	return status;
}

bool
smtp_param_find(struct span rest, struct span name, struct span *value)
{
	for (rest = skip_spaces(rest); rest.n > 0; rest = skip_spaces(rest)) {
		size_t space = span_find(rest, ' ', 0);
		struct span word = span_first(rest, space);
		size_t equals = span_find(word, '=', 0);

		rest = span_from(rest, space);
		if (!ascii_eq_nocase(span_first(word, equals), name))
			continue;
		*value = span_from(word, equals + 1);
		return true;
	}
	return false;
}
