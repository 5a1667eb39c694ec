#include "noise.h"

#include <stdio.h>
#include <string.h>

#include "command-oracle.h"
#include "fixture/random.h"
#include "util/cleanup.h"

#define LIGHT "roomd/pi/light_controller/light/set"
#define FAN "roomd/pi/switch/fan/set"
#define LOCK "roomd/pi/door_lock/front/set"

static const char *const commands[] = {
	"ON", "off", "Auto", "LOCK", "UNLOCK", "OPEN", "ACKNOWLEDGE", "START", "55", "100.0",
	"{\"action\":\"SetOn\",\"on\":true}",
	"{\"on\":false,\"action\":\"SetOn\"}",
	"{ \"action\" : \"SetOn\" , \"on\" : true }",
	"{\"action\":\"SetOnFor\",\"on\":true,\"usec\":60000000}",
	"{\"usec\":1,\"action\":\"SetOnFor\",\"on\":false}",
	"{\"action\":\"SetAutomatic\"}",
	"{\"action\":\"SetSpeed\",\"percent\":33.5}",
	"{\"action\":\"Unlock\"}",
	"{\"motion\":true,\"available\":true,\"time\":\"2026-01-01T00:00:00.000000Z\",\"serial\":7}",
	"online", "offline",
};

/* What readers stumble over. */
static const char *const pieces[] = {
	"\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\t", "\n", "'", "/", "/**/", "//", "#", "+", "-", ".", "e", "0", "1e999",
	"true", "false", "null", "NaN", "Infinity", "-Infinity", "True", "TRUE", "\\u0000", "\\u0053", "\\ud800", "\\udc00\\ud800",
	"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xef\xbb\xbf", "%s%n", "%99999d", "$(reboot)",
	"18446744073709551616", "-1", "1.5", "0x1", "007", "9223372036854775808", "\"on\":true", "\"action\":\"SetOn\"", ",\"x\":1",
};

static uint64_t up_to(uint64_t *seed, uint64_t most)
{
	return random_between(seed, 0, most);
}

/* True once in so many times. */
static bool once_in(uint64_t *seed, uint64_t n)
{
	return up_to(seed, n - 1) == 0;
}

static void append(struct noise *noise, const char *bytes, size_t n)
{
	if (n > sizeof noise->payload - noise->length)
		n = sizeof noise->payload - noise->length;
	memcpy(noise->payload + noise->length, bytes, n);
	noise->length += n;
}

static void append_text(struct noise *noise, const char *text)
{
	append(noise, text, strlen(text));
}

/* --- payloads -------------------------------------------------------------------------------- */

static void insert_piece(struct noise *noise, uint64_t *seed)
{
	const char *piece = pieces[up_to(seed, ELEMENTS(pieces) - 1)];
	size_t at = up_to(seed, noise->length), n = strlen(piece);

	if (noise->length + n > sizeof noise->payload)
		return;
	memmove(noise->payload + at + n, noise->payload + at, noise->length - at);
	memcpy(noise->payload + at, piece, n);
	noise->length += n;
}

static void cut_out(struct noise *noise, uint64_t *seed)
{
	size_t at = up_to(seed, noise->length), n = up_to(seed, 6);

	if (n > noise->length - at)
		n = noise->length - at;
	memmove(noise->payload + at, noise->payload + at + n, noise->length - at - n);
	noise->length -= n;
}

static void change_once(struct noise *noise, uint64_t *seed)
{
	size_t last = noise->length - 1;

	switch (noise->length ? up_to(seed, 5) : 5) {
	case 0:
		noise->payload[up_to(seed, last)] = (char)up_to(seed, 255);
		break;
	case 1:
		noise->payload[up_to(seed, last)] ^= (char)(1 << up_to(seed, 7));
		break;
	case 2:
		cut_out(noise, seed);
		break;
	case 3:
		noise->length = up_to(seed, noise->length);
		break;
	default:
		insert_piece(noise, seed);
	}
}

