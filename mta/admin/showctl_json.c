/* SPDX-License-Identifier: ISC */
#include "mta/admin/showctl_json.h"

#include "mta/admin/showctl_text.h"
#include "qmail/config.h"
#include "qmail/ids.h"
#include "qmail/spawn_msg.h"

static void
put_id(struct json *j, const char *name, bool known, uint64_t number)
{
	json_key(j, name);
	if (known)
		json_u64(j, number);
	else
		json_null(j);
}

static void
put_ids(struct json *j, const struct site *site)
{
	json_key(j, "users");
	json_open_object(j);
	for (size_t i = 0; i < IDS_USERS; i++) {
		uid_t uid = 0;
		int rc = ids_find_user(site, showctl_users[i], &uid, NULL);

		put_id(j, ids_user_name(showctl_users[i]), rc == 0, uid);
	}
	json_close(j);
	json_key(j, "groups");
	json_open_object(j);
	for (enum ids_group group = IDS_NOFILES; group < IDS_GROUPS; group++) {
		gid_t gid = 0;
		int rc = ids_find_group(site, group, &gid, NULL);

		put_id(j, ids_group_name(group), rc == 0, gid);
	}
	json_close(j);
}

void
showctl_json_build(struct json *j, const struct site *site, uint64_t split)
{
	json_key(j, "home");
	json_string(j, span_cstr(site->home));
	json_key(j, "delimiter");
	json_string(j, (struct span){&config_break, 1});
	json_key(j, "paternalism");
	json_u64(j, config_patrn);
	json_key(j, "concurrency_limit");
	json_u64(j, SPAWN_WIDE_MAX);
	put_id(j, "split", split > 0, split);
	put_ids(j, site);
	json_key(j, "files");
	json_open_array(j);
}

static void
put_entries(struct json *j, struct span rest)
{
	struct span entry;

	json_open_array(j);
	while (span_take_nul(&rest, &entry))
		json_string(j, entry);
	json_close(j);
}

static void
put_value(struct json *j, const struct showctl_file *f)
{
	if (f->status == CONTROL_ABSENT || f->status == CONTROL_FAILED) {
		json_null(j);
		return;
	}
	switch (f->row->kind) {
	case CONTROL_LINE:
	case CONTROL_TEXT:
		json_string(j, str_span(&f->value));
		break;
	case CONTROL_INT:
		json_u64(j, f->number);
		break;
	case CONTROL_LIST:
	case CONTROL_MAP:
		put_entries(j, str_span(&f->value));
		break;
	case CONTROL_CDB:
		json_bool(j, true);
		break;
	}
}

void
showctl_json_file(struct json *j, const struct showctl_file *f)
{
	json_open_object(j);
	json_key(j, "name");
	json_string(j, span_cstr(f->row->name));
	json_key(j, "default");
	json_bool(j,
	    f->status == CONTROL_ABSENT || f->status == CONTROL_DEFAULT);
	json_key(j, "value");
	put_value(j, f);
	if (f->problem[0] != '\0') {
		json_key(j, "problem");
		json_string(j, span_cstr(f->problem));
	}
	json_key(j, "meaning");
	json_string(j, span_cstr(f->row->meaning));
	json_close(j);
}
