/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "mta/users/pw2u.h"
#include "prog/die.h"
#include "qmail/config.h"
#include "qmail/site.h"

static void
parse_option(struct pw2u_options *o, int letter)
{
	switch (letter) {
	case '/':
		o->dash = "-/";
		break;
	case 'o':
		o->homes = PW2U_SKIP;
		break;
	case 'h':
		o->homes = PW2U_STOP;
		break;
	case 'H':
		o->homes = PW2U_IGNORE;
		break;
	case 'u':
	case 'U':
		o->upper = letter == 'u';
		break;
	case 'C':
		o->no_extensions = true;
		break;
	case 'c':
		o->no_extensions = false;
		o->break_char = optarg[0];
		break;
	default:
		die_usage("[-/ohHuUC] [-c CHARACTER] < passwd");
	}
}

int
main(int argc, char **argv)
{
	struct pw2u_options options = {.break_char = config_break, .dash = "-"};
	struct site site;
	struct out out;
	struct err e;
	int letter;

	die_name("qmail-pw2u");
	opterr = 0;
	while ((letter = getopt(argc, argv, "/ohHuUCc:")) != -1)
		parse_option(&options, letter);
	if (site_enter(&site, &e) == -1)
		die_temporary(&e);
	if (hash_seed_make(&options.seed) == -1)
		die_sys("make", "random numbers");
	if (out_open(&out, STDOUT_FILENO) == -1)
		die_sys("start", "writing");
	if (pw2u_run(&options, STDIN_FILENO, &out, &e) == -1)
		die_temporary(&e);
	if (out_flush(&out) == -1)
		die_sys("write", "standard output");
	out_close(&out);
	return EXIT_SUCCESS;
}
