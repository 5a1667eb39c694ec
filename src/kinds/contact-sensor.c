/* ContactSensor: a reed contact at a door or a window. Wired between the line and ground, with a pull-up, the
 * line is high while it is open. */
#include "family/on-off.h"
#include "kinds/kinds.h"

static const struct option options[] = {
	ON_OFF_OPTIONS("FRONT_CONTACT", "open"),
	ON_OFF_REMOTE_OPTIONS("contact_sensor"),
	{ 0 },
};

static const struct interface_property properties[] = {
	ON_OFF_PROPERTIES("Open", "opening", "Whether it is open."),
	ON_OFF_REMOTE_PROPERTIES,
	{ 0 },
};

ON_OFF_KIND(contact_sensor_class, "ContactSensor", "opening", contact_opened, "open", "open", contact_closed,
            "closed", "closed", options, properties, ABOUT("A reed contact at a door or a window.", .example = "front"));
