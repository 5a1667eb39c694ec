/* The text of a configuration: the lines of its files. Must not know what keys mean. */
#pragma once

#include <stdio.h>

#include "config/error.h"

/* A line: a section's header (key NULL) or an assignment. */
struct config_line {
	struct config_place place;
	char *section, *key, *value; /* owned; `place` points to them */
};

/* All zero: nothing read yet. */
struct config_text {
	char **files; /* in the order they were read */
	size_t files_n;
	struct config_line *lines;
	size_t lines_n;
};

/* Adds the lines of one file. What cannot be read or understood is added to `errors`. -ENOMEM. */
int config_text_read_file(const char *path, struct config_text *text, struct config_errors *errors);

void config_text_free(struct config_text *text);

/* The first line of what is printed: "# The effective configuration of FILE, FILE". */
void config_text_print_heading(const struct config_text *text, FILE *stream);
