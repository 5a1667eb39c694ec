/* Starts a systemd unit for a component. It does not wait: the result is reported later. */
#pragma once

struct unit_starter;

#define UNIT_START_JOB_SIZE 96

/* One start. Part of its owner, who fills in the first three and does not look at the rest. */
struct unit_start {
	const char *unit; /* "roomd-action-push.service"; lives as long as the start */
	/* Called once for each unit_start(), from the loop. `reason` is NULL: the unit has ended (a oneshot
	 * service has done its work). Otherwise `reason` says why it could not be started, or has failed. */
	void (*ended)(const char *reason, void *userdata);
	void *userdata;
	struct unit_start *next;
	struct unit_starter *starter; /* NULL: it is not under way */
	void *slot;
	char job[UNIT_START_JOB_SIZE];
};

/* The part that starts units: the room's connection to the bus. */
struct unit_starter {
	int (*start)(struct unit_starter *starter, struct unit_start *start);
	void (*forget)(struct unit_starter *starter, struct unit_start *start);
};

/* Asks systemd to start it. 0: `ended` will be called; -ENOTCONN: there is no bus now (`starter` may be NULL);
 * -EALREADY: it is under way. */
int unit_start(struct unit_starter *starter, struct unit_start *start);

/* `ended` is not called any more; the unit goes on. Does nothing if it is not under way. */
void unit_start_forget(struct unit_start *start);
