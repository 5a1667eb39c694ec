/* Configurations, with drop-ins: a line "---" begins the next file. What is printed is read as the same. */
#define _GNU_SOURCE
#include "config-room.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	config_room_check((const char *)data, size);
	return 0;
}
