/* SPDX-License-Identifier: ISC */
#include "fmt/json.h"

#include <assert.h>

#include "fmt/utf8.h"

static const char hex[] = "0123456789abcdef";

static uint64_t
level(const struct json *j)
{
	return (uint64_t)1 << j->depth;
}

static void
begin_value(struct json *j)
{
	if (!j->after_key && j->depth > 0 && (j->filled & level(j)) != 0)
		str_putc(j->out, ',');
	j->filled |= level(j);
	j->after_key = false;
}

static void
descend(struct json *j, char bracket, uint64_t array)
{
	begin_value(j);
	str_putc(j->out, bracket);
	assert(j->depth < JSON_DEPTH_MAX);
	j->depth++;
	j->filled &= ~level(j);
	j->raw &= ~level(j);
	j->array = (j->array & ~level(j)) | (array << j->depth);
}

void
json_open_object(struct json *j)
{
	descend(j, '{', 0);
}

void
json_open_array(struct json *j)
{
	descend(j, '[', 1);
}

void
json_close(struct json *j)
{
	bool array = (j->array & level(j)) != 0;

	if ((j->raw & level(j)) != 0) {
		json_key(j, "raw");
		json_bool(j, true);
	}
	str_putc(j->out, array ? ']' : '}');
	j->depth--;
}

void
json_key(struct json *j, const char *name)
{
	begin_value(j);
	str_putc(j->out, '"');
	str_put_cstr(j->out, name);
	str_put_cstr(j->out, "\":");
	j->after_key = true;
}

/* ---- strings ------------------------------------------------------------- */

static void
put_escape(struct str *out, uint32_t code)
{
	static const char shorts[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	for (size_t i = 0; i < sizeof(shorts) - 1; i += 2) {
		if (code == (unsigned char)shorts[i]) {
			str_putc(out, '\\');
			str_putc(out, shorts[i + 1]);
			return;
		}
	}
	str_put_cstr(out, "\\u00");
	str_putc(out, hex[code >> 4 & 0xf]);
	str_putc(out, hex[code & 0xf]);
}

static bool
needs_escape(uint32_t code)
{
	return code < 0x20 || code == '"' || code == '\\' ||
	       (code >= 0x7f && code < 0xa0);
}

static void
put_characters(struct str *out, struct span bytes)
{
	while (bytes.n > 0) {
		struct span rest = bytes;
		uint32_t code;

		if (!utf8_take(&rest, &code))
			return;
		if (needs_escape(code))
			put_escape(out, code);
		else
			str_put(out, span_first(bytes, bytes.n - rest.n));
		bytes = rest;
	}
}

/* A backslash of ours is itself a character of the string: written twice. */
static void
put_raw(struct str *out, struct span bytes)
{
	while (bytes.n > 0) {
		struct span rest = bytes;
		uint32_t code;

		if (!utf8_take(&rest, &code)) {
			unsigned char byte = (unsigned char)bytes.p[0];

			str_put_cstr(out, "\\\\x");
			str_putc(out, hex[byte >> 4]);
			str_putc(out, hex[byte & 0xf]);
			bytes = span_from(bytes, 1);
			continue;
		}
		if (code == '\\')
			str_put_cstr(out, "\\\\");
		put_characters(out, span_first(bytes, bytes.n - rest.n));
		bytes = rest;
	}
}

/* Marks the innermost open object. */
static void
mark_raw(struct json *j)
{
	unsigned depth = j->depth;

	while (depth > 0 && (j->array >> depth & 1) != 0)
		depth--;
	if (depth > 0)
		j->raw |= (uint64_t)1 << depth;
}

void
json_string(struct json *j, struct span bytes)
{
	begin_value(j);
	str_putc(j->out, '"');
	if (utf8_is_valid(bytes)) {
		put_characters(j->out, bytes);
	} else {
		put_raw(j->out, bytes);
		mark_raw(j);
	}
	str_putc(j->out, '"');
}

/* ---- other values -------------------------------------------------------- */

void
json_u64(struct json *j, uint64_t value)
{
	begin_value(j);
	str_put_u64(j->out, value);
}

void
json_i64(struct json *j, int64_t value)
{
	begin_value(j);
	str_put_i64(j->out, value);
}

void
json_bool(struct json *j, bool value)
{
	begin_value(j);
	str_put_cstr(j->out, value ? "true" : "false");
}

void
json_null(struct json *j)
{
	begin_value(j);
	str_put_cstr(j->out, "null");
}
