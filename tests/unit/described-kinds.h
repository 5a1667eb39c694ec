/* What Describe() answers of the service's own kinds, as a client has it. */
#pragma once

#include <json-c/json.h>

/* By the kinds' names; the caller frees it. */
struct json_object *described_kinds(void);
