#define _GNU_SOURCE
#include "mqtt/topic.h"

#include <stdio.h>
#include <string.h>

#define LEVELS_MAX 5

/* Of the leaves of a component's topics. */
#define LONGEST_LEAF "availability"

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool topic_hub_is_valid(const char *hub)
{
	size_t n = 0;

	if (!is_alphanumeric(hub[0]))
		return false;
	for (; hub[n]; n++)
		if (n == TOPIC_HUB_MAX || !(is_alphanumeric(hub[n]) || strchr("_-.", hub[n])))
			return false;
	return true;
}

char *topic_of_hub(const char *hub, const char *leaf, char buffer[static TOPIC_SIZE])
{
	snprintf(buffer, TOPIC_SIZE, TOPIC_ROOT "/%s/%s", hub, leaf);
	return buffer;
}

char *topic_of_component(const char *hub, const char *kind, const char *name, const char *leaf,
                         char buffer[static TOPIC_SIZE])
{
	snprintf(buffer, TOPIC_SIZE, TOPIC_ROOT "/%s/%s/%s/%s", hub, kind, name, leaf);
	return buffer;
}

/* The levels of the text, which is cut at each slash. Returns how many; more than LEVELS_MAX: it has more. */
static size_t split(char *text, const char *levels[static LEVELS_MAX])
{
	size_t n = 0;

	for (char *rest = text, *level; (level = strsep(&rest, "/")); n++)
		if (n < LEVELS_MAX)
			levels[n] = level;
	return n;
}

bool topic_parse(const char *topic, struct topic *ret)
{
	const char *levels[LEVELS_MAX];
	size_t length = strlen(topic), n;

	if (length >= sizeof ret->text)
		return false;
	memcpy(ret->text, topic, length + 1);
	n = split(ret->text, levels);
	if ((n != 3 && n != 5) || strcmp(levels[0], TOPIC_ROOT) != 0)
		return false;
	for (size_t i = 1; i < n; i++)
		if (!*levels[i])
			return false;
	if (n == 5 && (size_t)(levels[4] - ret->text) + strlen(LONGEST_LEAF) >= sizeof ret->text)
		return false;
	ret->hub = levels[1];
	ret->kind = n == 5 ? levels[2] : NULL;
	ret->name = n == 5 ? levels[3] : NULL;
	ret->leaf = levels[n - 1];
	return true;
}
