/* SPDX-License-Identifier: ISC */
#ifndef PROG_CONFIRM_H
#define PROG_CONFIRM_H

/* Asks "QUESTION [y/n/q] " on the descriptor out and reads the answer, a line
 * that begins with one of the letters (small; capitals are accepted), from the
 * descriptor in. Anything else is asked again. Returns the letter; 0 at the end
 * of the input or when nobody can be asked. */
char confirm_ask(int in, int out, const char *question, const char *letters);

#endif
