/* What count-allocations.c counts, in a file that $COUNT_ALLOCATIONS names: it is mapped by the program that
 * is looked at and by the one that looks. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define COUNT_ALLOCATIONS_VARIABLE "COUNT_ALLOCATIONS"
#define COUNT_ALLOCATIONS_LIBRARY "libcount-allocations.so"

/* Who allocates is remembered for so many callers. */
#define ALLOCATION_CALLERS_MAX 256

struct allocation_caller {
	_Atomic uint64_t address; /* 0: nobody yet. Where the allocating function returns to */
	_Atomic uint64_t n;
};

struct allocation_counts {
	_Atomic uint64_t loaded_ns; /* when the program and its libraries were there, CLOCK_MONOTONIC */
	_Atomic uint64_t allocated; /* blocks so far, by whatever function */
	_Atomic int64_t live_blocks, live_bytes; /* bytes as malloc_usable_size(3) has them */
	_Atomic bool remember_callers;           /* set by who looks */
	struct allocation_caller callers[ALLOCATION_CALLERS_MAX];
};
