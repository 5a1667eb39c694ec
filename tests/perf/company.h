/* Who is beside roomd: nobody; or roomd-mqtt and Debian's mosquitto, and somebody who floods the topics that roomd-mqtt listens
 * to, as fast as mosquitto takes it; or roomd-metrics and scrapers. Processes of their own, with the system bus and the journal of the stage
 * (contestant.h). What fails, ends the program with a sentence. */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "metrics-process.h"

enum company_kind {
	COMPANY_NONE,
	COMPANY_BRIDGE,   /* connected; nobody says anything to it */
	COMPANY_NONSENSE, /* what is no command: it does not come as far as roomd */
	COMPANY_COMMANDS, /* ON and OFF for COMPANY_LAMP, which roomd does */
	COMPANY_SCRAPED,  /* roomd-metrics, scraped every second, and a scraper that reads nothing */
	COMPANY_STORM,    /* the same, scraped without a pause */
};

/* What commands are for: a component of the room's, with a line of its own. */
#define COMPANY_LAMP "[Switch lamp]\nLine=LIGHT_63\n"

struct company {
	pid_t broker, bridge, flood; /* 0: it does not run */
	sd_bus *bus;
	uint64_t since_ns, received; /* when the flood had come, and how much of it */
	struct metrics_process metrics;
	pid_t scraper;
	int hanging; /* a connection that has asked, and on which nobody reads */
	uint64_t *scrapes; /* shared with the scraper */
};

/* Starts them, with the binary $ROOMD_MQTT or $ROOMD_METRICS, and waits until the bridge is connected and knows the room, and
 * the flood has come as far as the bridge; or roomd-metrics has answered. `nice` is the bridge's or roomd-metrics'. */
void company_start(struct company *company, enum company_kind kind, int nice);

/* Ends them. How many messages a second the bridge has taken since then, or scrapes a second there were; 0: there is no flood. */
double company_stop(struct company *company);

/* Those of roomd-metrics, for company.c. */
void company_start_scrapers(struct company *company, enum company_kind kind, int nice);
double company_stop_scrapers(struct company *company);
