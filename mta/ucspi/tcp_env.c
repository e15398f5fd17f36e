/* SPDX-License-Identifier: ISC */
#include "mta/ucspi/tcp_env.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/num.h"

int
tcp_env_parse(int argc, char **argv, struct tcp_env_wish *w)
{
	uint64_t number;
	int c;

	*w = (struct tcp_env_wish){.ident_s = TCP_ENV_IDENT_S};
	while ((c = getopt(argc, argv, "+rRhHpl:t:x:")) != -1) {
		switch (c) {
		case 'r':
		case 'R':
			w->no_user = c == 'R';
			break;
		case 'h':
		case 'H':
			w->no_names = c == 'H';
			break;
		case 'p':
			w->paranoid = true;
			break;
		case 'l':
			w->localname = optarg;
			break;
		case 't':
			if (!num_parse_u64(span_cstr(optarg), 86400, &number))
				return -1;
			w->ident_s = (unsigned)number;
			break;
		case 'x':
			w->rules = optarg;
			break;
		default:
			return -1;
		}
	}
	w->program = argv + optind;
	return optind < argc ? 0 : -1;
}

bool
tcp_env_is_set(void)
{
	static const struct span done[] = {SPAN_INIT("TCP"), SPAN_INIT("TCP6"),
	    SPAN_INIT("SSL"), SPAN_INIT("SSL6")};
	struct span proto = span_cstr(getenv("PROTO"));

	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (span_eq(proto, done[i]))
			return true;
	}
	return false;
}
