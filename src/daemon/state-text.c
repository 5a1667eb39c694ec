#include "daemon/state-text.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/kept-word.h"
#include "util/problem.h"

#define MAGIC "roomd state "
#define HEADER MAGIC "1 bytes=%zu crc32=%08" PRIx32 "\n"
#define HEADER_SIZE 64
#define FORMAT (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)
/* The room, a component, a value; later versions may have more. */
#define DEPTH_MAX 8
#define KEY_SIZE 128

struct state_text {
	struct json_object *components;
};

static struct json_object *free_json(struct json_object *object)
{
	json_object_put(object);
	return NULL;
}
DEFINE_CLEANUP(struct json_object *, free_json);

/* As in zlib, PNG and crc32(1): finds all that a medium changes in a row of up to four bytes. */
static uint32_t crc32(const char *text, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)text[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static size_t make_header(const char *body, size_t length, char header[static HEADER_SIZE])
{
	return (size_t)snprintf(header, HEADER_SIZE, HEADER, length, crc32(body, length));
}

/* --- fields ---------------------------------------------------------------------------------- */

/* The next field that is kept over power loss, from this one on; NULL: none. */
static const struct kept_field *next_field(const struct kept_field *field)
{
	while (field && field->name && field->over != KEPT_OVER_POWER_LOSS)
		field++;
	return field && field->name ? field : NULL;
}

#define FOREACH_FIELD(field, class) \
	for (const struct kept_field *field = next_field((class)->kept); field; field = next_field(field + 1))

static void *field_of(const struct component *component, const struct kept_field *field)
{
	return (char *)component + field->offset;
}

size_t state_values(struct component *const *components, size_t n, uint64_t *ret_values)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!components[i])
			continue;
		FOREACH_FIELD(field, components[i]->class)
		{
			if (ret_values)
				ret_values[count] = kept_word(field, components[i]);
			count++;
		}
	}
	return count;
}

/* NULL: no memory. */
static struct json_object *to_json(const void *value, enum kept_type type)
{
	switch (type) {
	case KEPT_BOOL:
		return json_object_new_boolean(*(const bool *)value);
	case KEPT_INT:
		return json_object_new_int(*(const int *)value);
	case KEPT_U64:
		return json_object_new_uint64(*(const uint64_t *)value);
	case KEPT_DOUBLE:
		return json_object_new_double(*(const double *)value);
	}
	return NULL;
}

/* False, and the field untouched, if it is not a value of this type. */
static bool from_json(struct json_object *object, enum kept_type type, void *field)
{
	enum json_type found = json_object_get_type(object);
	int64_t number = found == json_type_int ? json_object_get_int64(object) : 0;

	switch (type) {
	case KEPT_BOOL:
		if (found != json_type_boolean)
			return false;
		*(bool *)field = json_object_get_boolean(object);
		return true;
	case KEPT_INT:
		if (found != json_type_int || number < INT_MIN || number > INT_MAX)
			return false;
		*(int *)field = (int)number;
		return true;
	case KEPT_U64:
		if (found != json_type_int || number < 0)
			return false;
		*(uint64_t *)field = json_object_get_uint64(object);
		return true;
	case KEPT_DOUBLE:
		if (found != json_type_double)
			return false;
		*(double *)field = json_object_get_double(object);
		return true;
	}
	return false;
}

/* "DoorLock front". */
static const char *key_of(const struct component *component, char key[static KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "%s %s", component->class->kind, component_name(component));
	return key;
}

/* --- making ---------------------------------------------------------------------------------- */

/* Takes the member over, also on failure: a text without it must not be written. */
static int add(struct json_object *object, const char *key, struct json_object *member)
{
	if (member && json_object_object_add(object, key, member) >= 0)
		return 0;
	json_object_put(member);
	return -ENOMEM;
}

static int add_component(struct json_object *components, const struct component *component)
{
	_cleanup_(free_jsonp) struct json_object *fields = json_object_new_object();
	char key[KEY_SIZE];
	int r = 0;

	if (!next_field(component->class->kept))
		return 0;
	if (!fields)
		return -ENOMEM;
	FOREACH_FIELD(field, component->class)
	if (r >= 0)
		r = add(fields, field->name, to_json(field_of(component, field), field->type));
	return r < 0 ? r : add(components, key_of(component, key), TAKE_PTR(fields));
}

