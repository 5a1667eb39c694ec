/* The run of room tests: statement after statement, on the kernel's clock. */
#pragma once

#include "try/service.h"
#include "try/statement.h"
#include "try/world.h"

/* For whoever looks on. */
struct trial_watch {
	void (*begins)(const struct statement *statement, void *userdata);
	void (*done)(const struct statement *statement, int r, void *userdata); /* r: as trial_run() has it */
	void *userdata;
};

struct trial {
	const struct config *config;
	struct world *world;
	struct service *service;
	const char *roomctl;             /* the program */
	const struct roomtest *file;     /* what is run; */
	const struct roomtest_case *test;
	const struct statement *statement;
	uint64_t settled_ns;    /* until then a sensor may not have read what it was given; 0: it has */
	const struct config_component *reads;  /* that one; NULL: several */
	uint64_t given_ns;      /* when it was given that */
	bool *remote_levels;    /* of the plan's sensors of other hubs, as many as it has; */
	double *remote_numbers;
	bool *remotes_plugged;
	const struct trial_watch *watch; /* NULL: nobody looks on */
};

/* All that outlives it; `remote_...` are made. -ENOMEM. */
int trial_init(struct trial *trial, const struct config *config, struct world *world, struct service *service,
               const char *roomctl);
void trial_deinit(struct trial *trial);

/* A room from its start to its end. 0; or a negative errno with a sentence about trial->statement (NULL: about the start):
 * -EPROTO: something was expected, and is not so. The service may run then. */
int trial_run(struct trial *trial, const struct roomtest *file, const struct roomtest_case *test, struct problem *problem);

/* Brings the room up at rest, now, without a test. */
int trial_show(struct trial *trial, struct problem *problem);

/* For the parts of it. */

/* The component of the configuration that the statement is about. */
const struct config_component *trial_subject(const struct trial *trial, const struct statement *statement);

/* Its input line, NULL: none; its place among the plan's sensors of other hubs, and among its channels, SIZE_MAX: none. */
const struct plan_line *trial_find_input(const struct trial *trial, const struct config_component *component);
size_t trial_find_remote(const struct trial *trial, const struct config_component *component);
size_t trial_find_channel(const struct trial *trial, const struct config_component *component);

/* Until what was done has had its effect: edges have been handled, sensors have read. */
int trial_settle(struct trial *trial, uint64_t debounce_ns, struct problem *problem);
int trial_wait_read(struct trial *trial, struct problem *problem);

/* Statements by which something is done, and what is expected. */
int trial_act(struct trial *trial, const struct statement *statement, struct problem *problem);
int trial_expect(struct trial *trial, const struct statement *statement, struct problem *problem);
bool trial_is_expectation(const struct statement *statement);

/* Feeds all sensors of other hubs with what they are, as their hub does when it is asked anew. */
int trial_feed_all(struct trial *trial, struct problem *problem);

/* The clock on the wall, "2027-01-01 22:30:00.020". Returns `text`. */
#define TRIAL_TIME_SIZE 48
char *trial_now(char text[static TRIAL_TIME_SIZE]);
