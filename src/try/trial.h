/* Runs room tests, statement after statement, on the kernel's clock. */
#pragma once

#include "try/service.h"
#include "try/statement.h"
#include "try/world.h"

/* Callbacks for each statement. */
struct trial_watch {
	void (*begins)(const struct statement *statement, void *userdata);
	void (*done)(const struct statement *statement, int r, void *userdata); /* r: see trial_run() */
	void *userdata;
};

struct trial {
	const struct config *config;
	struct world *world;
	struct service *service;
	const char *roomctl;             /* the program */
	const struct roomtest *file;     /* what is running: */
	const struct roomtest_case *test;
	const struct statement *statement;
	uint64_t settled_ns;    /* until then a sensor may not have read its new value; 0: all have */
	const struct config_component *reads;  /* that sensor; NULL: several */
	uint64_t given_ns;      /* when it got the value */
	bool *remote_levels;    /* one for each remote sensor of the plan; */
	double *remote_numbers;
	bool *remotes_plugged;
	bool broker_is_away;
	const struct trial_watch *watch; /* NULL: none */
};

/* All arguments outlive it; `remote_...` are allocated. 0 or -ENOMEM. */
int trial_init(struct trial *trial, const struct config *config, struct world *world, struct service *service,
               const char *roomctl);
void trial_deinit(struct trial *trial);

/* Runs a room from its start to its end. 0; or a negative errno with a sentence about trial->statement (NULL:
 * about the start). -EPROTO: an expectation failed. The service may still run then. */
int trial_run(struct trial *trial, const struct roomtest *file, const struct roomtest_case *test, struct problem *problem);

/* Starts the room at rest, without a test. */
int trial_show(struct trial *trial, struct problem *problem);

/* For the files trial*.c. */

/* The component of the configuration that the statement is about. */
const struct config_component *trial_subject(const struct trial *trial, const struct statement *statement);

/* Its input line, NULL: none; its place among the plan's sensors of other hubs, and among its channels, SIZE_MAX: none. */
const struct plan_line *trial_find_input(const struct trial *trial, const struct config_component *component);
size_t trial_find_remote(const struct trial *trial, const struct config_component *component);
size_t trial_find_channel(const struct trial *trial, const struct config_component *component);

/* Wait until actions have had their effect: edges have been handled, sensors have read. */
int trial_settle(struct trial *trial, uint64_t debounce_ns, struct problem *problem);
int trial_wait_read(struct trial *trial, struct problem *problem);

/* Carries out an action; checks an expectation. */
int trial_act(struct trial *trial, const struct statement *statement, struct problem *problem);
int trial_expect(struct trial *trial, const struct statement *statement, struct problem *problem);
bool trial_is_expectation(const struct statement *statement);

/* Passes in the present states of all remote sensors, as their hubs do when they are asked again. */
int trial_feed_all(struct trial *trial, struct problem *problem);

/* Writes the time of the wall clock, "2027-01-01 22:30:00.020". Returns `text`. */
#define TRIAL_TIME_SIZE 48
char *trial_now(char text[static TRIAL_TIME_SIZE]);
