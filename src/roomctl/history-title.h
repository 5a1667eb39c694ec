/* The title of a series in a picture. */
#pragma once

#include "roomctl/history-data.h"

/* "temperature_sensor/hall Value (°C): 17.6 to 24.4; limits: high 24", "light_controller/hall On: on for 4h 46min". Escaped
 * (see text.h). To be freed; NULL: no memory. */
char *history_title(const struct history_series *series);
