/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "mta/ucspi/tcp_env.h"
#include "prog/die.h"

/* Nothing is written when it fails: standard error may be the connection. */
int
main(int argc, char **argv)
{
	struct tcp_env_connection c;
	struct tcp_env_wish w;
	int status;

	die_name("tcp-env");
	if (tcp_env_parse(argc, argv, &w) == -1)
		die_usage("[-rRhHp] [-t SECONDS] [-l NAME] [-x RULES.cdb] "
		          "PROGRAM [ARGUMENT]...");
	if (!tcp_env_is_set() && (tcp_env_examine(STDIN_FILENO, &c) == -1 ||
	                             tcp_env_set(&c, &w) == -1))
		return TCP_ENV_FAILED;
	status = w.rules == NULL ? 0 : tcp_env_obey(w.rules);
	if (status != 0)
		return status;
	(void)execvp(w.program[0], w.program);
	return TCP_ENV_FAILED;
}
