/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "mta/start/ctl.h"
#include "prog/options.h"
#include "qmail/config.h"

static int
show_help(struct ctl *c, struct err *e)
{
	struct out out;
	int rc;

	if (out_open(&out, STDOUT_FILENO) == -1)
		return err_sys(e, "write", "standard output");
	options_put_help(c->options->program, &out);
	rc = out_flush(&out);
	out_close(&out);
	return rc == 0 ? 0 : err_sys(e, "write", "standard output");
}

static const struct ctl_verb verbs[] = {
    {"init", CTL_NOTHING, ctl_init},
    {"adduser", CTL_NOTHING, ctl_adduser},
    {"start", CTL_RULE, ctl_start},
    {"stop", CTL_RULE, ctl_stop},
    {"restart", CTL_RULE, ctl_restart},
    {"stat", CTL_READ, ctl_stat},
    {"status", CTL_READ, ctl_stat},
    {"queue", CTL_READ, ctl_queue},
    {"doqueue", CTL_RULE, ctl_flush},
    {"flush", CTL_RULE, ctl_flush},
    {"alrm", CTL_RULE, ctl_flush},
    {"reload", CTL_RULE, ctl_reload},
    {"hup", CTL_RULE, ctl_reload},
    {"pause", CTL_RULE, ctl_pause},
    {"cont", CTL_RULE, ctl_continue},
    {"cdb", CTL_RULE, ctl_cdb},
    {"check", CTL_READ, ctl_check},
    {"why", CTL_READ, ctl_why},
    {"help", CTL_NOTHING, show_help},
};

static const struct options_verb help[] = {
    {"init HOST", "make control files, aliases and queue"},
    {"adduser", "add the users and groups of qmail to the system"},
    {"start", "start the daemons, and SMTP as control/smtplisten says"},
    {"stop", "let running deliveries end, then all is down"},
    {"restart", "stop, then start"},
    {"stat, status", "what runs, and how much mail is queued"},
    {"queue", "the messages in the queue"},
    {"flush, doqueue, alrm", "try all queued messages now"},
    {"reload, hup", "read locals and virtualdomains again"},
    {"pause", "hold everything where it is"},
    {"cont", "go on after pause"},
    {"cdb", "compile the rules of SMTP clients (tcp.smtp)"},
    {"check", "look for mistakes in the configuration (qlint)"},
    {"why", "find out why mail does not move (qdoctor)"},
    {"help", "this text"},
};

static const struct option rows[] = {
    {.id = OPTION_HOME},
    {.id = CTL_SPLIT,
        .name = "split",
        .kind = OPTION_NUMBER,
        .value = "N",
        .help = "subfolders of the new queue, normally 23 (init)"},
    {.id = CTL_BIGTODO,
        .name = "bigtodo",
        .help = "split todo and intd, too (init)"},
};

const struct options_program ctl_options = {
    .name = "qmailctl",
    .version = config_version,
    .synopsis = "[OPTION]... VERB [HOST]",
    .about = "Sets up and runs one installation of qmail.",
    .verb = help,
    .verbs = sizeof(help) / sizeof(help[0]),
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};

const struct ctl_verb *
ctl_find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}
