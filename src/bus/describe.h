/* The kinds' tables as data, for programs on the bus that know no kind. */
#pragma once

#include <systemd/sd-bus.h>

#include "roomd/component.h"

/* The type of Describe()'s answer. */
#define DESCRIBE_SIGNATURE "a(sa{sv})"

/* Appends DESCRIBE_SIGNATURE: each of these classes, which are ended by NULL. 0, or as sd_bus_message_append(). */
int describe_kinds(sd_bus_message *message, const struct component_class *const *classes);

/* Handler of Manager.Describe(); userdata: the bus. */
int describe_on_call(sd_bus_message *call, void *userdata, sd_bus_error *error);
