/* The forms that statements have: what they begin with, what follows, and what they do. roomd-test(5) is made of it. */
#pragma once

#include "try/statement.h"

struct statement_form {
	const char *words;     /* "no motion"; "": it begins with what follows */
	const char *arguments; /* "NAME NUMBER [UNIT]"; "": nothing follows */
	enum statement_kind kind;
	const char *about; /* as the manual has it, with scdoc's markup */
};

/* In the manual's order, ended by one without words (NULL). Each kind has one. */
extern const struct statement_form statement_forms[];

/* The form of this kind. */
const struct statement_form *statement_form_of(enum statement_kind kind);
