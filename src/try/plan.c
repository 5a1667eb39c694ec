#define _GNU_SOURCE
#include "try/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "util/problem.h"

#define LINE "Line"
#define KEY_SIZE 64

/* One more, all zero; NULL: no memory. */
static void *grow(void **rows, size_t *n, size_t size)
{
	char *grown = reallocarray(*rows, *n + 1, size);

	if (!grown)
		return NULL;
	*rows = grown;
	return memset(grown + size * (*n)++, 0, size);
}
#define GROW(rows, n) ((__typeof__(rows))grow((void **)&(rows), &(n), sizeof *(rows)))

/* --- the configuration ----------------------------------------------------------------------- */

static const struct option *find_typed(const struct config_component *component, const struct option_type *type)
{
	for (const struct option *option = component->class->options; option->key; option++)
		if (option->type == type)
			return option;
	return NULL;
}

/* NULL: unset, or there is no such key. */
static const char *text_typed(const struct config_component *component, const struct option_type *type)
{
	const struct option *option = find_typed(component, type);

	return option ? *(char *const *)config_field(component, option) : NULL;
}

static const void *value_of(const struct config_component *component, const char *key, const struct option_type *type)
{
	const struct option *option = option_find(component->class->options, key);

	return option && option->type == type ? config_field(component, option) : NULL;
}

uint64_t plan_timespan(const struct config_component *component, const char *key)
{
	const uint64_t *ns = value_of(component, key, &option_timespan);

	return ns ? *ns : 0;
}

/* "ButtonLine" and "ActiveLow": "ButtonActiveLow". */
static char *key_beside(const struct option *line, const char *key, char buffer[static KEY_SIZE])
{
	snprintf(buffer, KEY_SIZE, "%.*s%s", (int)(strlen(line->key) - strlen(LINE)), line->key, key);
	return buffer;
}

/* --- lines ----------------------------------------------------------------------------------- */

static int find_chip(struct plan *plan, enum plan_chip_kind kind, const char *word, size_t *ret)
{
	struct plan_chip *chip;

	for (size_t i = 0; i < plan->chips_n; i++)
		if (plan->chips[i].kind == kind && strcmp(plan->chips[i].word, word) == 0 &&
		    (kind != PLAN_CHIP_OF_NAMES || plan->chips[i].lines < ELEMENTS(chip->names) - 1)) {
			*ret = i;
			return 0;
		}
	chip = GROW(plan->chips, plan->chips_n);
	if (!chip)
		return -ENOMEM;
	chip->kind = kind;
	snprintf(chip->word, sizeof chip->word, "%s", word);
	*ret = plan->chips_n - 1;
	return 0;
}

static int put_at_place(struct plan *plan, struct plan_line *line, const struct gpio_written_place *place)
{
	char word[GPIO_NAME_MAX + 1];
	int r;

	snprintf(word, sizeof word, "%s%.*s", strspn(place->chip, "0123456789") == place->chip_length ? "gpiochip" : "",
	         (int)place->chip_length, place->chip);
	r = find_chip(plan, strncmp(word, "gpiochip", strlen("gpiochip")) == 0 ? PLAN_CHIP_OF_NODE : PLAN_CHIP_OF_LABEL,
	              word, &line->chip);
	if (r < 0)
		return r;
	line->offset = place->offset;
	if (plan->chips[line->chip].lines <= place->offset)
		plan->chips[line->chip].lines = place->offset + 1;
	return 0;
}

static int put_by_name(struct plan *plan, struct plan_line *line, const char *word)
{
	struct plan_chip *chip;
	int r = find_chip(plan, PLAN_CHIP_OF_NAMES, word, &line->chip);

	if (r < 0)
		return r;
	chip = &plan->chips[line->chip];
	line->offset = chip->lines;
	chip->names[chip->lines++] = line->text;
	return 0;
}

/* Another configuration of the same room has it, too. */
static const struct plan_line *find_line(const struct plan *plan, const char *text)
{
	for (size_t i = 0; i + 1 < plan->lines_n; i++)
		if (strcmp(plan->lines[i].text, text) == 0)
			return &plan->lines[i];
	return NULL;
}

static int put(struct plan *plan, struct plan_line *line, bool alone)
{
	const struct plan_line *same = find_line(plan, line->text);
	struct gpio_written_place place;

	if (same) {
		line->chip = same->chip;
		line->offset = same->offset;
		return 0;
	}
	if (gpio_split_place(line->text, &place))
		return put_at_place(plan, line, &place);
	return put_by_name(plan, line, alone ? line->component->name : "");
}

/* An input has a pull resistor, which an output has not. */
static int add_line(struct plan *plan, const struct config_component *component, const struct option *option, bool alone)
{
	const char *text = *(char *const *)config_field(component, option);
	const struct option *options = component->class->options;
	char key[KEY_SIZE];
	const bool *active_low;
	struct plan_line *line;

	if (!text)
		return 0;
	line = GROW(plan->lines, plan->lines_n);
	if (!line)
		return -ENOMEM;
	line->component = component;
	line->text = text;
	line->input = option_find(options, key_beside(option, "Bias", key));
	line->debounce_ns = plan_timespan(component, key_beside(option, "DebounceSec", key));
	active_low = value_of(component, key_beside(option, "ActiveLow", key), &option_bool);
	if (!active_low)
		active_low = value_of(component, "ActiveLow", &option_bool);
	line->active_low = active_low && *active_low;
	return put(plan, line, alone);
}

