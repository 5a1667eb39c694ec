/* Whether a message may switch a light or a switch, by what roomd-mqtt(8) says of commands alone: written without a look at
 * the bridge's own reader, and without its library of JSON, so that the one can be held against the other. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True: it is one of the words ON, OFF, AUTO; or an object of JSON (RFC 8259) with SetOn, SetOnFor or SetAutomatic and their
 * arguments; or an object of which the RFC does not say what it is (a name that comes twice). False: whoever switches by
 * this has made a mistake. */
bool command_oracle_allows(const void *payload, size_t length);
