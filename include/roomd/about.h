/* The words that only documents need: the manual, the example of a configuration. They stand where the thing
 * is that they describe; `docs/generate` puts them into the documents, and is the only program that has them.
 */
#pragma once

#include <stddef.h>

/* Texts are UTF-8 with scdoc's _italic_ and *bold*; a "_" or "*" that is one has a backslash before it. */
struct about {
	/* Whole sentences. What follows from the table that they stand in (a default, a unit, a clock, the
	 * type, the kind) is not among them. The first one is what the example of a configuration says of a
	 * key. */
	const char *text;
	/* Of a key: what the example of a configuration sets it to; NULL: it is shown with its default, as a
	 * comment. Of a kind: the name that its section has there. */
	const char *example;
	/* Of a key: what holds while it is unset, in words; NULL: none. */
	const char *unset;
};

/* ABOUT("Where it is.", .unset = "the component's name") is a const struct about *; NULL in a program that
 * does without. Only at file scope. */
#ifdef ROOMD_ABOUT
#define ABOUT(...) (&(const struct about){ __VA_ARGS__ })
#else
#define ABOUT(...) NULL
#endif
