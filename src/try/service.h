/* roomd as a process in a world that is tried (try/world.h): one after another, with a stand-in for systemd that keeps what
 * the next one is handed, what it says, its events, and a connection to it. Waits for descriptors, never in steps. */
#pragma once

#include <json-c/json.h>
#include <systemd/sd-bus.h>

#include "daemon/config.h"
#include "try/bus-daemon.h"
#include "try/manager.h"

/* For whoever looks on while something waits. */
struct service_watch {
	int (*tick)(void *userdata); /* a negative errno ends what waits, with that */
	uint64_t (*turn)(uint64_t wait_ns, void *userdata); /* so often in a wait as long as this, in ns */
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
	int signal_fd;  /* SIGINT, SIGTERM and SIGHUP end what waits, so that nothing is left in the kernel */
	char *pending;  /* the beginning of a line */
	size_t pending_n, pending_size;
	struct json_object **events; /* since service_forget_events() */
	size_t events_n, events_size;
	const struct service_watch *watch; /* NULL: nobody looks on */
};

/* How it ends. */
enum service_end {
	SERVICE_STOPPED,    /* SIGTERM, as for a restart */
	SERVICE_KILLED,     /* SIGKILL */
	SERVICE_POWER_LOST, /* the same, and nothing is kept but what is on the disk */
};

/* The bus, and a connection to it; signals that end a program are blocked from now on. `program` outlives it. All functions: a negative errno with a sentence. */
int service_open(struct service *service, const char *program, struct problem *problem);

/* Ends all of it. Also one that is half open. */
void service_close(struct service *service);

/* A signal asks this program to end. */
bool service_is_asked_to_end(const struct service *service);

/* Writes the configuration that the next one, or a reload, reads. */
int service_configure(const struct config *config, struct problem *problem);

/* Nothing is kept any more: the next one is the first one of a room. */
int service_forget(struct service *service, struct problem *problem);

/* The next one. Returns when it is ready and on the bus. */
int service_start(struct service *service, struct problem *problem);
int service_end(struct service *service, enum service_end how, struct problem *problem);

/* SIGHUP, and waits until it has read the configuration again. */
int service_reload(struct service *service, struct problem *problem);

/* Takes in what comes until then (CLOCK_MONOTONIC), or only until there was an event. -ECHILD: the service has ended;
 * -ECANCELED: a signal asks this program to end. */
int service_wait(struct service *service, uint64_t until_ns, bool until_event, struct problem *problem);

/* The same until there was nothing for so long. */
int service_settle(struct service *service, uint64_t quiet_ns, struct problem *problem);

void service_forget_events(struct service *service);

/* Runs roomctl, or another program, with these arguments (ended by NULL; the program is the first), and takes in events
 * meanwhile. Its exit status; what it said on both of its outputs is in `ret`, which is to be freed. */
int service_run(struct service *service, const char *const *arguments, char **ret, struct problem *problem);

/* Calls a method of the component's; the caller frees the reply. */
int service_call(struct service *service, const char *kind, const char *name, const char *method, sd_bus_message **ret,
                 struct problem *problem);

/* Of the component's own properties: a number. */
int service_number(struct service *service, const char *kind, const char *name, const char *property, double *ret,
                   struct problem *problem);

/* Feeds the sensor of another hub (org.roomd1(5), Remote). `number`: of what measures; or NULL, and `level` counts. */
int service_feed(struct service *service, const char *remote, bool available, const double *number, bool level, bool fresh,
                 struct problem *problem);
