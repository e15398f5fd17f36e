/* SPDX-License-Identifier: ISC */
#include "prog/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prog/die.h"

static bool
wants(int argc, char **argv, const char *what)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], what) == 0)
			return true;
	}
	return false;
}

NORETURN static void
print_and_exit(const struct options_program *p, bool help)
{
	struct out out;

	if (out_open(&out, STDOUT_FILENO) == -1)
		die_sys("write to", "standard output");
	if (help) {
		options_put_help(p, &out);
	} else {
		out_put_cstr(&out, p->name);
		out_put_cstr(&out, " (qward) ");
		out_put_cstr(&out, p->version);
		out_putc(&out, '\n');
	}
	if (out_flush(&out) == -1)
		die_sys("write to", "standard output");
	out_close(&out);
	exit(0);
}

void
options_begin(struct options *o, const struct options_program *p, int argc,
    char **argv)
{
	struct err e;

	die_name(p->name);
	if (options_parse(o, p, argc, argv, &e) == -1) {
		/* who asks for help gets it, whatever else is wrong */
		if (wants(argc, argv, "--help"))
			print_and_exit(p, true);
		die_text(p->usage_status == 0 ? DIE_PERMANENT : p->usage_status,
		    "%s (see %s --help)", e.text, p->name);
	}
	if (options_has(o, OPTION_HELP))
		print_and_exit(p, true);
	if (options_has(o, OPTION_VERSION))
		print_and_exit(p, false);
}
