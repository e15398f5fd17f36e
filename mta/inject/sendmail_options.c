/* SPDX-License-Identifier: ISC */
#include "mta/inject/sendmail_options.h"

#include <stddef.h>
#include <unistd.h>

#include "base/span.h"

/* The text behind E and J belongs to them, but only if attached. */
static const char letters[] = "+vimte:f:p:o:B:F:E::J::xb:";

static enum sendmail_action
mode_action(char mode)
{
	switch (mode) {
	case 's':
		return SENDMAIL_SMTP;
	case 'p':
		return SENDMAIL_LIST;
	case 'm':
		return SENDMAIL_INJECT;
	default:
		return SENDMAIL_USAGE;
	}
}

/* What the program does when no option asks for something else. */
static enum sendmail_action
name_action(const char *path)
{
	struct span name = span_cstr(path);
	size_t slash = span_rfind(name, '/');

	if (slash < name.n)
		name = span_from(name, slash + 1);
	if (span_eq(name, SPAN("mailq")))
		return SENDMAIL_LIST;
	if (span_eq(name, SPAN("newaliases")))
		return SENDMAIL_ALIASES;
	return SENDMAIL_INJECT;
}

/* What one option asks for; SENDMAIL_INJECT: to go on. */
static enum sendmail_action
take_option(struct sendmail_options *o, int letter)
{
	switch (letter) {
	case 't':
		o->read_header = true;
		break;
	case 'f':
		o->sender = optarg;
		break;
	case 'F':
		o->name = optarg;
		break;
	case 'b':
		return mode_action(optarg[0]);
	case '?':
		return SENDMAIL_USAGE;
	default: /* of other mailers, without meaning here */
		break;
	}
	return SENDMAIL_INJECT;
}

void
sendmail_options_parse(struct sendmail_options *o, int argc, char **argv)
{
	int letter;

	*o = (struct sendmail_options){.action = SENDMAIL_INJECT};
	opterr = 0;
	while (o->action == SENDMAIL_INJECT &&
	       (letter = getopt(argc, argv, letters)) != -1)
		o->action = take_option(o, letter);
	o->recipients = argv + (optind < argc ? optind : argc);
	if (o->action == SENDMAIL_INJECT && argc > 0)
		o->action = name_action(argv[0]);
}
