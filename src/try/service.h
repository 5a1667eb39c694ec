/* roomd as a process in a simulated world (try/world.h): one process after another, a stand-in for systemd
 * that hands over descriptors between them, the process's output and events, and a connection to it. Waits on
 * descriptors, never in steps of time. */
#pragma once

#include <json-c/json.h>
#include <systemd/sd-bus.h>

#include "daemon/config.h"
#include "try/bus-daemon.h"
#include "try/manager.h"

/* Callbacks while something waits. */
struct service_watch {
	int (*tick)(void *userdata); /* a negative errno ends the wait with this error */
	uint64_t (*turn)(uint64_t wait_ns, void *userdata); /* how long a wait may be before the next tick, in ns */
	void (*heard)(const struct json_object *event, void *userdata);
	void *userdata;
};

struct service {
	const char *program; /* roomd */
	struct bus_daemon bus_daemon;
	sd_bus *bus;
	bool name_is_there;             /* the service has its name on the bus */
	struct service_manager manager;
	bool managed;
	pid_t pid;      /* 0: none */
	int pid_fd;
	int events_fd;  /* -1: none */
	int signal_fd;  /* SIGINT, SIGTERM and SIGHUP end a wait, so that everything in the kernel is removed */
	char *pending;  /* the beginning of a line */
	size_t pending_n, pending_size;
	struct json_object **events; /* since service_forget_events() */
	size_t events_n, events_size;
	const struct service_watch *watch; /* NULL: none */
};

/* How it ends. */
enum service_end {
	SERVICE_STOPPED,    /* SIGTERM, as for a restart */
	SERVICE_KILLED,     /* SIGKILL */
	SERVICE_POWER_LOST, /* SIGKILL, and only what is on the disk is kept */
};

/* Starts the bus and connects to it. Blocks the signals that end a program. `program` outlives it. All
 * functions return 0, or a negative errno with a sentence. */
int service_open(struct service *service, const char *program, struct problem *problem);

/* Ends everything. May be called for one that is half open. */
void service_close(struct service *service);

/* True if a signal asks this program to end. */
bool service_is_asked_to_end(const struct service *service);

/* Writes the configuration for the next process, or for a reload. */
int service_configure(const struct config *config, struct problem *problem);

/* Forgets everything that was kept: the next process begins a new room. */
int service_forget(struct service *service, struct problem *problem);

/* Starts the next process. Returns when it is ready and on the bus. */
int service_start(struct service *service, struct problem *problem);
int service_end(struct service *service, enum service_end how, struct problem *problem);

/* SIGHUP, and waits until it has read the configuration again. */
int service_reload(struct service *service, struct problem *problem);

/* Handles events until this time (CLOCK_MONOTONIC), or only until the first event. -ECHILD: the service has
 * ended; -ECANCELED: a signal asks this program to end. */
int service_wait(struct service *service, uint64_t until_ns, bool until_event, struct problem *problem);

/* The same until nothing has happened for this time. */
int service_settle(struct service *service, uint64_t quiet_ns, struct problem *problem);

void service_forget_events(struct service *service);

/* Runs roomctl, or another program, with these arguments (ended by NULL; the program is the first), and takes
 * in events meanwhile. Returns its exit status, and both of its outputs in `ret`, to be freed. */
int service_run(struct service *service, const char *const *arguments, char **ret, struct problem *problem);

/* Calls a method of the component's; the caller frees the reply. */
int service_call(struct service *service, const char *kind, const char *name, const char *method, sd_bus_message **ret,
                 struct problem *problem);

/* Reads a number from the component's own properties. */
int service_number(struct service *service, const char *kind, const char *name, const char *property, double *ret,
                   struct problem *problem);

/* Passes in the state of another hub's sensor (org.roomd1(5), Remote). `reason`: why it is unavailable; NULL:
 * it is available. `number`: the measured value; NULL: `level` counts. */
int service_feed(struct service *service, const char *remote, const char *reason, const double *number, bool level,
                 bool fresh, struct problem *problem);
