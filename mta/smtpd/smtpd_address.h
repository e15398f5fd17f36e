/* SPDX-License-Identifier: ISC */
#ifndef MTA_SMTPD_SMTPD_ADDRESS_H
#define MTA_SMTPD_SMTPD_ADDRESS_H

#include "mta/smtpd/smtpd.h"

/* The address of a MAIL or RCPT command, and what follows it. */
struct smtpd_address {
	bool may_be_empty; /* set by the caller */
	struct str text;
	struct span parameters; /* borrowed from the argument */
};

enum smtpd_address_end {
	SMTPD_ADDRESS_OK,
	SMTPD_ADDRESS_REFUSED, /* the reply is given */
	SMTPD_ADDRESS_BROKEN,  /* the same, and the session ends */
};

/* Parses the argument, checks the address and puts localiphost in the place of
 * an address literal of this host (smtp.md 1.4a, 1.9). */
NODISCARD enum smtpd_address_end smtpd_address_read(struct smtpd *s,
    struct span argument, struct smtpd_address *a);
void smtpd_address_free(struct smtpd_address *a);

#endif
