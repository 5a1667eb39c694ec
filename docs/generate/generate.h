/* The parts of documents that follow from the kinds' tables, and where they stand.
 *
 * A part stands between a line that has "generated: NAME" in it, as a comment of that document, and the next
 * one that has "generated: end", or the end of the file. Nobody edits what is between them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util/cleanup.h"

struct part {
	const char *file; /* from the root of the tree */
	const char *name; /* as its first line has it */
	/* Writes what stands between the two lines, from the tables. */
	void (*write)(FILE *stream);
};

/* All of them, ended by one without a file. */
extern const struct part parts[];

/* roomd.conf(5), its example, org.roomd1(5) and roomd(8). */
void write_conf_manual(FILE *stream);
void write_conf_common(FILE *stream);
void write_conf_example(FILE *stream);
void write_states(FILE *stream);
void write_bus_common(FILE *stream);
void write_bus_manual(FILE *stream);
void write_events(FILE *stream);

/* The journal's catalog: the events that have a message id. */
void write_catalog(FILE *stream);
/* One of them has this id and a title. */
bool has_title(const char *message_id);

/* docs/architecture.md: what is kept. */
void write_kept(FILE *stream);

/* roomd-mqtt.conf(5) and its example, from mqtt_config_sections. */
void write_mqtt_manual(FILE *stream);
void write_mqtt_example(FILE *stream);
void write_history_manual(FILE *stream);
void write_history_example(FILE *stream);

/* roomd-test(5), from statement_forms. */
void write_statements(FILE *stream);

/* What a part comes to, to be freed with free(). NULL: no memory. */
char *part_text(const struct part *part);

/* The document `text` with `content` as its part `name`, to be freed with free(). -ENOENT: it has no such
 * part. -ENOMEM. */
int document_with(const char *text, const char *name, const char *content, char **ret);

/* The document of a part as it is, and as it should be; both to be freed with free(). `root` is the folder of
 * the source tree. -ENOENT: no such file, or no such part in it; as fopen(3) and fread(3). */
int part_compare(const struct part *part, const char *root, char **ret_is, char **ret_should);

/* Says on the stream what in the kinds' tables has no words, one a line. Returns how many there are. */
unsigned say_what_lacks_words(FILE *stream);
