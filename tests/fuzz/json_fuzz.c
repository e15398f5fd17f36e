/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/json.h"
#include "fmt/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes two hexadecimal digits. */
static unsigned char
take_byte(struct span *in)
{
	int high, low;

	if (in->n < 2)
		__builtin_trap();
	high = hex_value(in->p[0]);
	low = hex_value(in->p[1]);
	if (high < 0 || low < 0)
		__builtin_trap();
	*in = span_from(*in, 2);
	return (unsigned char)(high << 4 | low);
}

/* Undoes the escapes of JSON; traps on what JSON does not allow. */
static void
decode_json(struct span in, struct str *out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";

	while (in.n > 0) {
		char c = in.p[0];
		unsigned char code;
		size_t i = 0;

		if ((unsigned char)c < 0x20 || c == '"')
			__builtin_trap();
		in = span_from(in, 1);
		if (c != '\\') {
			str_putc(out, c);
			continue;
		}
		if (in.n == 0)
			__builtin_trap();
		c = in.p[0];
		in = span_from(in, 1);
		if (c != 'u') {
			while (from[i] != '\0' && from[i] != c)
				i++;
			if (from[i] == '\0')
				__builtin_trap();
			str_putc(out, to[i]);
			continue;
		}
		if (!span_take_prefix(&in, SPAN("00")))
			__builtin_trap();
		code = take_byte(&in);
		if (code >= 0x80)
			str_putc(out, (char)0xc2); /* U+0080..U+00BF */
		str_putc(out, (char)code);
	}
}

/* Undoes the raw form. */
static void
decode_raw(struct span in, struct str *out)
{
	while (in.n > 0) {
		char c = in.p[0];

		in = span_from(in, 1);
		if (c != '\\')
			str_putc(out, c);
		else if (span_take_prefix(&in, SPAN("\\")))
			str_putc(out, '\\');
		else if (span_take_prefix(&in, SPAN("x")))
			str_putc(out, (char)take_byte(&in));
		else
			__builtin_trap();
	}
}

/* Invariant: whatever the bytes, the string is valid JSON in valid UTF-8, and
 * the bytes can be had back from it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data, size};
	struct str text = {0}, decoded = {0}, back = {0};
	struct json j = {.out = &text};
	bool valid = utf8_is_valid(bytes);
	struct span body;

	json_open_object(&j);
	json_key(&j, "k");
	json_string(&j, bytes);
	json_close(&j);
	body = str_span(&text);
	if (!span_take_prefix(&body, SPAN("{\"k\":\"")))
		__builtin_trap();
	if (!span_has_suffix(body,
	        valid ? SPAN("\"}") : SPAN("\",\"raw\":true}")))
		__builtin_trap();
	body.n -= valid ? 2 : 13;
	if (!utf8_is_valid(body))
		__builtin_trap();
	decode_json(body, &decoded);
	if (valid)
		str_put(&back, str_span(&decoded));
	else
		decode_raw(str_span(&decoded), &back);
	if (!span_eq(str_span(&back), bytes))
		__builtin_trap();
	str_free(&text);
	str_free(&decoded);
	str_free(&back);
	return 0;
}
