/* SPDX-License-Identifier: ISC */
#include "qmail/config.h"

const char config_break = CONFIG_BREAK;
const unsigned config_patrn = CONFIG_PATRN;
const char config_version[] = CONFIG_VERSION;
