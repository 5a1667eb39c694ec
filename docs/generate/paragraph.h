/* Paragraphs of documents: put together from words, and then broken into lines. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "util/cleanup.h"

struct about;

/* Columns of a line. */
#define PARAGRAPH_WIDTH 120

struct paragraph {
	char text[4096]; /* without line breaks; what has no room is an assertion that fails */
	size_t length;
};

/* printf(3), at its end. */
void paragraph_add(struct paragraph *paragraph, const char *format, ...) PRINTF_LIKE(2, 3);

/* In lines that begin with `indent`, where a tab has eight columns. No line begins with what scdoc takes for
 * the beginning of something else. */
void paragraph_write(const struct paragraph *paragraph, const char *indent, FILE *stream);

/* Without scdoc's markup. */
void paragraph_make_plain(struct paragraph *paragraph);

/* Up to the end of its first sentence. */
void paragraph_cut_to_sentence(struct paragraph *paragraph);

/* Its members, also where there are no words at all: the first, title and advice are then "", the others NULL. */
const char *about_text(const struct about *about);
const char *about_example(const struct about *about);
const char *about_unset(const struct about *about);
const char *about_title(const struct about *about);
const char *about_advice(const struct about *about);

/* Both have the same words, and so are told of together. */
bool about_is_same(const struct about *a, const struct about *b);
