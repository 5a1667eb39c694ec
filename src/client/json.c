#define _GNU_SOURCE
#include "client/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_object *json_free(struct json_object *object)
{
	json_object_put(object);
	return NULL;
}

/* --- from D-Bus ------------------------------------------------------------------------------ */

/* Ten digits: more would only show how doubles are stored. */
static struct json_object *from_double(double value)
{
	char text[40];

	if (!isfinite(value)) /* which JSON has not */
		return NULL;
	snprintf(text, sizeof text, "%.10g", value + 0.0);
	if (!strpbrk(text, ".e"))
		strcat(text, ".0");
	return json_object_new_double_s(value, text);
}

static int read_basic(sd_bus_message *message, char type, struct json_object **ret)
{
	union {
		uint8_t y;
		int b;
		int16_t n;
		uint16_t q;
		int32_t i;
		uint32_t u;
		int64_t x;
		uint64_t t;
		double d;
		const char *s;
	} value;
	int r;

	r = sd_bus_message_read_basic(message, type, &value);
	if (r < 0)
		return r;
	switch (type) {
	case 'b':
		*ret = json_object_new_boolean(value.b);
		return 0;
	case 'd':
		*ret = from_double(value.d);
		return 0;
	case 's':
	case 'o':
	case 'g':
		*ret = json_object_new_string(value.s);
		return 0;
	case 'n':
	case 'i':
	case 'x':
		*ret = json_object_new_int64(type == 'n' ? value.n : type == 'i' ? value.i : value.x);
		return 0;
	case 'y':
	case 'q':
	case 'u':
	case 't':
		*ret = json_object_new_uint64(type == 'y'   ? value.y
		                              : type == 'q' ? value.q
		                              : type == 'u' ? value.u
		                                            : value.t);
		return 0;
	default:
		return -EOPNOTSUPP; /* a file descriptor */
	}
}

/* The parts of the container that was entered, each added to `container`. */
static int read_parts(sd_bus_message *message, struct json_object *container)
{
	int r;

	while ((r = sd_bus_message_at_end(message, false)) == 0) {
		struct json_object *part = NULL;

		r = json_from_message(message, &part);
		if (r < 0)
			return r;
		json_object_array_add(container, part);
	}
	return r;
}

static int read_entry(sd_bus_message *message, const char *contents, struct json_object *container)
{
	_cleanup_(json_freep) struct json_object *key = NULL;
	struct json_object *value = NULL;
	int r;

	r = sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, contents);
	if (r >= 0)
		r = json_from_message(message, &key);
	if (r >= 0)
		r = json_from_message(message, &value);
	if (r < 0)
		return r;
	if (!key) { /* a number that is none */
		json_free(value);
		return -EBADMSG;
	}
	json_add(container, json_object_get_string(key), value);
	return sd_bus_message_exit_container(message);
}

/* `contents` is "{sv}", say. */
static int read_entries(sd_bus_message *message, const char *contents, struct json_object *container)
{
	_cleanup_(cleanup_free) char *entry = strndup(contents + 1, strlen(contents) - 2);
	int r;

	if (!entry)
		return -ENOMEM;
	while ((r = sd_bus_message_at_end(message, false)) == 0) {
		r = read_entry(message, entry, container);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_container(sd_bus_message *message, char type, const char *contents, struct json_object **ret)
{
	bool has_entries = type == SD_BUS_TYPE_ARRAY && contents[0] == '{';
	_cleanup_(json_freep) struct json_object *container =
		has_entries ? json_object_new_object() : json_object_new_array();
	int r;

	if (!container)
		return -ENOMEM;
	r = sd_bus_message_enter_container(message, type, contents);
	if (r >= 0)
		r = has_entries ? read_entries(message, contents, container) : read_parts(message, container);
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	if (r >= 0)
		*ret = TAKE_PTR(container);
	return r;
}

static int read_variant(sd_bus_message *message, const char *contents, struct json_object **ret)
{
	int r;

	r = sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, contents);
	if (r >= 0)
		r = json_from_message(message, ret);
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

int json_from_message(sd_bus_message *message, struct json_object **ret)
{
	const char *peeked;
	char type;
	int r;

	r = sd_bus_message_peek_type(message, &type, &peeked);
	if (r <= 0)
		return r < 0 ? r : -ENXIO;
	if (type == SD_BUS_TYPE_ARRAY || type == SD_BUS_TYPE_STRUCT || type == SD_BUS_TYPE_VARIANT) {
		_cleanup_(cleanup_free) char *contents = strdup(peeked); /* the message's, and it changes */

		if (!contents)
			return -ENOMEM;
		return type == SD_BUS_TYPE_VARIANT ? read_variant(message, contents, ret)
		                                   : read_container(message, type, contents, ret);
	}
	return read_basic(message, type, ret);
}

int json_from_answer(sd_bus_message *message, const char *types, struct json_object **ret)
{
	return sd_bus_message_has_signature(message, types) > 0 ? json_from_message(message, ret) : -EBADMSG;
}

/* --- members --------------------------------------------------------------------------------- */

struct json_object *member_of(const struct json_object *object, const char *key)
{
	struct json_object *member;

	return json_object_object_get_ex(object, key, &member) ? member : NULL;
}

struct json_object *json_element(const struct json_object *array, size_t i)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_get_idx(array, i) : NULL;
}

const char *member_text(const struct json_object *object, const char *key)
{
	struct json_object *member = member_of(object, key);

	return json_object_is_type(member, json_type_string) ? json_object_get_string(member) : "";
}

bool member_bool(const struct json_object *object, const char *key)
{
	return json_object_get_boolean(member_of(object, key));
}

uint64_t member_number(const struct json_object *object, const char *key)
{
	return json_object_get_uint64(member_of(object, key));
}

void json_add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add(object, key, value);
}

void json_add_text(struct json_object *object, const char *key, const char *text)
{
	json_add(object, key, json_object_new_string(text));
}
