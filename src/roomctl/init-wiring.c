#include "roomctl/init-wiring.h"

#include "wiring-text.h"

const char *init_wiring_text(bool relay_at_low)
{
	return relay_at_low ? wiring_relay_low : wiring_relay_high;
}
