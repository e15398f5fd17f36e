/* SPDX-License-Identifier: ISC */
#ifndef FMT_SMTP_COMMAND_H
#define FMT_SMTP_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Commands of SMTP clients (RFC 5321 4.1; smtp.md 1.3 and 1.4a). */

enum {
	SMTP_COMMAND_MAX = 4096, /* bytes of a command line without its end */
	/* bytes of an address; for the server to check, because it counts
	 * after a literal was replaced by localiphost */
	SMTP_ADDRESS_MAX = 899,
};

enum smtp_verb {
	SMTP_HELO,
	SMTP_EHLO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_VRFY,
	SMTP_HELP,
	SMTP_QUIT,
	SMTP_UNKNOWN,
};

/* line: without its LF and without one CR before that. The verb is what
 * precedes the first space, in any case; *argument what follows the spaces
 * behind it, borrowed from line. */
enum smtp_verb smtp_command_parse(struct span line, struct span *argument);

enum smtp_address_status {
	SMTP_ADDRESS_OK,
	SMTP_ADDRESS_ABSENT,  /* there is no argument at all */
	SMTP_ADDRESS_CONTROL, /* a byte 0-31 or 127 inside the address */
};

/* The argument of MAIL or RCPT. Appends the address, unquoted and without
 * source route, to *address; it may be empty. *rest: what follows the address,
 * the parameters. The classic programs accept all of them, of at most
 * SMTP_ADDRESS_MAX bytes. */
NODISCARD enum smtp_address_status smtp_address_parse(struct span argument,
    struct str *address, struct span *rest);

/* The value of a parameter of MAIL: "SIZE=123 BODY=8BITMIME" and "SIZE" give
 * "123". Names in any case. False when it is not there. */
NODISCARD bool smtp_param_find(struct span rest, struct span name,
    struct span *value);

#endif