/* Header, body, and a newline at its end. */
static int put_together(const char *body, size_t length, char **ret)
{
	_cleanup_(cleanup_free) char *text = malloc(HEADER_SIZE + length + sizeof "\n");
	char header[HEADER_SIZE];
	size_t header_length;

	if (!text)
		return -ENOMEM;
	memcpy(text + HEADER_SIZE, body, length);
	memcpy(text + HEADER_SIZE + length, "\n", sizeof "\n");
	header_length = make_header(text + HEADER_SIZE, length + 1, header);
	memmove(text + header_length, text + HEADER_SIZE, length + sizeof "\n");
	memcpy(text, header, header_length);
	if (strlen(text) > STATE_TEXT_MAX)
		return -EFBIG;
	*ret = TAKE_PTR(text);
	return 0;
}

int state_text_make(struct component *const *components, size_t n, char **ret)
{
	_cleanup_(free_jsonp) struct json_object *object = json_object_new_object();
	const char *body;
	size_t length;

	if (!object)
		return -ENOMEM;
	errno = 0;
	for (size_t i = 0; i < n; i++) {
		int r = components[i] ? add_component(object, components[i]) : 0;

		if (r < 0)
			return r;
	}
	body = json_object_to_json_string_length(object, FORMAT, &length);
	/* json-c leaves out of a text what it has no memory for, and does not say so. */
	return body && errno != ENOMEM ? put_together(body, length, ret) : -ENOMEM;
}

/* --- reading --------------------------------------------------------------------------------- */

/* What it takes to be whole: the header is the one that this body gets. */
static int check_header(const char *text, size_t length, size_t *ret_header_length, struct problem *problem)
{
	static const size_t magic = sizeof MAGIC - 1;
	const char *newline = memchr(text, '\n', length);
	char header[HEADER_SIZE];
	size_t header_length;

	if (length == 0)
		return problem_set(problem, -EBADMSG, "is empty");
	if (length < magic || memcmp(text, MAGIC, magic) != 0)
		return problem_set(problem, -EBADMSG, "is not a state of roomd");
	if (length >= magic + 2 && memcmp(text + magic, "1 ", 2) != 0)
		return problem_set(problem, -EBADMSG, "is of another version of roomd");
	if (!newline)
		return problem_set(problem, -EBADMSG, "was cut short");
	header_length = (size_t)(newline + 1 - text);
	if (make_header(newline + 1, length - header_length, header) != header_length ||
	    memcmp(text, header, header_length) != 0)
		return problem_set(problem, -EBADMSG, "was cut short or changed: its checksum is wrong");
	*ret_header_length = header_length;
	return 0;
}

static struct json_object *parse_body(const char *body, size_t length)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *object;

	if (!tokener) {
		errno = ENOMEM;
		return NULL;
	}
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	errno = 0;
	object = json_tokener_parse_ex(tokener, body, (int)length);
	json_tokener_free(tokener);
	return object;
}

int state_text_parse(const char *text, size_t length, struct state_text **ret, struct problem *problem)
{
	_cleanup_(state_text_freep) struct state_text *state = calloc(1, sizeof *state);
	size_t header_length = 0;
	int r;

	if (!state)
		return problem_set(problem, -ENOMEM, "cannot be read: out of memory");
	if (length > STATE_TEXT_MAX)
		return problem_set(problem, -EBADMSG, "is not a state of roomd: it is too long");
	r = check_header(text, length, &header_length, problem);
	if (r < 0)
		return r;
	state->components = parse_body(text + header_length, length - header_length);
	if (errno == ENOMEM) /* which json-c does not say, and leaves members out for */
		return problem_set(problem, -ENOMEM, "cannot be read: out of memory");
	if (!json_object_is_type(state->components, json_type_object))
		return problem_set(problem, -EBADMSG, "is not a state of roomd: it has no components");
	*ret = TAKE_PTR(state);
	return 0;
}

struct state_text *state_text_free(struct state_text *text)
{
	if (text)
		json_object_put(text->components);
	free(text);
	return NULL;
}

bool state_text_restore(const struct state_text *text, struct component *component)
{
	struct json_object *fields, *value;
	bool any = false;
	char key[KEY_SIZE];

	if (!json_object_object_get_ex(text->components, key_of(component, key), &fields))
		return false;
	FOREACH_FIELD(field, component->class)
	if (json_object_object_get_ex(fields, field->name, &value))
		any |= from_json(value, field->type, field_of(component, field));
	if (any && component->class->restored)
		component->class->restored(component, KEPT_OVER_POWER_LOSS);
	return any;
}
