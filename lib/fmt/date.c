/* SPDX-License-Identifier: ISC */
#include "fmt/date.h"

#include "base/num.h"

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char weekdays[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
    "Sat"};

/* 0001-01-01 and 9999-12-31 23:59:59 */
static const int64_t first_second = -62135596800, last_second = 253402300799;

enum {
	DAY_SECONDS = 86400,
	ERA_YEARS = 400,
	ERA_DAYS = 146097,
	/* days from 0000-03-01, where the eras begin, to 1970-01-01 */
	EPOCH_SHIFT = 719468,
};

struct date
date_from_unix(int64_t t)
{
	int64_t days, era, year, in_year, in_era, year_in_era, march;
	unsigned second;
	struct date d;

	if (t < first_second)
		t = first_second;
	if (t > last_second)
		t = last_second;
	days = t / DAY_SECONDS - (t % DAY_SECONDS < 0);
	second = (unsigned)(t - days * DAY_SECONDS);
	d.weekday = (unsigned)(((days + 4) % 7 + 7) % 7);

	/* Years counted from March, so that the leap day is the last day. The
	 * clamp above keeps the shifted count positive. */
	days += EPOCH_SHIFT;
	era = days / ERA_DAYS;
	in_era = days - era * ERA_DAYS;
	year_in_era =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	in_year =
	    in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
	march = (5 * in_year + 2) / 153;
	year = year_in_era + era * ERA_YEARS;
	d.day = (unsigned)(in_year - (153 * march + 2) / 5 + 1);
	d.month = (unsigned)(march < 10 ? march + 2 : march - 10);
	d.year = year + (d.month < 2);
	d.hour = second / 3600;
	d.minute = second / 60 % 60;
	d.second = second % 60;
	return d;
}

static void
put_time(struct str *out, const struct date *d)
{
	str_put_pad(out, d->hour, 2);
	str_putc(out, ':');
	str_put_pad(out, d->minute, 2);
	str_putc(out, ':');
	str_put_pad(out, d->second, 2);
}

void
date_put_plain(struct str *out, int64_t t)
{
	struct date d = date_from_unix(t);

	str_put_u64(out, d.day);
	str_putc(out, ' ');
	str_put_cstr(out, months[d.month]);
	str_putc(out, ' ');
	str_put_pad(out, (uint64_t)d.year, 4);
	str_putc(out, ' ');
	put_time(out, &d);
}

void
date_put_822(struct str *out, int64_t t)
{
	date_put_plain(out, t);
	str_put(out, SPAN(" -0000"));
}

void
date_put_mbox(struct str *out, int64_t t)
{
	struct date d = date_from_unix(t);

	str_put_cstr(out, weekdays[d.weekday]);
	str_putc(out, ' ');
	str_put_cstr(out, months[d.month]);
	str_putc(out, ' ');
	str_put_pad(out, d.day, 2);
	str_putc(out, ' ');
	put_time(out, &d);
	str_putc(out, ' ');
	str_put_pad(out, (uint64_t)d.year, 4);
}

void
date_put_stamp(struct str *out, int64_t t)
{
	struct date d = date_from_unix(t);

	str_put_pad(out, (uint64_t)d.year, 4);
	str_put_pad(out, d.month + 1, 2);
	str_put_pad(out, d.day, 2);
	str_put_pad(out, d.hour, 2);
	str_put_pad(out, d.minute, 2);
	str_put_pad(out, d.second, 2);
}

static bool
take_month(struct span *s, unsigned *month)
{
	for (unsigned i = 0; i < 12; i++) {
		if (span_take_prefix(s, (struct span){months[i], 3})) {
			*month = i;
			return true;
		}
	}
	return false;
}

/* n digits, then the literal text. */
static bool
take_field(struct span *s, size_t n, struct span text, uint64_t *value)
{
	if (!num_parse_u64(span_first(*s, n), 9999, value))
		return false;
	*s = span_from(*s, n);
	return span_take_prefix(s, text);
}

static int64_t
days_before(uint64_t year, unsigned month)
{
	/* years counted from March, as in date_from_unix() */
	int64_t y = (int64_t)year - (month < 2);
	int64_t march = month < 2 ? (int64_t)month + 10 : (int64_t)month - 2;

	return 365 * y + y / 4 - y / 100 + y / ERA_YEARS +
	       (153 * march + 2) / 5 - EPOCH_SHIFT;
}

bool
date_parse_822(struct span text, int64_t *t)
{
	uint64_t day, year, hour, minute, second;
	size_t space = span_find(text, ' ', 0);
	unsigned month;
	struct date d;
	int64_t value;

	if (!num_parse_canonical(span_first(text, space), 31, &day))
		return false;
	text = span_from(text, space + 1);
	if (!take_month(&text, &month) || !span_take_prefix(&text, SPAN(" ")) ||
	    !take_field(&text, 4, SPAN(" "), &year) ||
	    !take_field(&text, 2, SPAN(":"), &hour) ||
	    !take_field(&text, 2, SPAN(":"), &minute) ||
	    !take_field(&text, 2, SPAN(" -0000"), &second) || text.n != 0 ||
	    year == 0)
		return false;
	value = (days_before(year, month) + (int64_t)day - 1) * DAY_SECONDS +
	        (int64_t)(hour * 3600 + minute * 60 + second);
	/* whatever was out of range has become another date */
	d = date_from_unix(value);
	if (d.day != day || d.month != month || d.hour != hour ||
	    d.minute != minute || d.second != second)
		return false;
	*t = value;
	return true;
}
