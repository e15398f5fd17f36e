/* SPDX-License-Identifier: ISC */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tools/qfixq/pattern.h"

#include <pcre2.h>

enum { STEPS_MAX = 10000000, DEPTH_MAX = 100000 };

int
pattern_open(struct pattern *p, struct span text, bool ignore_case,
    struct err *e)
{
	uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE;
	pcre2_match_context *context;
	pcre2_code *code;
	PCRE2_SIZE at;
	int number;

	*p = (struct pattern){0};
	if (ignore_case)
		flags |= PCRE2_CASELESS;
	code = pcre2_compile((PCRE2_SPTR)text.p, text.n, flags, &number, &at,
	    NULL);
	if (code == NULL) {
		PCRE2_UCHAR why[120];

		if (pcre2_get_error_message(number, why, sizeof(why)) < 0)
			why[0] = '\0';
		return err_set(e, ERR_FORMAT,
		    "bad pattern at character %zu: %s", (size_t)at,
		    (const char *)why);
	}
	p->code = code;
	/* without it patterns are only slower */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	context = pcre2_match_context_create(NULL);
	if (context == NULL)
		return err_set(e, ERR_SYS, "out of memory");
	pcre2_set_match_limit(context, STEPS_MAX);
	pcre2_set_depth_limit(context, DEPTH_MAX);
	p->match = context;
	return 0;
}

void
pattern_close(struct pattern *p)
{
	pcre2_code_free(p->code);
	pcre2_match_context_free(p->match);
	*p = (struct pattern){0};
}

bool
pattern_matches(const struct pattern *p, struct span text)
{
	pcre2_match_data *data =
	    pcre2_match_data_create_from_pattern(p->code, NULL);
	int rc;

	if (data == NULL)
		return false;
	rc = pcre2_match(p->code, (PCRE2_SPTR)(text.n == 0 ? "" : text.p),
	    text.n, 0, 0, data, p->match);
	pcre2_match_data_free(data);
	return rc >= 0;
}
