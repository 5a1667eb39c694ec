#define _GNU_SOURCE
#include "history/config.h"

#include <errno.h>
#include <stdlib.h>

#include "config/option.h"
#include "roomd/about.h"

static const struct option keep_options[] = {
	{ .key = "KeepRawDays", .type = &option_count, .offset = offsetof(struct history_keep_config, raw_days),
	  .default_text = "30", .min = 1, .max = 3650,
	  .about = ABOUT("Each reading is kept for this many days. Of older ones, minimum, mean and maximum "
	                 "of five minutes are kept. On/off states and words are not readings: each change "
	                 "is kept for _KeepDays=_.") },
	{ .key = "KeepDays", .type = &option_count, .offset = offsetof(struct history_keep_config, days),
	  .default_text = "400", .min = 1, .max = 36500,
	  .about = ABOUT("Everything is kept for this many days, at least _KeepRawDays=_.") },
	{ .key = "MaxBytes", .type = &option_count, .offset = offsetof(struct history_keep_config, bytes),
	  .default_text = "250000000", .min = 10000000, .max = 4000000000.0,
	  .about = ABOUT("The number of bytes that the database may take on the disk, including its log. "
	                 "When that is full, the oldest history is removed, whatever the other keys say.") },
	{ 0 },
};

const struct config_fixed_section history_config_sections[] = {
	{ "History", keep_options, sizeof(struct history_keep_config) },
	{ 0 },
};

struct history_config *history_config_free(struct history_config *config)
{
	if (!config)
		return NULL;
	config_fixed_free(&config->file);
	free(config);
	return NULL;
}

static void check(const struct history_config *config, struct config_errors *errors)
{
	struct config_place place = config_fixed_place_of(&config->file, "History", "KeepDays");

	config_fixed_check(&config->file, errors);
	if (errors->n == 0 && config->keep->days < config->keep->raw_days)
		config_error(errors, &place, "expected at least KeepRawDays=, which is %u", config->keep->raw_days);
}

int history_config_load(const char *path, struct history_config **ret, struct config_errors *errors)
{
	_cleanup_(history_config_freep) struct history_config *config = calloc(1, sizeof *config);
	int r;

	if (!config)
		return -ENOMEM;
	r = config_fixed_read(&config->file, history_config_sections, HISTORY_CONFIG_FILE, path, errors);
	if (r < 0)
		return r;
	config->keep = config_fixed_values(&config->file, "History");
	check(config, errors);
	if (errors->n > 0 || errors->out_of_memory)
		return errors->out_of_memory ? -ENOMEM : -EBADMSG;
	*ret = TAKE_PTR(config);
	return 0;
}

void history_config_print(const struct history_config *config, FILE *stream)
{
	config_fixed_print(&config->file, stream);
}
