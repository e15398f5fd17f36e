/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_sync.h"

#include <linux/magic.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/num.h"
#include "base/span.h"

enum { MAJOR = 5, MINOR = 18 };

bool
todo_sync_is_kernel_new(const char *release)
{
	struct span rest = span_cstr(release);
	uint64_t major, minor;

	return num_take_u64(&rest, UINT32_MAX, &major) &&
	       span_take_prefix(&rest, SPAN(".")) &&
	       num_take_u64(&rest, UINT32_MAX, &minor) &&
	       (major > MAJOR || (major == MAJOR && minor >= MINOR));
}

static bool
is_sound(int queue)
{
	struct utsname name;
	struct statfs fs;

	if (uname(&name) == -1 || !todo_sync_is_kernel_new(name.release) ||
	    fstatfs(queue, &fs) == -1)
		return false;
	switch (fs.f_type) {
	case EXT4_SUPER_MAGIC: /* also of ext2 and ext3 */
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
		return true;
	default:
		return false;
	}
}

void
todo_sync_init(struct todo_sync *s, int queue, int64_t (*microseconds)(void))
{
	*s = (struct todo_sync){.microseconds = microseconds};
	if (microseconds != NULL && is_sound(queue))
		s->whole = syncfs;
}

bool
todo_sync_whole(struct todo_sync *s, int queue, size_t n)
{
	int64_t start;

	if (s->whole == NULL || n < TODO_SYNC_MIN)
		return false;
	if (s->skip > 0) {
		s->skip--;
		return false;
	}
	start = s->microseconds();
	if (s->whole(queue) == -1)
		return false;
	if (s->microseconds() - start > TODO_SYNC_SLOW_US)
		s->skip = TODO_SYNC_SKIP;
	return true;
}
