/* The door of a lock: a contact that says whether it is open, a strike that lets it be opened for a moment, and what follows
 * from both in time. Pure: what happens comes in with its time, what is to be done comes out.
 *
 *     it is unlocked     the strike is on for StrikeSec=, or until it is locked; a successor does not go on with it
 *     it is open         for longer than OpenTooLongSec=: said once. While it is locked: it is jammed, said once; except
 *                        where it was opened while it was locked, which is another matter (door_moves())
 *     it is not open     RelockSec= after it was closed or unlocked, what came last: it is locked again
 *
 * What the contact does not know is not known: then it is neither open nor jammed, and RelockSec= counts from when it did. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum door_is {
	DOOR_UNKNOWN,
	DOOR_CLOSED,
	DOOR_OPEN,
};

/* Times in ns; 0: not set. */
struct door_settings {
	uint64_t strike_ns, open_too_long_ns, relock_ns;
};

/* All zero at first. All of it but the strike and `next_ns` is worth keeping over a restart (CLOCK_MONOTONIC). */
struct door {
	enum door_is is;
	uint64_t is_ns;       /* since when */
	uint64_t unlocked_ns; /* since when, or when that was asked for again; 0: it is locked */
	uint64_t strike_ns;   /* when the strike went on; 0: it is off */
	bool too_long_said, jam_said;
	/* Decisions: */
	uint64_t next_ns; /* when to ask again if nothing happens; NEVER_NS (util/clock.h): not */
};

/* What is to be done. */
enum door_due {
	DOOR_NOTHING,
	DOOR_STRIKE_OFF,
	DOOR_TOO_LONG, /* said */
	DOOR_JAMMED,   /* said */
	DOOR_RELOCK,   /* call door_locked() */
};

/* Goes on with what a predecessor kept: times that have not come yet are put right. `locked`: whether it is. */
void door_start(struct door *door, bool locked, uint64_t now_ns);

/* The contact says this since `at_ns`. True if it was opened while it was locked: by force. */
bool door_moves(struct door *door, enum door_is is, bool locked, uint64_t at_ns);

/* It was locked; or unlocked at `at_ns`, or asked to open once more, with which the strike goes on if there is one. */
void door_locked(struct door *door);
void door_unlocked(struct door *door, const struct door_settings *settings, uint64_t at_ns);

bool door_strike_is_on(const struct door *door, const struct door_settings *settings, uint64_t now_ns);

/* Locked, and open all the same. */
bool door_is_jammed(const struct door *door, bool locked);

/* When it locks itself, as it stands; NEVER_NS: it does not. */
uint64_t door_relocks_ns(const struct door *door, const struct door_settings *settings);

/* What is due at `now_ns`; to be asked until it is nothing. `*ret_ns` is when it was. */
enum door_due door_due(struct door *door, const struct door_settings *settings, bool locked, uint64_t now_ns,
                       uint64_t *ret_ns);
