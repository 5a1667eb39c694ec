#include "history/pack.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/* Of a row: the series and its state; how much later than the row before it is; the value, if there is one. */
#define ROW_MAX (10 + 10 + 10 + 8)

#define STATE_BITS 2
#define GOES_ON (1u << STATE_BITS)
#define SERIES_SHIFT (STATE_BITS + 1)

/* A value is a whole number and how many of its digits are decimals; or, in so many, its own eight bytes. */
#define DIGITS_BITS 3
#define DIGITS_NONE 7
#define WHOLE_MAX 9007199254740992.0 /* 2^53 */

static const double powers[DIGITS_NONE] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };

/* --- numbers: seven bits a byte, the lowest first ----------------------------------------------- */

static uint8_t *put_number(uint8_t *to, uint64_t number)
{
	for (; number > 0x7f; number >>= 7)
		*to++ = (uint8_t)(number | 0x80);
	*to++ = (uint8_t)number;
	return to;
}

static int get_number(struct pack_reader *reader, uint64_t *ret)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64 && reader->next < reader->end; shift += 7) {
		uint8_t byte = *reader->next++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = number;
			return 0;
		}
	}
	return -EUCLEAN;
}

/* Small numbers of both signs as small numbers. */
static uint64_t fold(uint64_t number)
{
	return number >> 63 ? ~(number << 1) : number << 1;
}

static uint64_t unfold(uint64_t number)
{
	return number & 1 ? ~(number >> 1) : number >> 1;
}

/* --- values ----------------------------------------------------------------------------------- */

/* How many decimals make it a whole number, which has the very same value again. */
static unsigned decimals(double value, int64_t *ret_whole)
{
	for (unsigned digits = 0; digits < DIGITS_NONE; digits++) {
		double whole = nearbyint(value * powers[digits]);

		if (!(fabs(whole) < WHOLE_MAX) || whole / powers[digits] != value)
			continue;
		*ret_whole = (int64_t)whole;
		return digits;
	}
	return DIGITS_NONE;
}

static uint8_t *put_value(uint8_t *to, double value)
{
	int64_t whole = 0;
	unsigned digits = decimals(value, &whole);
	uint64_t bits;

	to = put_number(to, fold((uint64_t)whole) << DIGITS_BITS | digits);
	if (digits != DIGITS_NONE)
		return to;
	memcpy(&bits, &value, sizeof bits);
	for (unsigned i = 0; i < sizeof bits; i++)
		*to++ = (uint8_t)(bits >> (8 * i));
	return to;
}

static int get_bits(struct pack_reader *reader, double *ret)
{
	uint64_t bits = 0;

	if (reader->end - reader->next < (ptrdiff_t)sizeof bits)
		return -EUCLEAN;
	for (unsigned i = 0; i < sizeof bits; i++)
		bits |= (uint64_t)*reader->next++ << (8 * i);
	memcpy(ret, &bits, sizeof bits);
	return 0;
}

static int get_value(struct pack_reader *reader, double *ret)
{
	uint64_t number = 0;
	int r = get_number(reader, &number);
	unsigned digits = number & DIGITS_NONE;

	if (r < 0)
		return r;
	if (digits == DIGITS_NONE)
		return get_bits(reader, ret);
	*ret = (double)(int64_t)unfold(number >> DIGITS_BITS) / powers[digits];
	return 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

void pack_begin(struct pack *pack, uint64_t time)
{
	pack->length = pack->n = 0;
	pack->time = time;
}

bool pack_add(struct pack *pack, const struct row *row)
{
	uint64_t series = (uint64_t)(row->series < 0 ? -row->series : row->series);
	uint8_t bytes[ROW_MAX], *to;
	size_t length;

	to = put_number(bytes, series << SERIES_SHIFT | (row->series < 0 ? GOES_ON : 0) | row->state);
	to = put_number(to, fold(row->time - pack->time));
	if (row->state == SERIES_KNOWN)
		to = put_value(to, row->value);
	length = (size_t)(to - bytes);
	if (length > sizeof pack->bytes - pack->length)
		return false;
	memcpy(pack->bytes + pack->length, bytes, length);
	pack->length += length;
	pack->n++;
	pack->time = row->time;
	return true;
}

int pack_read(struct pack_reader *reader, struct row *ret)
{
	struct row row = { .number = reader->number, .value = NAN };
	uint64_t head = 0, later = 0;
	int r;

	if (reader->next == reader->end)
		return 0;
	r = get_number(reader, &head);
	if (r >= 0)
		r = get_number(reader, &later);
	row.state = head & (GOES_ON - 1);
	if (r >= 0 && row.state == SERIES_KNOWN)
		r = get_value(reader, &row.value);
	if (r < 0 || row.state > SERIES_UNAVAILABLE)
		return -EUCLEAN;
	row.series = head & GOES_ON ? -(int64_t)(head >> SERIES_SHIFT) : (int64_t)(head >> SERIES_SHIFT);
	row.time = reader->time += unfold(later);
	reader->number++;
	*ret = row;
	return 1;
}
