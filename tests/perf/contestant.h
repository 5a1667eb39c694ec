/* Who is compared: roomd in several rooms, the floor, and what a user would take instead, each a process of
 * its own on the lines of one simulated chip. What fails, ends the program with a sentence. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "company.h"
#include "journal.h"
#include "message-bus.h"
#include "service-manager.h"
#include "sim-chip.h"

/* The chip's lines: each sensor has its light beside it, and at the end are the LEDs of the locks. */
#define STAGE_LANES 64
#define STAGE_LEDS 2
#define STAGE_LINES (2 * STAGE_LANES + STAGE_LEDS)
#define STAGE_SENSOR(lane) (2 * (lane))
#define STAGE_LIGHT(lane) (2 * (lane) + 1)
#define STAGE_LED(i) (2 * STAGE_LANES + (i))

/* What all of them run on: the chip, two thermometers, a DHT11 of the device tree
 * (dts-overlays/roomd-testbed.dtso) that nobody is behind, a journal, a system bus, and a service manager. */
struct stage {
	struct sim_chip chip;
	unsigned trace_base; /* of the chip's lines in the trace */
	struct journal journal;
	struct message_bus bus;
	struct service_manager manager;
};

/* Makes it; the tracepoints are on from then on (trace.h). */
void stage_make(struct stage *stage);
void stage_remove(struct stage *stage);

struct contestant {
	const char *name;
	unsigned lanes; /* so many sensors switch a light each, the others of the stage are not used */
	const char *const *argv; /* of a rival: what is run; the chip's path and the two offsets follow */
	bool lets_go;            /* at each change the light's line belongs to nobody for a while */
	const char *needs;       /* a file without which it cannot run; NULL: nothing */
	const char *why;         /* then: the sentence for that */
	const char *binary;      /* of roomd: the variable that names it; NULL: $ROOMD */
	const char *config;      /* of roomd: what it has beside sensors and lights; NULL: nothing */
	enum company_kind company; /* who is beside it; the caller starts that (company_start()) */
	int nice, bridge_nice;   /* of roomd and of the bridge or roomd-metrics: setpriority(2) */
};

/* By its name: floor, floor-8, floor-64 (a bare loop, lines in one request), plain, plain-4, plain-8,
 * plain-64 (plain sd-event), roomd (the whole room: 4 sensors, 4 lights, 2 locks, 2 thermometers), roomd-1,
 * roomd-8, roomd-64 (sensors, and as many lights), before (the whole room with the binary $BEFORE, another
 * version), roomd-slow (one, and a thermometer that does not answer for a second at every reading),
 * beside-nobody, -bridge, -nonsense, -commands, -scraped, -storm (one, beside what company.h has, with the priorities of the units),
 * equal-nobody, -nonsense, -commands (the same with one priority for all), eventhub, gpiomon; NULL if there is none. */
const struct contestant *contestant_find(const char *name);

/* Why it cannot run here, or NULL. */
const char *contestant_missing(const struct contestant *contestant);

/* Starts it, and waits until each of its sensors has switched its light on and off once. */
pid_t contestant_start(struct stage *stage, const struct contestant *contestant);

/* Ends it with all it has started. Its lines are released. */
void contestant_stop(struct stage *stage, pid_t pid);

/* Pulls a sensor, and waits until its light shows the same level, up to `ms`; asks for it only when a fast
 * one is long done. False if it does not. */
bool contestant_switches(const struct stage *stage, unsigned lane, bool high, unsigned ms);

/* Waits until it is ready for another edge, which most are at once, up to `ms`. */
void contestant_settle(const struct stage *stage, const struct contestant *contestant, unsigned lane,
                       unsigned ms);
