/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_field.h"

#include <stddef.h>

#include "base/ascii.h"

static const struct span names[RFC822_FIELDS] = {
    [RFC822_FIELD_APPARENTLY_TO] = SPAN_INIT("Apparently-To"),
    [RFC822_FIELD_BCC] = SPAN_INIT("Bcc"),
    [RFC822_FIELD_CC] = SPAN_INIT("Cc"),
    [RFC822_FIELD_CONTENT_LENGTH] = SPAN_INIT("Content-Length"),
    [RFC822_FIELD_DATE] = SPAN_INIT("Date"),
    [RFC822_FIELD_DELIVERED_TO] = SPAN_INIT("Delivered-To"),
    [RFC822_FIELD_ERRORS_TO] = SPAN_INIT("Errors-To"),
    [RFC822_FIELD_FROM] = SPAN_INIT("From"),
    [RFC822_FIELD_MAIL_FOLLOWUP_TO] = SPAN_INIT("Mail-Followup-To"),
    [RFC822_FIELD_MESSAGE_ID] = SPAN_INIT("Message-ID"),
    [RFC822_FIELD_NOTICE_REQUESTED] =
        SPAN_INIT("Notice-Requested-Upon-Delivery-To"),
    [RFC822_FIELD_RECEIVED] = SPAN_INIT("Received"),
    [RFC822_FIELD_REPLY_TO] = SPAN_INIT("Reply-To"),
    [RFC822_FIELD_RESENT_BCC] = SPAN_INIT("Resent-Bcc"),
    [RFC822_FIELD_RESENT_CC] = SPAN_INIT("Resent-Cc"),
    [RFC822_FIELD_RESENT_DATE] = SPAN_INIT("Resent-Date"),
    [RFC822_FIELD_RESENT_FROM] = SPAN_INIT("Resent-From"),
    [RFC822_FIELD_RESENT_MESSAGE_ID] = SPAN_INIT("Resent-Message-ID"),
    [RFC822_FIELD_RESENT_REPLY_TO] = SPAN_INIT("Resent-Reply-To"),
    [RFC822_FIELD_RESENT_SENDER] = SPAN_INIT("Resent-Sender"),
    [RFC822_FIELD_RESENT_TO] = SPAN_INIT("Resent-To"),
    [RFC822_FIELD_RETURN_PATH] = SPAN_INIT("Return-Path"),
    [RFC822_FIELD_RETURN_RECEIPT_TO] = SPAN_INIT("Return-Receipt-To"),
    [RFC822_FIELD_SENDER] = SPAN_INIT("Sender"),
    [RFC822_FIELD_SUBJECT] = SPAN_INIT("Subject"),
    [RFC822_FIELD_TO] = SPAN_INIT("To"),
};

struct span
rfc822_field_name(struct span line)
{
	size_t colon = span_find(line, ':', 0);
	struct span name = ascii_trim_end(span_first(line, colon));

	if (colon == line.n)
		return (struct span){0};
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < 33 || c > 126)
			return (struct span){0};
	}
	return name;
}

enum rfc822_field
rfc822_field_find(struct span name)
{
	for (size_t i = 0; i < RFC822_FIELDS; i++) {
		if (name.n > 0 && ascii_eq_nocase(names[i], name))
			return (enum rfc822_field)i;
	}
	return RFC822_FIELD_OTHER;
}
