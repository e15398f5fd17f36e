/* SPDX-License-Identifier: ISC */
#ifndef BASE_SIG_H
#define BASE_SIG_H

/* Signal dispositions. A handler may only set a flag of type volatile
 * sig_atomic_t, write a byte, or _exit. None of these can fail for a valid
 * signal number. */

void sig_ignore(int signal);
void sig_default(int signal);
void sig_catch(int signal, void (*handler)(int));
void sig_block(int signal);
void sig_unblock(int signal);
void sig_unblock_all(void);

#endif
