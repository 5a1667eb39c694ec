/* Nothing but the table, so that a program that is linked with another one has other kinds. */
#include "daemon/components.h"

#include "kinds/kinds.h"

const struct component_class *const component_classes[] = {
	&motion_sensor_class,
	&contact_sensor_class,
	&button_class,
	&temperature_sensor_class,
	&humidity_sensor_class,
	&illuminance_sensor_class,
	&pressure_sensor_class,
	&carbon_dioxide_sensor_class,
	&schedule_class,
	&light_controller_class,
	&switch_class,
	&fan_class,
	&door_lock_class,
	&action_class,
	NULL,
};
