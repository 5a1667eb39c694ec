/* Histories that tests draw. */
#pragma once

#include "roomctl/history-data.h"

/* 2026-11-01 00:00 UTC */
#define ROOM_BEGIN UINT64_C(1793491200000000)
#define ROOM_HOUR UINT64_C(3600000000)

/* Another `seconds` of the series: to be freed with it. `points` of what was before stay. */
void room_known(struct history_series *series, uint64_t seconds, double value);
void room_on(struct history_series *series, uint64_t seconds, uint64_t on_seconds);
void room_word(struct history_series *series, uint64_t seconds, const char *word);
void room_absent(struct history_series *series, uint64_t seconds, enum history_state state);

/* A series of this type without a point. */
struct history_series room_series(const char *component, const char *property, char type);

/* Numbers, states, words and times of no sense; the same for the same seed of random(3). To be freed with history_deinit(). */
struct history room_noise(void);
