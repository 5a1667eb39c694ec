#define _GNU_SOURCE
#include "io/w1-text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "io/sysfs.h"
#include "util/number.h"

#define RIGHT " YES"
#define WRONG " NO"
/* Nine bytes, whose checksum is right: zero. No thermometer has a zero in its last ones but the checksum. */
#define NOTHING "00 00 00 00 00 00 00 00 00 :"

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t n = strlen(end);

	return length >= n && memcmp(text + length - n, end, n) == 0;
}

/* Of the second line, which ends with the number. */
static int read_temperature(const char *line, double *ret)
{
	const char *t = strstr(line, " t=");

	return t ? number_parse(t + strlen(" t="), ret) : -EINVAL;
}

int w1_text_parse(char *text, double *ret_milli, struct problem *problem)
{
	size_t length = strcspn(text, "\n");
	bool has_crc = memmem(text, length, " crc=", strlen(" crc="));

	if (!*text)
		return problem_set(problem, -ENODATA,
		                   "it is empty: the device did not answer, or was not understood");
	if (has_crc && ends_with(text, length, WRONG))
		return problem_set(problem, -EBADMSG, "the checksum of what was read is wrong");
	if (strncmp(text, NOTHING, strlen(NOTHING)) == 0)
		return problem_set(
			problem, -EIO,
			"all that was read is zero: the bus is at ground, or the device has no power");
	if (has_crc && text[length] && ends_with(text, length, RIGHT) &&
	    read_temperature(text + length + 1, ret_milli) >= 0)
		return 0;
	return problem_set(
		problem, -EBADMSG,
		"it is '%s'; expected two lines, one that ends with YES and one with t= and a number",
		sysfs_quote(text));
}