static void make_changed(struct noise *noise, uint64_t *seed)
{
	append_text(noise, commands[up_to(seed, ELEMENTS(commands) - 1)]);
	for (uint64_t n = once_in(seed, 10) ? 0 : random_between(seed, 1, 4); n > 0; n--)
		change_once(noise, seed);
}

/* The beginning of one and the end of another. */
static void make_spliced(struct noise *noise, uint64_t *seed)
{
	const char *a = commands[up_to(seed, ELEMENTS(commands) - 1)], *b = commands[up_to(seed, ELEMENTS(commands) - 1)];

	append(noise, a, up_to(seed, strlen(a)));
	append_text(noise, b + up_to(seed, strlen(b)));
}

static void make_bytes(struct noise *noise, uint64_t *seed)
{
	for (uint64_t n = up_to(seed, once_in(seed, 20) ? 2000 : 60); n > 0; n--) {
		char byte = (char)up_to(seed, 255);

		append(noise, &byte, 1);
	}
}

static void make_pieces(struct noise *noise, uint64_t *seed)
{
	for (uint64_t n = up_to(seed, 12); n > 0; n--)
		append_text(noise, pieces[up_to(seed, ELEMENTS(pieces) - 1)]);
}

static void make_deep(struct noise *noise, uint64_t *seed)
{
	static const char *const openings[] = { "[", "{\"action\":", "{\"on\":[", "\"\\" };
	const char *opening = openings[up_to(seed, ELEMENTS(openings) - 1)];

	for (uint64_t n = up_to(seed, 1200); n > 0; n--)
		append_text(noise, opening);
}

static void make_number(struct noise *noise, uint64_t *seed)
{
	bool bare = once_in(seed, 3);

	append_text(noise, bare ? "" : "{\"action\":\"SetOnFor\",\"on\":true,\"usec\":");
	append_text(noise, once_in(seed, 3) ? "-" : "");
	for (uint64_t n = random_between(seed, 21, 400); n > 0; n--)
		append_text(noise, (const char[]){ (char)('0' + up_to(seed, 9)), '\0' });
	append_text(noise, once_in(seed, 3) ? ".5" : once_in(seed, 3) ? "e308" : "");
	append_text(noise, bare ? "" : "}");
}

static void make_large(struct noise *noise, uint64_t *seed)
{
	const char *command = commands[up_to(seed, ELEMENTS(commands) - 1)];
	size_t length = random_between(seed, 900, once_in(seed, 50) ? NOISE_PAYLOAD_MAX : 1200);

	append_text(noise, command);
	while (noise->length < length)
		append_text(noise, " ");
}

void noise_make_payload(struct noise *noise, uint64_t *seed)
{
	static void (*const makers[])(struct noise *, uint64_t *) = {
		make_changed, make_changed, make_changed, make_changed, make_changed, make_spliced, make_spliced, make_bytes, make_pieces,
		make_number,
	};

	noise->length = 0;
	if (once_in(seed, 100))
		return;
	if (once_in(seed, 60))
		make_deep(noise, seed);
	else if (once_in(seed, 60))
		make_large(noise, seed);
	else
		makers[up_to(seed, ELEMENTS(makers) - 1)](noise, seed);
}

/* --- topics ---------------------------------------------------------------------------------- */

/* Of the hub's own, and of all that the bridge listens to; the first ones are said often. */
static const char *const topics[] = {
	LIGHT, FAN, LOCK, "roomd/pi/motion_sensor/hall/set", "roomd/pi/light_controller/lihgt/set",
	"roomd/gate/motion_sensor/path/state", "roomd/gate/availability", "homeassistant/status",
	"homeassistant/device/roomd_pi/config", "roomd/pi/light_controller/light/availability", "roomd/pi/switch/ghost/availability",
	"roomd/pi/light_controller/light/result", "roomd/pi/light_controller/light/event", "roomd/pi/bridge/state",
	"roomd/pi/switch/switch/set", "roomd/pi/door_lock/light/set", "roomd/pi/light_controller/front/set", "roomd/pi/Switch/fan/set",
	"roomd/PI/switch/fan/set", "roomd/pi/switch/fan/set/set", "roomd/pi/switch/set", "/roomd/pi/switch/fan/set", "roomd/pi//fan/set",
};
#define OFTEN 3

