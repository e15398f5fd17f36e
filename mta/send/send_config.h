/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_CONFIG_H
#define MTA_SEND_SEND_CONFIG_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "qmail/control.h"
#include "qmail/log_record.h"
#include "qmail/route.h"

/* The control files of qmail-send. Specification: processes.md section 3. */
struct send_config {
	struct control control; /* home and me, needed again at a HUP */
	struct route route;
	uint32_t concurrency[2]; /* by enum log_channel */
	uint32_t lifetime;       /* seconds */
	uint32_t bounce_max;     /* bytes of a copy, 0 = all */
	struct str bounce_from, bounce_host;
	struct str double_to; /* the whole address */
};

/* home: descriptor of the home, or AT_FDCWD; must stay valid. 0 or -1; then
 * there is nothing to free. */
NODISCARD int send_config_load(struct send_config *c, int home, struct err *e);
void send_config_free(struct send_config *c);

#endif
