#include "io/reading-source.h"

#include <errno.h>
#include <string.h>

#include "io/hwmon-read.h"
#include "io/iio-read.h"
#include "io/w1-read.h"
#include "util/cleanup.h"
#include "util/cut.h"

/* The last one has no prefix: it is that of all other devices. */
static const struct reading_source *const sources[] = { &hwmon_source, &w1_source, &iio_source };

bool reading_source_always_local(const struct reader_settings *settings)
{
	(void)settings;
	return true;
}

int reading_source_check_local(const struct reader_settings *settings, const char **ret_key,
                               struct problem *problem)
{
	if (strcmp(settings->uri, "local:") == 0)
		return 0;
	*ret_key = "Uri";
	return problem_set(problem, -EINVAL, "local:, as Device=%s is one of this machine's own",
	                   settings->device);
}

char *reading_source_list(char buffer[static READING_SOURCE_LIST_SIZE])
{
	*buffer = '\0';
	for (size_t i = ELEMENTS(sources); i-- > 0;)
		sources[i]->list(buffer, READING_SOURCE_LIST_SIZE);
	if (!*buffer)
		cut_add(buffer, READING_SOURCE_LIST_SIZE, "none");
	return buffer;
}

const struct reading_source *reading_source_of(const char *device)
{
	for (size_t i = 0; device && i < ELEMENTS(sources); i++)
		if (strncmp(device, sources[i]->prefix, strlen(sources[i]->prefix)) == 0)
			return sources[i];
	return &iio_source;
}

int reader_load(const struct reader_settings *settings, struct problem *problem)
{
	const struct reading_source *source = reading_source_of(settings->device);

	return source->load ? source->load(problem) : 0;
}

int reader_check(const struct reader_settings *settings, const char **ret_key, struct problem *problem)
{
	return reading_source_of(settings->device)->check(settings, ret_key, problem);
}

bool reader_is_local(const struct reader_settings *settings)
{
	return reading_source_of(settings->device)->is_local(settings);
}