/* No "+" or "#": the client's library lets nobody publish to these. */
static const char *const topic_pieces[] = {
	"/", "//", "_", ".", "..", " ", "%", "%s", "\"", "'", "\\", "{}", "$", "*", "A", "z", "0", "set", "/set", "roomd", "pi", "light",
	"fan", "\xc3\xa9", "\xf0\x9f\x92\xa1", "\xe2\x80\xae", "\xef\xbb\xbf", "\xcc\x81",
};

static void change_topic(char topic[static NOISE_TOPIC_SIZE], uint64_t *seed)
{
	const char *piece = topic_pieces[up_to(seed, ELEMENTS(topic_pieces) - 1)];
	size_t length = strlen(topic), at = up_to(seed, length), n = strlen(piece), cut = up_to(seed, 3);

	/* Not into the middle of a letter. */
	while (((unsigned char)topic[at] & 0xc0) == 0x80)
		at--;
	if (cut > length - at || ((unsigned char)topic[at + cut] & 0xc0) == 0x80)
		cut = 0;
	if (once_in(seed, 2))
		n = 0;
	memmove(topic + at + n, topic + at + cut, length - at - cut + 1);
	memcpy(topic + at, piece, n);
	if (!*topic)
		strcpy(topic, "/");
}

/* Around the length that the bridge has room for. */
static void make_long(char topic[static NOISE_TOPIC_SIZE], uint64_t *seed)
{
	size_t length = once_in(seed, 4) ? random_between(seed, 300, 1000) : random_between(seed, 240, 260);
	bool kind = once_in(seed, 2);
	int n = (int)(length - strlen("roomd/pi/switch//set"));

	snprintf(topic, NOISE_TOPIC_SIZE, kind ? "roomd/pi/switch/%0*d/set" : "roomd/pi/%0*d/switch/set", n, 0);
}

static void make_topic(char topic[static NOISE_TOPIC_SIZE], uint64_t *seed)
{
	bool often = !once_in(seed, 3);

	if (once_in(seed, 50)) {
		make_long(topic, seed);
		return;
	}
	strcpy(topic, topics[up_to(seed, often ? OFTEN - 1 : ELEMENTS(topics) - 1)]);
	if (once_in(seed, 5))
		for (uint64_t n = random_between(seed, 1, 4); n > 0; n--)
			change_topic(topic, seed);
}

/* --- messages -------------------------------------------------------------------------------- */

static bool is_known(const char *topic)
{
	for (size_t i = 0; i < ELEMENTS(topics); i++)
		if (strcmp(topics[i], topic) == 0)
			return true;
	return false;
}

bool noise_may_switch(const struct noise *noise)
{
	return !noise->retained && (strcmp(noise->topic, LIGHT) == 0 || strcmp(noise->topic, FAN) == 0) &&
	       command_oracle_allows(noise->payload, noise->length);
}

/* What is refused whatever it says is often a command. */
static void make_any_payload(struct noise *noise, uint64_t *seed)
{
	noise_make_payload(noise, seed);
	if (!(noise->retained || strcmp(noise->topic, LOCK) == 0) || once_in(seed, 2))
		return;
	noise->length = 0;
	append_text(noise, commands[up_to(seed, ELEMENTS(commands) - 1)]);
}

void noise_make_any(struct noise *noise, uint64_t *seed)
{
	make_topic(noise->topic, seed);
	noise->retained = once_in(seed, 8) && is_known(noise->topic);
	make_any_payload(noise, seed);
}

void noise_make(struct noise *noise, uint64_t *seed, uint64_t *kept_back)
{
	for (;;) {
		noise_make_any(noise, seed);
		if (!noise_may_switch(noise))
			return;
		(*kept_back)++;
	}
}
