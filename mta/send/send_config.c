/* SPDX-License-Identifier: ISC */
#include "mta/send/send_config.h"

#include <errno.h>

static int
load_numbers(struct send_config *c, struct err *e)
{
	const struct {
		const char *name;
		uint32_t *value;
	} numbers[] = {
	    {"concurrencylocal", &c->concurrency[LOG_LOCAL]},
	    {"concurrencyremote", &c->concurrency[LOG_REMOTE]},
	    {"queuelifetime", &c->lifetime},
	    {"bouncemaxbytes", &c->bounce_max},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (control_get_int(&c->control, numbers[i].name,
		        numbers[i].value, e) == CONTROL_FAILED)
			return -1;
	}
	return 0;
}

static int
load_lines(struct send_config *c, struct err *e)
{
	const struct {
		const char *name;
		struct str *value;
	} lines[] = {
	    {"bouncefrom", &c->bounce_from},
	    {"bouncehost", &c->bounce_host},
	    {"doublebounceto", &c->double_to},
	    {"doublebouncehost", &c->double_to},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (i == 3)
			str_putc(&c->double_to, '@');
		if (control_get_line(&c->control, lines[i].name, lines[i].value,
		        e) == CONTROL_FAILED)
			return -1;
		if (str_ok(lines[i].value))
			continue;
		errno = ENOMEM;
		return err_sys(e, "read", lines[i].name);
	}
	return 0;
}

int
send_config_load(struct send_config *c, int home, struct err *e)
{
	struct hash_seed seed;

	*c = (struct send_config){0};
	if (hash_seed_make(&seed) == -1)
		return err_sys(e, "get", "random bytes");
	if (control_open(&c->control, home, e) == -1)
		return -1;
	if (load_numbers(c, e) == -1 || load_lines(c, e) == -1 ||
	    route_load(&c->route, &c->control, &seed, e) == -1) {
		send_config_free(c);
		return -1;
	}
	return 0;
}

void
send_config_free(struct send_config *c)
{
	route_free(&c->route);
	str_free(&c->bounce_from);
	str_free(&c->bounce_host);
	str_free(&c->double_to);
	control_close(&c->control);
	*c = (struct send_config){0};
}
