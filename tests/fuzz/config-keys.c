/* Configurations that are made of the tables: kinds, keys, and values as their types take them. Random texts do not get there. */
#define _GNU_SOURCE
#include "config-room.h"
#include "daemon/components.h"
#include "fuzz.h"
#include "roomd/option.h"

#define TEXT_SIZE 16384
#define LINES_MAX 48

struct writer {
	struct fuzz fuzz;
	FILE *stream;
};

static const char *const names[] = { "a", "b", "hall", "front-door", "x_1", "Z9" };
static const char *const spans[] = { "0", "20ms", "1s", "2min", "90", "1h 30min", "1d", "1000000", "1y" };
static const char *const times[] = { "06:30", "00:00", "24:00", "sunrise", "sunset+30min", "sunrise-12h" };
static const char *const days[] = { "Mon..Fri", "Sat Sun", "Sun..Mon", "Mon,Wed..Fri", "" };
static const char *const texts[] = { "Hall", "Küche", "gpiochip0:7", "PIR", "GPIO17", "hwmon:sht3x", "w1:28-0123456789ab",
	                             "temp1", "bme280", "pwmchip0:1", "roomd-action-push.service", "", "\"x\"", "attic/temperature/t",
	                             "attic/motion_sensor/hall", "attic/contact_sensor/front", "ip:sensors.local" };
static const char *const numbers[] = { "0", "1", "-4.5", "28", "100", "1e3", "0.1", "2000", "" };

static unsigned count_kinds(void)
{
	unsigned n = 0;

	while (component_classes[n])
		n++;
	return n;
}

static const struct component_class *choose_kind(struct fuzz *fuzz)
{
	return component_classes[fuzz_choice(fuzz, count_kinds())];
}

/* A term, or several: of any component, in any of its states. */
static void write_condition(struct writer *writer)
{
	static const char *const between[] = { " and ", " or ", " and not ", " or not " };

	do {
		const struct component_class *class = choose_kind(&writer->fuzz);
		const struct component_state *state = component_state_at(class, fuzz_choice(&writer->fuzz, 8));
		const char *name = fuzz_word(&writer->fuzz, names);

		if (state && fuzz_bool(&writer->fuzz))
			fprintf(writer->stream, "%s/%s %s for %s", class->kind, name, state->name, fuzz_word(&writer->fuzz, spans));
		else if (state)
			fprintf(writer->stream, "%s %s", name, state->name);
		else
			fprintf(writer->stream, "%s above %s", name, fuzz_word(&writer->fuzz, numbers));
		if (!fuzz_bool(&writer->fuzz))
			return;
		fputs(fuzz_word(&writer->fuzz, between), writer->stream);
	} while (writer->fuzz.left > 0);
}

static void write_list(struct writer *writer, const char *const *words, size_t n)
{
	do
		fprintf(writer->stream, "%s ", words[fuzz_choice(&writer->fuzz, n)]);
	while (writer->fuzz.left > 0 && fuzz_bool(&writer->fuzz));
}

static void write_number(struct writer *writer, const struct option *option)
{
	switch (fuzz_choice(&writer->fuzz, 4)) {
	case 0:
		fprintf(writer->stream, "%g", option->min);
		break;
	case 1:
		fprintf(writer->stream, "%g", option->max);
		break;
	case 2:
		fprintf(writer->stream, "%d", (int32_t)fuzz_u32(&writer->fuzz) / (1 << 16));
		break;
	default:
		fputs(fuzz_word(&writer->fuzz, numbers), writer->stream);
	}
}

static unsigned count_words(const char *const *words)
{
	unsigned n = 0;

	while (words[n])
		n++;
	return n;
}

/* As its type takes it, mostly. */
static void write_value(struct writer *writer, const struct option *option)
{
	struct fuzz *fuzz = &writer->fuzz;
	char text[64];

	if (option->words)
		fputs(option->words[fuzz_choice(fuzz, count_words(option->words))], writer->stream);
	else if (option->type == &option_bool)
		fputs(fuzz_bool(fuzz) ? "yes" : "no", writer->stream);
	else if (option->type == &option_timespan)
		fputs(fuzz_word(fuzz, spans), writer->stream);
	else if (option->type == &option_time_of_day)
		fputs(fuzz_word(fuzz, times), writer->stream);
	else if (option->type == &option_days)
		fputs(fuzz_word(fuzz, days), writer->stream);
	else if (option->type == &option_condition)
		write_condition(writer);
	else if (option->type == &option_names)
		write_list(writer, names, ELEMENTS(names));
	else if (option->type == &option_numbers)
		write_list(writer, numbers, ELEMENTS(numbers));
	else if (option->type == &option_number || option->type == &option_count)
		write_number(writer, option);
	else if (fuzz_choice(fuzz, 8) == 0)
		fputs(fuzz_text(fuzz, text, sizeof text), writer->stream);
	else
		fputs(fuzz_word(fuzz, texts), writer->stream);
}

static unsigned count_options(const struct option *options)
{
	unsigned n = 0;

	while (options[n].key)
		n++;
	return n;
}

static void write_key(struct writer *writer, const struct option *option)
{
	fprintf(writer->stream, "%s=", option->key);
	if (!option->type || fuzz_choice(&writer->fuzz, 16) != 0)
		write_value(writer, option);
	fputc('\n', writer->stream);
}

/* The keys that have to be there, and any others. */
static void write_section(struct writer *writer)
{
	const struct component_class *class = choose_kind(&writer->fuzz);
	unsigned n = count_options(class->options);

	fprintf(writer->stream, "[%s %s]\n", class->kind, fuzz_word(&writer->fuzz, names));
	for (const struct option *option = class->options; option->key; option++)
		if (!option->default_text && fuzz_choice(&writer->fuzz, 8) != 0)
			write_key(writer, option);
	for (unsigned i = fuzz_choice(&writer->fuzz, 6); i > 0; i--)
		write_key(writer, &class->options[fuzz_choice(&writer->fuzz, n)]);
	if (fuzz_choice(&writer->fuzz, 8) == 0)
		fputs("---\n", writer->stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct writer writer = { .fuzz = { data, size } };
	_cleanup_(cleanup_free) char *text = NULL;
	size_t length;

	writer.stream = open_memstream(&text, &length);
	for (unsigned i = 0; i < LINES_MAX && writer.fuzz.left > 0; i++)
		write_section(&writer);
	FUZZ_CHECK(fclose(writer.stream) == 0);
	config_room_check(text, length);
	return 0;
}
