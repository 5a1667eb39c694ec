/* What a room test says: TAP (the Test Anything Protocol, version 13) on standard output. */
#pragma once

#include "try/trial.h"

void tap_plan(size_t tests);

/* The number-th test has passed, or what has failed, `problem` about trial->statement; with the chain of why the component
 * is as it is, as far as the service says it. */
void tap_passed(size_t number, const char *name);
void tap_failed(size_t number, const char *name, struct trial *trial, const struct problem *problem);
