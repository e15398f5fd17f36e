/* SPDX-License-Identifier: ISC */
#include "mta/admin/tcpto_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "fmt/ip.h"
#include "fmt/json.h"
#include "qmail/queue_open.h"
#include "qmail/tcpto.h"

static struct ip
ip_of(const struct tcpto_record *r)
{
	struct ip ip = {.is_v6 = r->is_v6};

	memcpy(ip.byte, r->ip, r->is_v6 ? sizeof(ip.byte) : 4);
	return ip;
}

/* Scripts read these words. A time in the future wraps around, as it always
 * did. */
static void
put_text(struct str *line, const struct tcpto_record *r, int64_t now)
{
	struct ip ip = ip_of(r);

	ip_put(line, &ip);
	str_put_cstr(line, " timed out ");
	str_put_u64(line, (uint64_t)(now - (int64_t)r->when));
	str_put_cstr(line, " seconds ago; # recent timeouts: ");
	str_put_u64(line, r->count);
	str_putc(line, '\n');
}

static void
put_json(struct str *line, const struct tcpto_record *r, int64_t now)
{
	struct json j = {.out = line};
	struct ip ip = ip_of(r);
	struct str text = {0};
	int64_t surely, at_most;
	bool is_skipped = tcpto_is_skipped(r, now, &surely, &at_most);

	ip_put(&text, &ip);
	json_open_object(&j);
	json_key(&j, "ip");
	json_string(&j, str_span(&text));
	json_key(&j, "when");
	json_u64(&j, r->when);
	json_key(&j, "ago");
	json_i64(&j, now - (int64_t)r->when);
	json_key(&j, "count");
	json_u64(&j, r->count);
	json_key(&j, "skipped");
	json_bool(&j, is_skipped);
	json_key(&j, "skip_until_min");
	json_i64(&j, surely);
	json_key(&j, "skip_until_max");
	json_i64(&j, at_most);
	json_close(&j);
	str_putc(line, '\n');
	str_free(&text);
}

static void
put_table(struct out *out, const struct tcpto_table *t, bool json, int64_t now)
{
	struct str line = {0};

	for (size_t i = 0; i < t->n; i++) {
		if (t->record[i].count == 0)
			continue;
		if (json)
			put_json(&line, &t->record[i], now);
		else
			put_text(&line, &t->record[i], now);
		out_put(out, str_span(&line));
		str_reset(&line);
	}
	str_free(&line);
}

static int
list_tables(int lock_dir, bool json, int64_t now, struct out *out,
    struct err *e)
{
	struct tcpto_table t;

	/* only the classic table must be there */
	if (faccessat(lock_dir, tcpto_name(TCPTO_V4), F_OK, 0) == -1)
		return err_set(e, ERR_SYS, "unable to open tcpto: %s",
		    strerror(errno));
	for (int kind = 0; kind < TCPTO_KINDS; kind++) {
		if (tcpto_load(lock_dir, (enum tcpto_kind)kind, &t, e) == -1)
			return err_set(e, ERR_SYS, "unable to read %s: %s",
			    tcpto_name((enum tcpto_kind)kind), strerror(errno));
		put_table(out, &t, json, now);
	}
	return 0;
}

static int
cannot_enter(struct err *e, const struct err *why)
{
	return err_set(e, ERR_SYS, "unable to chdir: %s",
	    why->kind == ERR_SYS ? strerror(why->sys) : why->text);
}

int
tcpto_list(const char *home, const char *queue, bool json, int64_t now,
    struct out *out, struct err *e)
{
	struct err why;
	int queue_dir, lock_dir, rc;

	queue_dir = queue_open_to_read(home, queue, &why);
	if (queue_dir == -1)
		return cannot_enter(e, &why);
	lock_dir = file_open_dir(queue_dir, "lock", &why);
	fd_close(&queue_dir);
	if (lock_dir == -1)
		return cannot_enter(e, &why);
	rc = list_tables(lock_dir, json, now, out, e);
	fd_close(&lock_dir);
	return rc;
}
