/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_SMTPROUTES_H
#define QMAIL_SMTPROUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "qmail/constmap.h"
#include "qmail/control.h"

/* control/smtproutes: relays for domains. Specification: smtp.md section 2.4.
 *
 *	DOMAIN:RELAY[:[s]PORT][|USER|PASSWORD]
 *
 * RELAY is a name, 192.0.2.1, [192.0.2.1], [2001:db8::1] or nothing; the port
 * may also follow a semicolon, and "s" before it asks for TLS from the first
 * byte. The domain "!@" stands for mail with an empty sender. */

enum { SMTP_PORT = 25 };

struct smtproute {
	struct span relay; /* empty: the normal way, by MX; no brackets */
	/* 0 when what stands for the port is no number: nothing can be
	 * delivered there */
	uint16_t port;
	bool is_tls;
	bool has_login;
	struct span user, password;
};

/* The value of an entry, what follows the first colon of the line. */
void smtproute_parse(struct span value, struct smtproute *route);

/* Reads control/smtproutes; an absent file is the empty map. 0 or -1. */
NODISCARD int smtproutes_load(struct constmap *routes, const struct control *c,
    const struct hash_seed *seed, struct err *e);

/* The route of a host: the entry for mail without sender, then that for the
 * host, else for the longest ".suffix", else the one with the empty key. False
 * when there is none. The route borrows from the map. */
NODISCARD bool smtproutes_find(const struct constmap *routes, struct span host,
    bool has_sender, struct smtproute *route);

#endif
