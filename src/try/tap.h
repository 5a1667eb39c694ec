/* The output of a room test: TAP (the Test Anything Protocol, version 13) on standard output. */
#pragma once

#include "try/trial.h"

void tap_plan(size_t tests);

/* The test with this number has passed; or it has failed, with `problem` about trial->statement. A failure
 * also shows the chain of reasons for the component's state, as far as the service gives it. */
void tap_passed(size_t number, const char *name);
void tap_failed(size_t number, const char *name, struct trial *trial, const struct problem *problem);
