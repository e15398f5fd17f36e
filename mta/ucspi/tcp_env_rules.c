/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>

#include "mta/ucspi/tcp_env.h"
#include "qmail/tcprules.h"

static int
set_variable(const struct tcprules_item *item)
{
	struct str name = {0};
	int rc = -1;

	str_put(&name, item->name);
	if (str_cstr(&name) != NULL)
		rc = setenv(str_cstr(&name), item->value.p, 1);
	str_free(&name);
	return rc;
}

static int
obey_record(struct span data)
{
	struct tcprules_item item;

	while (tcprules_item_take(&data, &item)) {
		if (item.is_deny)
			return TCP_ENV_DENIED;
		if (set_variable(&item) == -1)
			return TCP_ENV_FAILED;
	}
	return 0;
}

int
tcp_env_obey(const char *rules)
{
	struct tcprules_peer peer = {span_cstr(getenv("TCPREMOTEIP")),
	    span_cstr(getenv("TCPREMOTEHOST")),
	    span_cstr(getenv("TCPREMOTEINFO"))};
	struct span key, data;
	struct cdb_file c;
	int status = TCP_ENV_FAILED;

	/* nobody is served while nobody knows the rules */
	if (cdb_file_open(&c, AT_FDCWD, rules, NULL) == -1)
		return TCP_ENV_FAILED;
	switch (tcprules_find(&c, &peer, &key, &data, NULL)) {
	case CDB_FILE_FAILED:
		break;
	case CDB_FILE_ABSENT:
		status = 0;
		break;
	case CDB_FILE_FOUND:
		status = obey_record(data);
		break;
	}
	cdb_file_close(&c);
	return status;
}
