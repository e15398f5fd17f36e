/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_H
#define MTA_INJECT_INJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/in.h"
#include "base/str.h"
#include "fmt/rfc822_address.h"
#include "fmt/rfc822_list.h"
#include "mta/inject/inject_env.h"
#include "mta/inject/inject_options.h"
#include "qmail/site.h"

/* One message on its way through qmail-inject. The functions below are its
 * stations, in order; each returns 0 or -1 with *e, which err_is_temporary()
 * turns into the exit status. Lists of addresses are raw mailboxes with a NUL
 * behind each. */

enum { INJECT_HEADER_MAX = 64 * 1024 * 1024 }; /* header as it is kept */

struct inject {
	/* given */
	int64_t now; /* unix seconds: Date, Message-ID, per-message sender */
	pid_t pid;

	/* prepared */
	struct site site;
	struct inject_env env;
	struct inject_options options;
	struct rfc822_completion completion;
	struct str idhost;
	struct str lists; /* addresses of QMAILMFTFILE */
	struct str arguments;
	struct str sender;
	bool has_sender;

	/* read from the header */
	struct in in;
	struct str header;     /* fields to write, rewritten */
	uint32_t seen;         /* set of enum rfc822_field */
	struct str recipients; /* of To, Cc, Bcc, Apparently-To */
	struct str resent;     /* of the Resent- fields */
	struct str followup;   /* To and Cc, in the order found */
	struct str body;       /* first line of the body */
	bool body_unmarked;    /* an empty line is missing before it */

	/* scratch */
	struct rfc822_tokens tokens;
	struct rfc822_list list;
};

/* Reads environment, control files and command line. Changes to the home. */
NODISCARD int inject_prepare(struct inject *m, int argc, char **argv,
    struct err *e);

/* Reads the header from descriptor 0, up to the first line of the body. */
NODISCARD int inject_read_header(struct inject *m, struct err *e);

/* Prints or queues the message. */
NODISCARD int inject_send(struct inject *m, struct err *e);

/* True when the message has been sent before: Resent- fields count. */
bool inject_is_resent(const struct inject *m);

/* Says "no memory" in *e, which is temporary. Returns -1. */
int inject_no_memory(struct err *e);

void inject_free(struct inject *m);

#endif
