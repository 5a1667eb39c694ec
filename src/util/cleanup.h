/* Visible ownership: cleanup attributes, handing over; and a few macros that all files need. Must not know
 * anything about roomd. */
#pragma once

#include <stddef.h>

/* Runs f(&variable) when the variable goes out of scope. */
#define _cleanup_(f) __attribute__((cleanup(f)))

/* Defines foo_freep() for _cleanup_ from a foo_free() that takes NULL and returns NULL. */
#define DEFINE_CLEANUP(type, function)                 \
	static inline void function##p(type *pointer)  \
	{                                              \
		if (*pointer)                          \
			*pointer = function(*pointer); \
	}                                              \
	struct _needs_a_semicolon

/* Hands the pointer over: its value, leaving NULL behind. */
#define TAKE_PTR(pointer)                               \
	({                                              \
		__typeof__(pointer) _taken = (pointer); \
		(pointer) = NULL;                       \
		_taken;                                 \
	})

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

#define PRINTF_LIKE(format_index, first) __attribute__((format(printf, format_index, first)))

/* For functions on the way from an edge to a relay. The linker puts them side by side: after hours of
 * waiting, each page and each cache line has to be fetched again. */
#define HOT __attribute__((hot))

/* For _cleanup_: free() of a plain pointer variable. */
void cleanup_free(void *pointer_to_pointer);
