/* A folder for a queue's file, and events whose texts follow from their serial. What fails, fails the test.
 */
#pragma once

#include <stdbool.h>

#include "helpers.h"
#include "mqtt/queue.h"

#define SERIES "0123456789abcdef0123456789abcdef"

/* 2026-11-28; the realtime at which the event with serial 0 would have happened. They happen a second apart.
 */
#define EVENTS_USEC (UINT64_C(1795867200) * USEC_PER_SEC)

struct queue_folder {
	char path[64];
};

/* For cmocka: once for all tests, shim-vfs.h; for each, *state is a struct queue_folder. */
int queue_folder_use_shim(void **state);
int queue_folder_set_up(void **state);
int queue_folder_tear_down(void **state);

/* A file of the folder: is there, how long, made with this text. */
bool queue_folder_has(const struct queue_folder *folder, const char *name);
long queue_folder_length(const struct queue_folder *folder, const char *name);
void queue_folder_put(const struct queue_folder *folder, const char *name, const void *bytes, size_t length);

/* A queue on the folder (NULL: in memory). */
struct queue *queue_folder_open(const struct queue_folder *folder, const struct queue_settings *settings);

/* The event of this serial, with a payload of so many bytes. `buffer`: for the payload. */
struct queue_event event_of(uint64_t serial, char *buffer, size_t length);

/* Adds the event of this serial, at the realtime at which it happened. Returns what queue_add() does. */
int add_event(struct queue *queue, uint64_t serial, size_t length, uint64_t now_ns);

/* Whether it is the event of its serial, whole. */
bool is_whole(const struct queue_event *event);

/* Adds the events from one serial to the other, with 50 bytes each, at 0. */
void add_all(struct queue *queue, uint64_t from, uint64_t to);

/* The serials from one to the other, and no others, come out whole. Returns the last sequence. */
uint64_t expect_all(struct queue *queue, uint64_t from, uint64_t to);

/* The sequence of a serial that is there. */
uint64_t sequence_of(struct queue *queue, uint64_t serial);

/* The broker has acknowledged it, at 0. */
void acknowledge(struct queue *queue, uint64_t serial);

void expect_dropped(const struct queue *queue, uint64_t events, uint64_t since);
void expect_no_problem(struct queue *queue);

/* Something has gone wrong, and these words are in what is said of it. */
void expect_problem(struct queue *queue, const char *words);
