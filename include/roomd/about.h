/* Texts that only the documents need: the manual, the example configuration and the journal's catalog. Each text
 * is next to the thing that it describes. `docs/generate` puts the texts into the documents, and is the only program that
 * contains them. */
#pragma once

#include <stddef.h>

/* Texts are UTF-8 with scdoc's _italic_ and *bold*; a literal "_" or "*" has a backslash before it. */
struct about {
	/* Whole sentences, without what follows from the table itself (a default, a unit, a clock, the type,
	 * the kind). The example configuration shows only the first sentence of a key's text. */
	const char *text;
	/* Of a key: its value in the example configuration; NULL: the example shows its default, as a
	 * comment. Of a kind: the name of its section there. */
	const char *example;
	/* Of a key: what holds while it is unset, in words; NULL: none. */
	const char *unset;
	/* Of an event with a message id, for the journal's catalog, without markup: its title, and paragraphs about
	 * what to do, with "\n\n" between them. If several events have the same id, only the first has these. */
	const char *title, *advice;
};

/* ABOUT("Where it is.", .unset = "the component's name") is a const struct about *; NULL in programs that do
 * not need the texts. Use it only at file scope. */
#ifdef ROOMD_ABOUT
#define ABOUT(...) (&(const struct about){ __VA_ARGS__ })
#else
#define ABOUT(...) NULL
#endif
