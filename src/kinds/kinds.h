/* The kinds, for the component table. */
#pragma once

#include "roomd/component.h"

extern const struct component_class motion_sensor_class;
extern const struct component_class contact_sensor_class;
extern const struct component_class button_class;
extern const struct component_class temperature_sensor_class;
extern const struct component_class humidity_sensor_class;
extern const struct component_class illuminance_sensor_class;
extern const struct component_class pressure_sensor_class;
extern const struct component_class carbon_dioxide_sensor_class;
extern const struct component_class light_controller_class;
extern const struct component_class action_class;
extern const struct component_class switch_class;
extern const struct component_class fan_class;
extern const struct component_class door_lock_class;
extern const struct component_class schedule_class;
