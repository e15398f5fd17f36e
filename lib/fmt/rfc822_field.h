/* SPDX-License-Identifier: ISC */
#ifndef FMT_RFC822_FIELD_H
#define FMT_RFC822_FIELD_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/span.h"

/* Header fields by name. Values fit into a 32-bit set: 1u << field. */
enum rfc822_field {
	RFC822_FIELD_OTHER,
	RFC822_FIELD_APPARENTLY_TO,
	RFC822_FIELD_BCC,
	RFC822_FIELD_CC,
	RFC822_FIELD_CONTENT_LENGTH,
	RFC822_FIELD_DATE,
	RFC822_FIELD_DELIVERED_TO,
	RFC822_FIELD_ERRORS_TO,
	RFC822_FIELD_FROM,
	RFC822_FIELD_MAIL_FOLLOWUP_TO,
	RFC822_FIELD_MESSAGE_ID,
	RFC822_FIELD_NOTICE_REQUESTED,
	RFC822_FIELD_RECEIVED,
	RFC822_FIELD_REPLY_TO,
	RFC822_FIELD_RESENT_BCC,
	RFC822_FIELD_RESENT_CC,
	RFC822_FIELD_RESENT_DATE,
	RFC822_FIELD_RESENT_FROM,
	RFC822_FIELD_RESENT_MESSAGE_ID,
	RFC822_FIELD_RESENT_REPLY_TO,
	RFC822_FIELD_RESENT_SENDER,
	RFC822_FIELD_RESENT_TO,
	RFC822_FIELD_RETURN_PATH,
	RFC822_FIELD_RETURN_RECEIPT_TO,
	RFC822_FIELD_SENDER,
	RFC822_FIELD_SUBJECT,
	RFC822_FIELD_TO,
	RFC822_FIELDS /* count */
};

/* The name of a field, from its first line: what precedes the colon, without
 * blanks at its end. Empty when the line is no field: no colon, no name, or a
 * byte outside 33..126 in it (RFC 5322 2.2). */
struct span rfc822_field_name(struct span line);

/* The field of that name, whatever the case of its letters. */
enum rfc822_field rfc822_field_find(struct span name);

#endif
