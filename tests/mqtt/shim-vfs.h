/* A file system under SQLite that counts what changes files, and ends the process at one of these calls: as a
 * kill does, or as a loss of power does, with any part of what was written since the last flush lost. It lies
 * over the default one, and is the default once it is set up. Nothing is flushed really. Link with
 * --wrap=database_file_sync_folder. What fails, fails the test. */
#pragma once

#include <stdbool.h>

enum shim_end {
	SHIM_GOES_ON,     /* only counts */
	SHIM_KILL,        /* before the call */
	SHIM_KILL_WITHIN, /* a write is half done */
	SHIM_POWER_NONE,  /* power loss: nothing that was not flushed has come to the disk */
	SHIM_POWER_SOME,  /* power loss: of each 512 bytes it is left to chance, and of each change of a name
	                   */
};

void shim_set_up(void);

/* From now on; all files are on the disk as they are. `at`: at which call, counted from 1. `seed`: of the
 * chance. */
void shim_begin(enum shim_end end, unsigned at, unsigned seed);

/* Calls that changed a file or a name, and flushes among them, since shim_begin(). */
unsigned shim_calls(void);
unsigned shim_syncs(void);

/* Writes fail with this code of SQLite's, 0: no longer. */
void shim_fail_writes(int code);
