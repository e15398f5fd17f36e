/* SPDX-License-Identifier: ISC */
#include "qmail/envelope.h"

#include "qmail/queue_path.h"

/* ENVELOPE_MORE: the letter begins a record. */
static enum envelope_status
check_letter(const struct envelope *env, char letter)
{
	if (env->has_sender && letter == '\0')
		return ENVELOPE_DONE;
	return letter == (env->has_sender ? 'T' : 'F') ? ENVELOPE_MORE
	                                               : ENVELOPE_BAD;
}

enum envelope_status
envelope_feed(struct envelope *env, struct span bytes, size_t *used)
{
	size_t at = 0;

	while (at < bytes.n) {
		size_t nul;

		if (env->length == 0) {
			enum envelope_status s = check_letter(env, bytes.p[at]);

			*used = at;
			if (s != ENVELOPE_MORE)
				return s;
			env->length = 1;
			at++;
		}
		nul = span_find(bytes, '\0', at);
		/* the letter does not count as a byte of the address */
		if (nul - at > QUEUE_ADDRESS_MAX + 1 - env->length) {
			*used = at;
			return ENVELOPE_LONG;
		}
		env->length += nul - at;
		at = nul;
		if (nul == bytes.n)
			break;
		env->length = 0;
		env->has_sender = true;
		at++;
	}
	*used = bytes.n;
	return ENVELOPE_MORE;
}
