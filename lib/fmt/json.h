/* SPDX-License-Identifier: ISC */
#ifndef FMT_JSON_H
#define FMT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/str.h"

/* Writes JSON (RFC 8259) into a struct str, with commas where they belong:
 *
 *	struct json j = {.out = &line};
 *
 *	json_open_object(&j);
 *	json_key(&j, "id");
 *	json_u64(&j, 457);
 *	json_close(&j);
 *
 * The str may be emptied at any time, so documents of any size can be streamed.
 * Values that follow each other on the top level get no separator; the caller
 * puts newlines there.
 *
 * Output is printable: control characters, C1 ones too, are escaped. A string
 * that is not valid UTF-8 is written with "\" doubled and each wrong byte as
 * "\xNN", and the innermost object around it gets a last member "raw":true, so
 * that the bytes can be restored. */
enum { JSON_DEPTH_MAX = 32 };

struct json {
	struct str *out;
	unsigned depth;
	bool after_key;
	/* by depth, bit 0 the top level */
	uint64_t filled; /* has a value: the next needs a comma */
	uint64_t array;  /* is an array */
	uint64_t raw;    /* is an object with a string in raw form */
};

void json_open_object(struct json *j);
void json_open_array(struct json *j);
void json_close(struct json *j); /* whichever is open */

/* The name of the next value. A plain C name of ours: not escaped. */
void json_key(struct json *j, const char *name);

/* One value, of an array or behind a key. */
void json_string(struct json *j, struct span bytes);
void json_u64(struct json *j, uint64_t value);
void json_i64(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);

#endif
