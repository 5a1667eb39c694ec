#include "io/reading-source.h"

#include <string.h>

#include "io/iio-read.h"
#include "util/cleanup.h"

static const struct reading_source *const sources[] = { &iio_source };

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
