/* The values that no signal reports, so that each scrape asks for them: roomd's counters, systemd's for its
 * unit, and roomd-mqtt's. Never waits: the answers come later, or not at all. */
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

/* All zero except the first three. */
struct facts {
	sd_bus *bus; /* the owner's */
	void (*answered)(void *userdata); /* the last answer has come; from the loop */
	void *userdata;
	sd_bus_slot *asked[FACT_QUESTIONS]; /* NULL: not asked, or answered */
	struct json_object *service, *bridge; /* NULL: it does not run, or has not answered yet */
	struct unit_facts unit;
};

/* Forgets all answers, and asks again. */
void facts_ask(struct facts *facts);

/* True while an answer is outstanding. */
bool facts_are_outstanding(const struct facts *facts);

/* Cancels all questions, and forgets all answers. */
void facts_deinit(struct facts *facts);
