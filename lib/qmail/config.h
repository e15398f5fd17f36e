/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_CONFIG_H
#define QMAIL_CONFIG_H

/* What is fixed when the programs are built; make variables of the same
 * names. */

/* BREAK: separates user and extension in a local part. */
extern const char config_break;

/* PATRN: permission bits that a home or .qmail file must not have. */
extern const unsigned config_patrn;

/* VERSION of the suite. */
extern const char config_version[];

#endif
