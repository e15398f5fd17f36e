/* SPDX-License-Identifier: ISC */
#include "qmail/remote_report.h"

/* In this order: the worse of two results is the smaller one. */
enum result { RESULT_D, RESULT_Z, RESULT_K };

static const char letters[] = {'D', 'Z', 'K'};

static bool
is_message_report(struct span s, enum result *result)
{
	for (int i = RESULT_D; i <= RESULT_K; i++) {
		if (s.n > 0 && s.p[0] == letters[i]) {
			*result = (enum result)i;
			return true;
		}
	}
	return false;
}

static bool
find_result(struct span output, enum result *result)
{
	struct span item;

	while (span_take_nul(&output, &item)) {
		if (is_message_report(item, result))
			return true;
	}
	return false;
}

void
remote_report_condense(struct span output, struct str *out)
{
	enum result result = RESULT_D, overall, second_result;
	struct span first = {0}, second = {0};

	(void)find_result(output, &result);
	overall = result;
	if (output.n > 0 && output.p[0] == 's')
		overall = RESULT_Z;
	else if (output.n > 0 && output.p[0] == 'h')
		overall = RESULT_D;

	str_putc(out, letters[overall]);
	if (!span_take_nul(&output, &first))
		return;
	str_put(out, span_from(first, 1));
	if (result <= overall && span_take_nul(&output, &second) &&
	    is_message_report(second, &second_result))
		str_put(out, span_from(second, 1));
}

bool
remote_report_has_result(struct span output)
{
	enum result result;

	return find_result(output, &result);
}
