/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/smtp_command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariants: the address is never longer than the argument; one that is called
 * good has no control character. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = {(const char *)data, size}, argument, rest, value;
	enum smtp_address_status status;
	struct str address = {0};

	(void)smtp_command_parse(line, &argument);
	status = smtp_address_parse(argument, &address, &rest);
	if (address.n > argument.n || rest.n > argument.n)
		__builtin_trap();
	for (size_t i = 0; i < address.n; i++) {
		if (status == SMTP_ADDRESS_OK &&
		    (unsigned char)address.p[i] < ' ')
			__builtin_trap();
	}
	if (smtp_param_find(rest, SPAN("SIZE"), &value) && value.n > rest.n)
		__builtin_trap();
	str_free(&address);
	return 0;
}
