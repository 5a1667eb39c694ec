#include "daemon/components.h"

#include "controller/controllers.h"
#include "sensor/sensors.h"

const struct component_class *const component_classes[] = {
	&motion_sensor_class, &temperature_sensor_class, &light_controller_class, &door_lock_class, NULL,
};
