#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/json.h"
#include "mqtt/home-assistant-internal.h"
#include "mqtt/payload.h"
#include "util/snake.h"

#define PLACE_SIZE 128
#define NOUN_SIZE 64

char *entity_words(const char *name, char *buffer, size_t size)
{
	snake_case(name, buffer, size);
	for (char *c = buffer; *c; c++)
		if (*c == '_' || *c == '-')
			*c = ' ';
	return buffer;
}

/* --- what a component is --------------------------------------------------------------------- */

/* What it measures; "": nothing. */
static const char *measured_class(const struct json_object *description)
{
	struct json_object *properties = member_of(description, "properties");
	size_t n =
		json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *property = json_object_array_get_idx(properties, i);

		if (strcmp(member_text(property, "type"), "d") == 0 && *member_text(property, "class"))
			return member_text(property, "class");
	}
	return "";
}

/* "light", "lock", "carbon dioxide". An opening may be a door or a window. */
static void noun_of(const struct subject *subject, char buffer[static NOUN_SIZE])
{
	const char *noun = subject->class;

	if (strcmp(noun, "measure") == 0)
		noun = measured_class(subject->description);
	else if (strcmp(noun, "opening") == 0)
		noun = "contact";
	entity_words(*noun ? noun : subject->kind, buffer, NOUN_SIZE);
}

static bool ends_with_word(const char *text, const char *word)
{
	size_t length = strlen(text), n = strlen(word);

	return length >= n && strcasecmp(text + length - n, word) == 0 &&
	       (length == n || text[length - n - 1] == ' ');
}

/* Another one of its kind is in the same place. */
static bool shares_place(const struct subject *subject)
{
	struct json_object *all = subject->room->components;
	size_t n = json_object_is_type(all, json_type_array) ? json_object_array_length(all) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct json_object *other = json_object_array_get_idx(all, i);

		if (other != subject->component &&
		    strcmp(member_text(other, "kind"), member_text(subject->component, "kind")) == 0 &&
		    strcasecmp(member_text(other, "Location"), member_text(subject->component, "Location")) == 0)
			return true;
	}
	return false;
}

/* Where it is, with its name if that alone does not tell which; or if nobody has said so, its name. */
static void place_of(const struct subject *subject, char buffer[static PLACE_SIZE])
{
	const char *location = member_text(subject->component, "Location");
	char place[PLACE_SIZE / 2], name[PLACE_SIZE / 2];

	if (!*location) {
		entity_words(subject->name, buffer, PLACE_SIZE);
		return;
	}
	payload_shown(location, strlen(location), buffer, PLACE_SIZE);
	entity_words(subject->name, name, sizeof name);
	if (!shares_place(subject) || ends_with_word(buffer, name))
		return;
	payload_shown(location, strlen(location), place, sizeof place);
	snprintf(buffer, PLACE_SIZE, "%s %s", place, name);
}

/* --- what an entity is called ---------------------------------------------------------------- */

/* "hall", "light", "automatic"; but not "hall light light". */
static char *phrase(const char *place, const char *noun, const char *words,
                    char buffer[static ENTITY_TEXT_SIZE])
{
	if (ends_with_word(place, noun))
		noun = "";
	snprintf(buffer, ENTITY_TEXT_SIZE, "%s%s%s%s%s", place, *noun ? " " : "", noun, *words ? " " : "",
	         words);
	return buffer;
}

char *entity_name(const struct subject *subject, const char *words, char buffer[static ENTITY_TEXT_SIZE])
{
	char place[PLACE_SIZE], noun[NOUN_SIZE];

	place_of(subject, place);
	noun_of(subject, noun);
	phrase(place, noun, words, buffer);
	if (buffer[0] >= 'a' && buffer[0] <= 'z')
		buffer[0] = (char)(buffer[0] - 'a' + 'A');
	return buffer;
}

/* What stands behind the platform has small letters, digits and "_". */
static char *slug(char *id)
{
	for (char *c = strchr(id, '.') + 1; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		else if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9')))
			*c = '_';
	}
	return id;
}

char *entity_hub_default_id(const char *hub, const char *platform, const char *property,
                            char buffer[static ENTITY_TEXT_SIZE])
{
	snprintf(buffer, ENTITY_TEXT_SIZE, "%s.%s_%s", platform, hub, property);
	return slug(buffer);
}

char *entity_default_id(const struct subject *subject, const struct entity *entity,
                        char buffer[static ENTITY_TEXT_SIZE])
{
	char name[PLACE_SIZE], noun[NOUN_SIZE], words[ENTITY_TEXT_SIZE];

	entity_words(subject->name, name, sizeof name);
	noun_of(subject, noun);
	return entity_hub_default_id(subject->room->hub, entity->platform,
	                             phrase(name, noun, entity->words, words), buffer);
}
