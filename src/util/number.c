#include "util/number.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Not isdigit(3): that may know others. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to here one more digit is held by a double, too. */
#define ROOM_FOR_A_DIGIT ((UINT64_C(1) << 53) / 10 - 1)

static double power_of_ten(unsigned exponent)
{
	double power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* The digits at `*text`, which is moved behind them. */
static int take_whole(const char **text, uint64_t *digits)
{
	if (!is_digit(**text))
		return -EINVAL;
	for (; is_digit(**text); (*text)++)
		if (__builtin_mul_overflow(*digits, UINT64_C(10), digits) ||
		    __builtin_add_overflow(*digits, (uint64_t)(**text - '0'), digits))
			return -ERANGE;
	return 0;
}

/* The same of those behind the point; from the 16th digit on they are left out. Returns how many were taken,
 * or a negative errno. */
static int take_places(const char **text, uint64_t *digits)
{
	int places = 0;

	if (!is_digit(**text))
		return -EINVAL;
	for (; is_digit(**text); (*text)++)
		if (*digits <= ROOM_FOR_A_DIGIT) {
			*digits = *digits * 10 + (uint64_t)(**text - '0');
			places++;
		}
	return places;
}

static bool is_end(const char *text)
{
	text += strspn(text, " \t");
	return !text[*text == '\n'];
}

/* One division of two numbers that are exact, up to 15 digits: so the result is the nearest there is. */
int number_parse(const char *text, double *ret)
{
	bool negative = *text == '-';
	uint64_t digits = 0;
	int places = 0, r;
	double value;

	text += *text == '-' || *text == '+';
	r = take_whole(&text, &digits);
	if (r < 0)
		return r;
	if (*text == '.') {
		text++;
		places = take_places(&text, &digits);
	}
	if (places < 0 || !is_end(text))
		return -EINVAL;
	value = (double)digits / power_of_ten((unsigned)places);
	*ret = negative ? -value : value;
	return 0;
}
