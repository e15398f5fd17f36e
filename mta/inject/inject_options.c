/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_options.h"

#include <stddef.h>
#include <unistd.h>

static int
refuse(int letter, struct err *e)
{
	/* any byte may come from the command line */
	if (letter <= ' ' || letter > '~')
		return err_set(e, ERR_FORMAT, "unknown option");
	return err_set(e, ERR_FORMAT,
	    letter == 'f' ? "option -%c needs a value" : "unknown option -%c",
	    letter);
}

int
inject_options_parse(struct inject_options *o, int argc, char **argv,
    struct err *e)
{
	int letter;

	*o = (struct inject_options){.source = INJECT_ARGUMENTS_OR_HEADER};
	opterr = 0;
	while ((letter = getopt(argc, argv, "+aAhHnNf:")) != -1) {
		switch (letter) {
		case 'a':
			o->source = INJECT_ARGUMENTS;
			break;
		case 'A':
			o->source = INJECT_ARGUMENTS_OR_HEADER;
			break;
		case 'h':
			o->source = INJECT_HEADER;
			break;
		case 'H':
			o->source = INJECT_BOTH;
			break;
		case 'n':
			o->print = true;
			break;
		case 'N':
			o->print = false;
			break;
		case 'f':
			o->sender = optarg;
			break;
		default:
			return refuse(optopt, e);
		}
	}
	o->recipients = argv + (optind < argc ? optind : argc);
	return 0;
}

bool
inject_options_use_arguments(const struct inject_options *o)
{
	return o->source != INJECT_HEADER;
}

bool
inject_options_use_header(const struct inject_options *o)
{
	if (o->source == INJECT_ARGUMENTS_OR_HEADER)
		return o->recipients[0] == NULL;
	return o->source != INJECT_ARGUMENTS;
}
