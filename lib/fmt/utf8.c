/* SPDX-License-Identifier: ISC */
#include "fmt/utf8.h"

/* By lead byte: bits of the lead byte itself, continuation bytes, and the
 * smallest character that needs that many. */
static const struct {
	unsigned char mask, lead;
	unsigned more;
	uint32_t least;
} forms[] = {
    {0x80, 0x00, 0, 0},
    {0xe0, 0xc0, 1, 0x80},
    {0xf0, 0xe0, 2, 0x800},
    {0xf8, 0xf0, 3, 0x10000},
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

bool
utf8_take(struct span *in, uint32_t *code)
{
	unsigned char lead;
	uint32_t value;
	size_t form = 0;

	if (in->n == 0)
		return false;
	lead = (unsigned char)in->p[0];
	while (form < FORMS && (lead & forms[form].mask) != forms[form].lead)
		form++;
	if (form == FORMS || in->n <= forms[form].more)
		return false;
	value = lead & (unsigned char)~forms[form].mask;
	for (size_t i = 1; i <= forms[form].more; i++) {
		unsigned char next = (unsigned char)in->p[i];

		if ((next & 0xc0) != 0x80)
			return false;
		value = value << 6 | (next & 0x3f);
	}
	if (value < forms[form].least || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return false;
	*code = value;
	*in = span_from(*in, forms[form].more + 1);
	return true;
}

bool
utf8_is_valid(struct span s)
{
	bool more = true;

	while (more) {
		uint32_t code;

		more = utf8_take(&s, &code);
	}
	return s.n == 0;
}
