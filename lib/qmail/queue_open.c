/* SPDX-License-Identifier: ISC */
#include "qmail/queue_open.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/priv.h"
#include "qmail/site.h"

static int
open_of_site(const struct site *site, struct err *e)
{
	int dir, queue;

	if (site_become_owner(site, e) == -1)
		return -1;
	dir = file_open_dir(AT_FDCWD, site->home, e);
	if (dir == -1)
		return -1;
	queue = file_open_dir(dir, "queue", e);
	fd_close(&dir);
	return queue;
}

static int
open_of_home(const char *home, struct err *e)
{
	struct str path = {0};
	struct site site;
	int queue = -1;

	if (site_find_given(&site, home, &path, e) == 0)
		queue = open_of_site(&site, e);
	str_free(&path);
	return queue;
}

/* 0 also when there is nobody to become. */
static int
give_up_root(int queue_dir, struct err *e)
{
	struct stat info, mess;

	if (geteuid() != 0 ||
	    fstatat(queue_dir, "info", &info, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fstatat(queue_dir, "mess", &mess, AT_SYMLINK_NOFOLLOW) == -1 ||
	    info.st_uid == 0)
		return 0;
	return priv_become(info.st_uid, mess.st_gid, e);
}

int
queue_open_to_read(const char *home, const char *queue, struct err *e)
{
	int dir = queue == NULL ? open_of_home(home, e)
	                        : file_open_dir(AT_FDCWD, queue, e);

	if (dir == -1)
		return -1;
	if (give_up_root(dir, e) == -1)
		fd_close(&dir);
	return dir;
}
