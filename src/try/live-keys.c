#include "try/live-keys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define RESERVED "q"
#define FREE "abcdefghijklmnopqrstuvwxyz0123456789"

/* --- from the terminal ----------------------------------------------------------------------- */

static const struct sequence {
	const char *text; /* behind ESC */
	int key;
} sequences[] = {
	{ "[A", LIVE_KEY_UP },       { "[B", LIVE_KEY_DOWN },      { "[C", LIVE_KEY_RIGHT }, { "[D", LIVE_KEY_LEFT },
	{ "OA", LIVE_KEY_UP },       { "OB", LIVE_KEY_DOWN },      { "OC", LIVE_KEY_RIGHT }, { "OD", LIVE_KEY_LEFT },
	{ "[H", LIVE_KEY_HOME },     { "[F", LIVE_KEY_END },       { "OH", LIVE_KEY_HOME },  { "OF", LIVE_KEY_END },
	{ "[1~", LIVE_KEY_HOME },    { "[4~", LIVE_KEY_END },      { "[7~", LIVE_KEY_HOME }, { "[8~", LIVE_KEY_END },
	{ "[5~", LIVE_KEY_PAGE_UP }, { "[6~", LIVE_KEY_PAGE_DOWN },
};

/* Bytes behind ESC of a sequence; 0: it is not complete. */
static size_t sequence_length(const char *bytes, size_t n)
{
	size_t i = 1;

	if (n < 2)
		return 0;
	if (bytes[0] == 'O')
		return 2;
	while (i < n && !(bytes[i] >= 0x40 && bytes[i] <= 0x7e)) /* ECMA-48, 5.4: the final byte */
		i++;
	return i < n ? i + 1 : 0;
}

static int find_sequence(const char *bytes, size_t length)
{
	for (size_t i = 0; i < ELEMENTS(sequences); i++)
		if (strlen(sequences[i].text) == length && memcmp(sequences[i].text, bytes, length) == 0)
			return sequences[i].key;
	return LIVE_KEY_NONE;
}

static bool begins_sequence(const char *bytes, size_t n)
{
	return n > 0 && (*bytes == '[' || *bytes == 'O');
}

size_t live_key_next(const char *bytes, size_t n, bool is_all, int *ret)
{
	size_t length;

	if (n == 0)
		return 0;
	*ret = (unsigned char)*bytes;
	if (*bytes != LIVE_KEY_ESCAPE || (n > 1 && !begins_sequence(bytes + 1, n - 1)))
		return 1;
	length = n > 1 ? sequence_length(bytes + 1, n - 1) : 0;
	if (length == 0)
		return is_all ? 1 : 0;
	*ret = find_sequence(bytes + 1, length);
	return 1 + length;
}

/* The digits at `*at`; false: there are none, or too many. */
static bool take_number(const char *bytes, size_t n, size_t *at, size_t *ret)
{
	size_t begun = *at;

	for (*ret = 0; *at < n && isdigit((unsigned char)bytes[*at]) && *at - begun < 6; ++*at)
		*ret = 10 * *ret + (size_t)(bytes[*at] - '0');
	return *at > begun;
}

size_t live_size_next(const char *bytes, size_t n, size_t *ret_row, size_t *ret_column)
{
	size_t at = 2;

	if (n < at || bytes[0] != LIVE_KEY_ESCAPE || bytes[1] != '[' || !take_number(bytes, n, &at, ret_row))
		return 0;
	if (at == n || bytes[at++] != ';' || !take_number(bytes, n, &at, ret_column))
		return 0;
	return at < n && bytes[at] == 'R' ? at + 1 : 0;
}

/* --- whose ----------------------------------------------------------------------------------- */

static bool take(char *taken, size_t n, int character, char *ret)
{
	if (!strchr(FREE, character) || strchr(RESERVED, character) || memchr(taken, character, n))
		return false;
	*ret = (char)character;
	return true;
}

/* The letters with which the kind's words begin: "MotionSensor hall" has m and s. */
static bool take_initial(char *taken, size_t n, const char *name, char *ret)
{
	for (const char *at = name; *at && *at != ' '; at++)
		if (isupper((unsigned char)*at) && take(taken, n, tolower((unsigned char)*at), ret))
			return true;
	return false;
}

static bool take_of_name(char *taken, size_t n, const char *name, char *ret)
{
	const char *space = strchr(name, ' ');

	for (const char *at = space ? space + 1 : name; *at; at++)
		if (isalnum((unsigned char)*at) && take(taken, n, tolower((unsigned char)*at), ret))
			return true;
	return false;
}

static bool take_any(char *taken, size_t n, char *ret)
{
	for (const char *at = FREE; *at; at++)
		if (take(taken, n, *at, ret))
			return true;
	return false;
}

void live_keys_assign(const char *const *names, const bool *wanted, size_t n, char *ret)
{
	memset(ret, 0, n);
	for (size_t i = 0; i < n; i++)
		if (wanted[i] && !take_initial(ret, i, names[i], &ret[i]) && !take_of_name(ret, i, names[i], &ret[i]))
			take_any(ret, i, &ret[i]);
}
