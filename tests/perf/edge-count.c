#include "edge-count.h"

#include <stdio.h>

#include "cmocka-all.h"
#include "files.h"
#include "message-bus.h"
#include "sample.h"

#define SETTLE_MS 500

static uint64_t read_counter(sd_bus *bus, const char *property)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	uint64_t value = 0;

	if (sd_bus_get_property_trivial(bus, ROOMD_NAME, ROOMD_PATH, "org.roomd1.Manager", property, &error,
	                                't', &value) < 0)
		fail_msg("the property %s cannot be read: %s", property, error.message);
	return value;
}

static struct edge_count read_counters(void)
{
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;

	if (sd_bus_open_system(&bus) < 0)
		fail_msg("there is no system bus");
	return (struct edge_count){ .handled = read_counter(bus, "Edges"),
		                    .reported = read_counter(bus, "EdgesLost") };
}

struct edge_count edge_count_settled(void)
{
	struct edge_count before, now = read_counters();

	do {
		before = now;
		let_pass_ms(SETTLE_MS);
		now = read_counters();
	} while (now.handled != before.handled || now.reported != before.reported);
	return now;
}

static void print(const char *measure, const char *what, const char *variant, uint64_t n)
{
	char name[64];

	snprintf(name, sizeof name, "%s%s", measure, what);
	sample_print_one(name, variant, 0, "edges", (double)n);
}

void edge_count_print(const char *measure, const char *variant, uint64_t edges, struct edge_count before,
                      struct edge_count after)
{
	uint64_t lost = edges - (after.handled - before.handled);

	print(measure, "", variant, edges);
	print(measure, "-lost", variant, lost);
	print(measure, "-silent", variant, lost - (after.reported - before.reported));
}
