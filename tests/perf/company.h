/* Who is beside roomd: nobody, or roomd-mqtt and Debian's mosquitto, and somebody who floods the topics that roomd-mqtt listens
 * to, as fast as mosquitto takes it. Processes of their own, with the system bus and the journal of the stage
 * (contestant.h). What fails, ends the program with a sentence. */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

enum company_kind {
	COMPANY_NONE,
	COMPANY_BRIDGE,   /* connected; nobody says anything to it */
	COMPANY_NONSENSE, /* what is no command: it does not come as far as roomd */
	COMPANY_COMMANDS, /* ON and OFF for COMPANY_LAMP, which roomd does */
};

/* What commands are for: a component of the room's, with a line of its own. */
#define COMPANY_LAMP "[Switch lamp]\nLine=LIGHT_63\n"

struct company {
	pid_t broker, bridge, flood; /* 0: it does not run */
	sd_bus *bus;
	uint64_t since_ns, received; /* when the flood had come, and how much of it */
};

/* Starts them, with the binary $ROOMD_MQTT, and waits until the bridge is connected and knows the room, and the flood has
 * come as far as the bridge. `nice` is the bridge's. */
void company_start(struct company *company, enum company_kind kind, int nice);

/* Ends them. How many messages a second the bridge has taken since then; 0: there is no flood. */
double company_stop(struct company *company);
