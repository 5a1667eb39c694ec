/* MotionSensor: a PIR. */
#include "family/on-off.h"
#include "kinds/kinds.h"

static const struct option options[] = {
	ON_OFF_OPTIONS("PIR_HALL", "motion"),
	{ ON_OFF_FIELD("WarmupSec", timespan, warmup_ns), .default_text = "0",
	  .about = ABOUT(
		  "So long after boot (CLOCK_BOOTTIME) edges count for nothing; then the level is read. After "
		  "power-on a PIR fires at random.",
		  .example = "1min") },
	{ 0 },
};

static const struct interface_property properties[] = {
	ON_OFF_PROPERTIES("Motion", "Whether it sees motion."),
	{ "WarmingUp", 'b', ABOUT("Whether edges count for nothing yet (WarmupSec=)."),
	  on_off_get_warming_up },
	{ 0 },
};

ON_OFF_KIND(motion_sensor_class, "MotionSensor", motion_detected, "motion", motion_cleared, "no motion",
            options, properties, ABOUT("A PIR motion sensor on a GPIO line.", .example = "hall"));
