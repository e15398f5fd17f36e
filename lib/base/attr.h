/* SPDX-License-Identifier: ISC */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define NODISCARD    __attribute__((warn_unused_result))
#define NORETURN     __attribute__((noreturn))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

#endif
