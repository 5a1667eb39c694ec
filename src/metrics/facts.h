/* What is asked for at each scrape, of whom does not say by itself when it changes: roomd's counters, systemd's of its unit,
 * roomd-mqtt's. Nothing is waited for: the answers come when they come, or not. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "client/json.h"
#include "metrics/render.h"

enum fact_question {
	FACT_SERVICE,
	FACT_BRIDGE,
	FACT_RESTARTS,
	FACT_START,
	FACT_QUESTIONS,
};

/* All zero but for the first three. */
struct facts {
	sd_bus *bus; /* the owner's */
	void (*answered)(void *userdata); /* the last answer has come; from the loop */
	void *userdata;
	sd_bus_slot *asked[FACT_QUESTIONS]; /* NULL: not asked, or answered */
	struct json_object *service, *bridge; /* NULL: there is nobody, or no answer yet */
	struct unit_facts unit;
};

/* Forgets what is known, and asks for all of it. */
void facts_ask(struct facts *facts);

/* True while an answer is outstanding. */
bool facts_are_outstanding(const struct facts *facts);

/* Waits for none of them any more, and forgets what is known. */
void facts_deinit(struct facts *facts);
