/* SPDX-License-Identifier: ISC */
#include "qmail/repair/finding.h"

#include <assert.h>
#include <string.h>

#include "fmt/printable.h"
#include "qmail/repair/damage.h"

static const struct {
	const char *name;
	int exit_bit;
} classes[FINDING_CLASSES] = {
    [FINDING_LOSS] = {"LOSS", FINDING_EXIT_DANGER},
    [FINDING_LEAK] = {"LEAK", FINDING_EXIT_DANGER},
    [FINDING_DUP] = {"DUP", FINDING_EXIT_DANGER},
    [FINDING_STUCK] = {"STUCK", FINDING_EXIT_LEFT},
    [FINDING_FAIL] = {"FAIL", FINDING_EXIT_LEFT},
    [FINDING_DELAY] = {"DELAY", FINDING_EXIT_LEFT},
    [FINDING_SEC] = {"SEC", FINDING_EXIT_LEFT},
    [FINDING_NOTE] = {"NOTE", 0},
};

static const char *const statuses[] = {
    [FINDING_OPEN] = "open",
    [FINDING_FIXED] = "fixed",
    [FINDING_HELD] = "held",
    [FINDING_QUARANTINED] = "quarantined",
    [FINDING_SKIPPED] = "skipped",
    [FINDING_FAILED] = "failed",
    [FINDING_VANISHED] = "vanished",
};

const char *finding_class_name(enum finding_class class)
{
	return classes[class].name;
}

int finding_exit_bit(enum finding_class class)
{
	return classes[class].exit_bit;
}

const char *
finding_status_name(enum finding_status status)
{
	return statuses[status];
}

char
finding_fix_letter(enum finding_fix fix)
{
	return "-pym"[fix];
}

struct finding
finding_of(const struct damage *damage)
{
	return (struct finding){
	    .damage = damage,
	    .class = damage->class,
	    .fix = damage->fix,
	};
}

void
finding_add_number(struct finding *f, const char *name, uint64_t value)
{
	assert(f->args < FINDING_ARGS);
	f->arg[f->args++] = (struct finding_arg){.name = name, .number = value};
}

void
finding_add_text(struct finding *f, const char *name, struct span text)
{
	assert(f->args < FINDING_ARGS);
	f->arg[f->args++] =
	    (struct finding_arg){.name = name, .is_text = true, .text = text};
}

const char *
finding_action(const struct finding *f)
{
	return f->action != NULL ? f->action : f->damage->action;
}

static const struct finding_arg *
find_arg(const struct finding *f, struct span name)
{
	for (size_t i = 0; i < f->args; i++) {
		const char *have = f->arg[i].name;

		if (span_eq((struct span){have, strlen(have)}, name))
			return &f->arg[i];
	}
	return NULL;
}

static void
put_arg(const struct finding_arg *arg, struct str *out)
{
	if (arg == NULL)
		str_putc(out, '?');
	else if (arg->is_text)
		printable_put(out, arg->text);
	else
		str_put_u64(out, arg->number);
}

void
finding_put_line(const struct finding *f, struct str *out)
{
	const char *p = f->damage->line;

	while (*p != '\0') {
		size_t n = strcspn(p, "{"), end;

		str_put(out, (struct span){p, n});
		p += n;
		if (*p == '\0')
			return;
		end = strcspn(p, "}");
		put_arg(find_arg(f, (struct span){p + 1, end - 1}), out);
		p += end;
		if (*p == '}')
			p++;
	}
}