static int add_lines(struct plan *plan, const struct config_component *component, bool alone)
{
	int r = 0;

	for (const struct option *option = component->class->options; r >= 0 && option->key; option++)
		if (option->type == &option_line)
			r = add_line(plan, component, option, alone);
	return r;
}

/* --- devices --------------------------------------------------------------------------------- */

static int find_device(struct plan *plan, enum plan_device_kind kind, const char *word, size_t *ret)
{
	static const char *const ids[] = { [PLAN_IIO] = "iio:device", [PLAN_HWMON] = "hwmon", [PLAN_W1] = "?" };
	size_t length = strlen(ids[kind]), of_kind = 0;
	struct plan_device *device;

	for (size_t i = 0; i < plan->devices_n; i++) {
		if (plan->devices[i].kind == kind && strcmp(plan->devices[i].word, word) == 0) {
			*ret = i;
			return 0;
		}
		of_kind += plan->devices[i].kind == kind;
	}
	device = GROW(plan->devices, plan->devices_n);
	if (!device)
		return -ENOMEM;
	*ret = plan->devices_n - 1;
	*device = (struct plan_device){ .kind = kind, .word = word, .number = 100 + (unsigned)of_kind };
	if (strncmp(word, ids[kind], length) == 0) /* those with a number that nobody chose begin with 100 */
		device->number = (unsigned)strtoul(word + length, NULL, 10);
	return 0;
}

static enum plan_device_kind kind_of(const char *device, const char **ret_word)
{
	static const char *const prefixes[] = { [PLAN_HWMON] = "hwmon:", [PLAN_W1] = "w1:" };

	for (enum plan_device_kind kind = PLAN_HWMON; kind < PLAN_DEVICE_KINDS; kind++)
		if (strncmp(device, prefixes[kind], strlen(prefixes[kind])) == 0) {
			*ret_word = device + strlen(prefixes[kind]);
			return kind;
		}
	*ret_word = device;
	return PLAN_IIO;
}

/* What is on another machine cannot be taken for something of this one; it is as absent as it would be. */
static int add_device(struct plan *plan, const struct config_component *component, struct problem *problem)
{
	const char *device = text_typed(component, &option_device), *uri = text_typed(component, &option_context), *word;
	const char *channel = text_typed(component, &option_channel);
	struct plan_channel *row;
	enum plan_device_kind kind;

	if (!device || !component->class->measure)
		return 0;
	kind = kind_of(device, &word);
	if (uri && strcmp(uri, "local:") != 0)
		return problem_set(problem, -EOPNOTSUPP, "[%s %s] Uri=%s: expected local:, because only "
		                                         "devices of this machine are simulated", component->class->kind, component->name, uri);
	if (word[0] == '/')
		return problem_set(problem, -EOPNOTSUPP, "[%s %s] Device=%s: expected a name or a label, "
		                                         "because a path below /sys cannot be simulated", component->class->kind, component->name, device);
	row = GROW(plan->channels, plan->channels_n);
	if (!row)
		return -ENOMEM;
	row->component = component;
	row->quantity = component->class->measure->quantity;
	row->channel = channel ? channel : "";
	row->interval_ns = plan_timespan(component, "IntervalSec");
	return find_device(plan, kind, word, &row->device);
}

static int add_remote(struct plan *plan, const struct config_component *component)
{
	const char *text = text_typed(component, &option_remote);
	struct plan_remote *remote = text ? GROW(plan->remotes, plan->remotes_n) : NULL;

	if (!text)
		return 0;
	if (!remote)
		return -ENOMEM;
	remote->component = component;
	remote->text = text;
	remote->quantity = component->class->measure ? component->class->measure->quantity : NULL;
	return 0;
}

static int add_pwm(struct plan *plan, const struct config_component *component)
{
	const char *text = text_typed(component, &option_pwm);
	struct plan_pwm *pwm = text ? GROW(plan->pwms, plan->pwms_n) : NULL;

	if (!text)
		return 0;
	if (!pwm)
		return -ENOMEM;
	pwm->component = component;
	pwm->text = text;
	return 0;
}

/* --- all of it ------------------------------------------------------------------------------- */

int plan_add(struct plan *plan, const struct config *config,
             bool (*alone)(const struct config_component *component, void *userdata), void *userdata,
             struct problem *problem)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < config->n; i++) {
		const struct config_component *component = &config->components[i];

		r = add_lines(plan, component, alone && alone(component, userdata));
		if (r >= 0)
			r = add_device(plan, component, problem);
		if (r >= 0)
			r = add_remote(plan, component);
		if (r >= 0)
			r = add_pwm(plan, component);
	}
	return r == -ENOMEM ? problem_set(problem, r, "out of memory") : r;
}

void plan_free(struct plan *plan)
{
	free(plan->lines);
	free(plan->chips);
	free(plan->devices);
	free(plan->channels);
	free(plan->remotes);
	free(plan->pwms);
	*plan = (struct plan){ 0 };
}
