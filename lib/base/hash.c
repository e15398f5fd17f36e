/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include <stdbool.h>
#include <sys/random.h>

#include "base/ascii.h"

struct sip {
	uint64_t a, b, c, d;
};

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(struct sip *s)
{
	s->a += s->b;
	s->b = rotate(s->b, 13) ^ s->a;
	s->a = rotate(s->a, 32);
	s->c += s->d;
	s->d = rotate(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = rotate(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = rotate(s->b, 17) ^ s->c;
	s->c = rotate(s->c, 32);
}

static void
absorb(struct sip *s, uint64_t word)
{
	s->d ^= word;
	mix(s);
	mix(s);
	s->a ^= word;
}

/* Up to eight bytes, little endian. */
static uint64_t
load_lower(struct span bytes)
{
	uint64_t word = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char byte = (unsigned char)ascii_lower(bytes.p[i]);

		word |= (uint64_t)byte << (8 * i);
	}
	return word;
}

int
hash_seed_make(struct hash_seed *seed)
{
	return getrandom(seed->k, sizeof(seed->k), 0) ==
	               (ssize_t)sizeof(seed->k)
	           ? 0
	           : -1;
}

uint64_t
hash_nocase(const struct hash_seed *seed, struct span bytes)
{
	/* the constants spell the name of the pseudo-random family */
	struct sip s = {
	    seed->k[0] ^ UINT64_C(0x736f6d6570736575),
	    seed->k[1] ^ UINT64_C(0x646f72616e646f6d),
	    seed->k[0] ^ UINT64_C(0x6c7967656e657261),
	    seed->k[1] ^ UINT64_C(0x7465646279746573),
	};
	uint64_t total = (uint64_t)bytes.n << 56;

	while (bytes.n >= 8) {
		absorb(&s, load_lower(span_first(bytes, 8)));
		bytes = span_from(bytes, 8);
	}
	absorb(&s, total | load_lower(bytes));
	s.c ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}
