/* The forms of statements: how they begin, what follows, and what they do. roomd-test(5) is made from this
 * table. */
#pragma once

#include "try/statement.h"

struct statement_form {
	const char *words;     /* "no motion"; "": it begins with its arguments */
	const char *arguments; /* "NAME NUMBER [UNIT]"; "": none */
	enum statement_kind kind;
	const char *about; /* for the manual, with scdoc's markup */
};

/* In the manual's order, ended by one without words (NULL). Each kind has one. */
extern const struct statement_form statement_forms[];

/* The form of this kind. */
const struct statement_form *statement_form_of(enum statement_kind kind);
