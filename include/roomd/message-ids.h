/* The MESSAGE_ID= of journal entries that an administrator acts on; sd_journal_print(3),
 * systemd.journal-fields(7). They never change: if the meaning of a message changes, it gets a new id
 * (systemd-id128 new). */
#pragma once

/* Motion near a locked door (lock_alert). */
#define ROOMD_MESSAGE_ALERT "927e30c8d4434830b3afd52aecf196f8"

/* A lock should be locked, but its door is open (lock_jammed). */
#define ROOMD_MESSAGE_JAMMED "a46d9c3a424c43a79ce1295de5277c05"

/* A door is open for longer than it may be (door_open_too_long). */
#define ROOMD_MESSAGE_OPEN_TOO_LONG "e7f093444c17454a9b0b2d275f08396f"

/* A component, or a part of it, cannot be reached (sensor_unavailable, output_unavailable). */
#define ROOMD_MESSAGE_UNAVAILABLE "ee216f1020dd4fcb8d8696c7d728388b"

/* It can be reached again (sensor_available, output_available). */
#define ROOMD_MESSAGE_AVAILABLE "3a2174fe15714cf497302afe003e1263"

/* A sensor answers, but there is reason to doubt its values (sensor_suspect). */
#define ROOMD_MESSAGE_SUSPECT "86dc586f3bb946d98d9e6538fc545a67"

/* The reason for the doubt is gone (sensor_trusted). */
#define ROOMD_MESSAGE_TRUSTED "d8ad26d1c4e5486aa55e4f8cc180f8cf"

/* The kernel dropped edges of a line because they were not read in time (edges_lost). */
#define ROOMD_MESSAGE_EDGES_LOST "10af3d3611ff4772a78ce87d653b757a"

/* Events were dropped inside roomd: a queue was full, or a reporter fell behind. */
#define ROOMD_MESSAGE_EVENTS_LOST "a5d448102dda49078e1f4ca814fe0855"

/* A lamp seems to trigger the sensor that switches it (light_loop). */
#define ROOMD_MESSAGE_LIGHT_LOOP "b417fdc0b77a4f6aa8eefac8111cfce0"

/* A unit that an action starts could not be started, or has failed (action_failed). */
#define ROOMD_MESSAGE_ACTION_FAILED "79cc1e6a913f4cd89139a18d40aa0cac"

/* The configuration has an error; nothing was started. */
#define ROOMD_MESSAGE_CONFIG_INVALID "04fff8bb9367482991ad05e7632204db"

/* A user asked over D-Bus for an action that they may not do. */
#define ROOMD_MESSAGE_REFUSED "89948dd8b6bd490b8a19fc235255a4a8"

/* The file with what survives power loss could not be used; the room started with its defaults. */
#define ROOMD_MESSAGE_STATE_DAMAGED "d05674ea61fe4df084dbe7f0ded172af"

/* That file cannot be written; it is tried again. */
#define ROOMD_MESSAGE_STATE_NOT_WRITTEN "a1a7e62ad7c24a37ad64ea889ca13e85"
