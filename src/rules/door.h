/* The door of a lock: a contact that says whether it is open, a strike that lets it be opened for a moment, and what follows
 * from both over time. Pure: what happens comes in with its time, and what is to be done comes out.
 *
 *     it is unlocked     the strike is on for StrikeSec=, or until it is locked; a successor does not go on with it
 *     it is open         for longer than OpenTooLongSec=: reported once. While it is locked: it is jammed, reported once; but
 *                        not if it was opened while it was locked: that is forced (door_moves())
 *     it is not open     RelockSec= after it was closed or unlocked, whichever came last: it is locked again
 *
 * While the contact is not known, the door is neither open nor jammed, and RelockSec= counts from when it is known. */
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
	uint64_t strike_ns;   /* when the strike was switched on; 0: it is off */
	bool too_long_said, jam_said;
	/* Decisions: */
	uint64_t next_ns; /* when to call door_due() again if nothing happens; NEVER_NS (util/clock.h): never */
};

/* What is to be done next. */
enum door_due {
	DOOR_NOTHING,
	DOOR_STRIKE_OFF,
	DOOR_TOO_LONG, /* said */
	DOOR_JAMMED,   /* said */
	DOOR_RELOCK,   /* call door_locked() */
};

/* Goes on with the values that a predecessor kept; corrects times that are in the future. `locked`: whether
 * the door is locked now. */
void door_start(struct door *door, bool locked, uint64_t now_ns);

/* The contact has been like this since `at_ns`. True if the door was opened while it was locked: by force. */
bool door_moves(struct door *door, enum door_is is, bool locked, uint64_t at_ns);

/* The door was locked; or it was unlocked, or asked to open once more, at `at_ns`. That switches the strike
 * on, if there is one. */
void door_locked(struct door *door);
void door_unlocked(struct door *door, const struct door_settings *settings, uint64_t at_ns);

bool door_strike_is_on(const struct door *door, const struct door_settings *settings, uint64_t now_ns);

/* True if it is locked although it is open. */
bool door_is_jammed(const struct door *door, bool locked);

/* When it will lock itself if nothing happens; NEVER_NS: never. */
uint64_t door_relocks_ns(const struct door *door, const struct door_settings *settings);

/* The next thing that is due at `now_ns`, and in `*ret_ns` when it was due. To be called until it returns
 * DOOR_NOTHING. */
enum door_due door_due(struct door *door, const struct door_settings *settings, bool locked, uint64_t now_ns,
                       uint64_t *ret_ns);
