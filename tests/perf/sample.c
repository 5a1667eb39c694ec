#include "sample.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>

static struct json_object *begin(const char *measure, const char *variant)
{
	struct json_object *sample = json_object_new_object();

	json_object_object_add(sample, "measure", json_object_new_string(measure));
	json_object_object_add(sample, "variant", json_object_new_string(variant));
	return sample;
}

/* Whoever collects them sees each as soon as it is there. */
static void end(struct json_object *sample)
{
	puts(json_object_to_json_string_ext(sample, JSON_C_TO_STRING_PLAIN));
	fflush(stdout);
	json_object_put(sample);
}

void sample_print(const char *measure, const char *variant, unsigned round, const char *unit,
                  const double *values, size_t n)
{
	struct json_object *sample = begin(measure, variant), *array = json_object_new_array();

	json_object_object_add(sample, "round", json_object_new_int64(round));
	json_object_object_add(sample, "unit", json_object_new_string(unit));
	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, isnan(values[i]) ? NULL : json_object_new_double(values[i]));
	json_object_object_add(sample, "values", array);
	end(sample);
}

void sample_print_one(const char *measure, const char *variant, unsigned round, const char *unit,
                      double value)
{
	sample_print(measure, variant, round, unit, &value, 1);
}

void sample_skip(const char *measure, const char *variant, const char *reason)
{
	struct json_object *sample = begin(measure, variant);

	json_object_object_add(sample, "skipped", json_object_new_string(reason));
	end(sample);
}

void sample_say(const char *measure, const char *variant, const char *words)
{
	struct json_object *sample = begin(measure, variant);

	json_object_object_add(sample, "said", json_object_new_string(words));
	end(sample);
}
