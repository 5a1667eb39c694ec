/* MotionSensor: a PIR. */
#include "family/on-off.h"
#include "kinds/kinds.h"

static const struct option options[] = {
	ON_OFF_OPTIONS("PIR_HALL", "motion"),
	ON_OFF_REMOTE_OPTIONS("motion_sensor"),
	{ ON_OFF_FIELD("WarmupSec", timespan, warmup_ns), .default_text = "0", .not_with = "Remote",
	  .about = ABOUT(
		  "For this long after boot (CLOCK_BOOTTIME) edges are ignored; then the level is read. After "
		  "power-on a PIR fires at random.",
		  .example = "1min") },
	{ ON_OFF_FIELD("StuckSec", timespan, stuck_ns), .default_text = "1d",
	  .about = ABOUT(
		  "If the sensor is active for longer than this, it is suspect. The journal and the event "
		  "_sensor_suspect_ report this once; _sensor_trusted_ reports when it is over. _0_: never.") },
	{ ON_OFF_FIELD("ChangesPerHourMax", count, changes_per_hour), .default_text = "120",
	  .expected = "a whole number from 0 (never) to 1000000",
	  .max = 1e6,
	  .about = ABOUT(
		  "If there are more changes than this in each of _ChangesHours=_ hours in a row, the sensor is "
		  "suspect, too: it probably triggers by itself. A healthy sensor rests at night. _0_: never.") },
	{ ON_OFF_FIELD("ChangesHours", count, changes_hours), .default_text = "24",
	  .expected = "a whole number from 1 to 8760",
	  .min = 1,
	  .max = 8760,
	  .about = ABOUT("The number of hours for _ChangesPerHourMax=_.") },
	{ 0 },
};

static const struct interface_property properties[] = {
	ON_OFF_PROPERTIES("Motion", "motion", "Whether it sees motion."),
	{ "WarmingUp", 'b', ABOUT("Whether edges are still ignored (WarmupSec=)."),
	  on_off_get_warming_up, .diagnostic = true, .class = "running" },
	{ "Suspect", 'b',
	  ABOUT("Whether it has been active for too long (StuckSec=), or changes too often (ChangesPerHourMax=)."),
	  on_off_get_suspect, .diagnostic = true, .class = "problem" },
	ON_OFF_REMOTE_PROPERTIES,
	{ 0 },
};

ON_OFF_KIND(motion_sensor_class, "MotionSensor", "motion", motion_detected, "motion", "motion",
            motion_cleared, "no motion", "clear", options, properties, ABOUT("A PIR motion sensor on a GPIO line.", .example = "hall"));
