/* SPDX-License-Identifier: ISC */
/* Main of build/tests/fuzz/NAME: gives the fuzz harness every file of
 * tests/fuzz/corpus/NAME, and each of its prefixes, without a fuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEED_MAX = 1024 * 1024, PREFIXES_MAX = 4096 };

/* Copies, so that a sanitizer sees any read past the end. */
static void
give(const char *bytes, size_t n)
{
	uint8_t *copy = malloc(n + 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, n);
	copy = realloc(copy, n == 0 ? 1 : n);
	if (copy == NULL)
		abort();
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int
replay(int dir, const char *name)
{
	struct str seed = {0};
	struct err e;

	if (file_load(dir, name, SEED_MAX, &seed, &e) == -1) {
		printf("# %s\n", e.text);
		return -1;
	}
	give(seed.n == 0 ? "" : seed.p, seed.n);
	for (size_t n = 0; n < seed.n && n < PREFIXES_MAX; n++)
		give(seed.p, n);
	str_free(&seed);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const struct dirent *entry;
	char path[256];
	int count = 0;
	DIR *dir;

	(void)argc;
	(void)snprintf(path, sizeof(path), "tests/fuzz/corpus/%s",
	    slash == NULL ? argv[0] : slash + 1);
	dir = opendir(path);
	if (dir == NULL) {
		printf("1..1\nnot ok 1 - no seeds in %s\n", path);
		return 1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		printf("%sok %d - %s\n",
		    replay(dirfd(dir), entry->d_name) == 0 ? "" : "not ", count,
		    entry->d_name);
	}
	(void)closedir(dir);
	printf("1..%d\n", count);
	return count == 0;
}
