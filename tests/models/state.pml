/* What survives power loss: the file `state`, written by a thread. src/daemon/state.c, state-writer.c, state-file.c.
 *
 * Promise (docs/architecture.md, "What survives power loss"): at any moment the file is complete, either the old or the new
 * one; what was said to be written is there after a power loss; what has changed comes to be written. Only one thread writes.
 *
 * What is kept is a number that rises with each change, so an older text is a smaller one. The power fails, or the process is
 * killed, between any two steps; the disk takes data and names when it likes, and names in their order. Not modelled: the
 * folder that becomes another one, and files that were damaged by something else.
 *
 * -DWITHOUT_FSYNC: the name is on the disk before the text is, and half a file is read
 * -DWITHOUT_FSYNC_OF_FOLDER: what was said to be written is not there after the power loss
 * -DWITHOUT_RENAME: written in place, it is half a file when the power fails
 * -DWITHOUT_BUSY: a second thread is started beside one that still writes
 * -DWITHOUT_LOOKING_AGAIN: what changes while it is written is never written
 */

#define CHANGES 2
#define LOSSES 2   /* of power, and kills */
#define FAILURES 1 /* of the disk */
#define SHORTAGES 1

#define INODES 4
#define NONE 4
#define HALF 9

/* The file system: what processes see (the page cache) and what the disk has. */
byte content[INODES];  /* 0: empty */
byte durable[INODES];
byte named = 0, named_new = NONE; /* "state", "state.new" */
byte disk_named = 0, disk_named_new = NONE;

/* The room. It is in the memory that outlives a kill. */
byte value = 0;

/* What the service knows: struct state. */
bool up, armed, failing, busy, retrying, known;
byte written, writing;

/* The thread, and what its promises have come to. */
byte text, told;
bool thread, done, result;
byte losses, failures, shortages;
bool again; /* the machine, or the service, starts */

#define has_changed ((busy && writing != value) || (!busy && (!known || written != value)))

inline arm_if_changed() /* state.c: arm_if_changed() */
{
	if
	:: !armed && !failing && !busy && has_changed -> armed = true
	:: else
	fi
}

inline begin_to_write() /* state.c: begin_to_write(), state_writer_start() */
{
	if
#ifndef WITHOUT_BUSY
	:: busy /* on_written() looks again */
#endif
	:: else ->
		assert(!busy);
		writing = value;
		text = value;
		done = false;
		busy = true;
		thread = true
	fi
}

inline lose_cache()
{
	byte i;

	for (i : 0 .. INODES - 1) {
		content[i] = durable[i]
	}
	named = disk_named;
	named_new = disk_named_new;
	i = 0
}

/* state_open(), read_state(), state_keep(), compare_with_file() */
inline start()
{
	assert(content[named] != HALF);
	assert(content[named] >= told);
	armed = false;
	failing = false;
	busy = false;
	retrying = false;
	written = content[named];
	known = (written == value);
	up = true;
	arm_if_changed()
}

/* The room and the loop: each turn is one step, as nobody else looks at these. */
active proctype service()
{
	byte changes;

	start();
end:	do
	:: d_step { again -> again = false; start() }
	:: d_step { up && changes < CHANGES -> value++; changes++; arm_if_changed() }
	:: d_step { up && armed -> armed = false; /* on_timer() */
		if
		:: has_changed -> begin_to_write()
		:: else
		fi }
	:: d_step { up && done -> done = false; /* on_done(), on_written() */
		busy = false;
		if
		:: result -> written = writing; known = true; failing = false; retrying = false;
#ifndef WITHOUT_LOOKING_AGAIN
			arm_if_changed()
#endif
		:: else -> failing = true; retrying = true
		fi }
	:: d_step { up && retrying -> retrying = false; begin_to_write() } /* on_retry() */
	:: d_step { up && shortages < SHORTAGES -> shortages++; /* state_room_changed() without memory: on_failure() */
		known = false;
		failing = true;
		retrying = true }
	od
}

/* state-file.c: state_file_write(), write_new(). One step is one system call. */
inline write_file()
{
	byte i;

#ifdef WITHOUT_RENAME
	content[named] = HALF;
	content[named] = text;
	durable[named] = content[named];
#else
	named_new = NONE; /* unlinkat() */
	d_step { /* openat(O_EXCL): nobody has this one, on the disk either */
		i = 0;
		do
		:: i == named || i == disk_named || i == disk_named_new -> i++
		:: else -> break
		od;
		content[i] = 0;
		durable[i] = 0;
		named_new = i;
		i = 0 }
	if
	:: d_step { failures < FAILURES -> failures++; result = false }; goto failed /* the disk is full */
	:: content[named_new] = HALF
	fi;
	content[named_new] = text;
#ifndef WITHOUT_FSYNC
	durable[named_new] = content[named_new]; /* fsync() */
#endif
	d_step { named = named_new; named_new = NONE }; /* renameat() */
#ifndef WITHOUT_FSYNC_OF_FOLDER
	d_step { disk_named = named; disk_named_new = named_new }; /* fsync() of the folder */
#endif
#endif
	d_step { result = true; told = text; thread = false; done = true };
	goto written_or_not;
failed:
	named_new = NONE;
	d_step { thread = false; done = true };
written_or_not: skip
}

bool gone; /* the thread has gone with its process */

active proctype writer()
{
end:	do
	:: thread && !gone ->
		{ write_file() } unless { gone -> d_step { gone = false; thread = false; done = false } }
	:: gone -> d_step { gone = false; thread = false; done = false }
	od
}

/* It writes back what it likes, when it likes. */
active proctype disk()
{
end:	do
	:: d_step { named_new != NONE && durable[named_new] != content[named_new] -> durable[named_new] = content[named_new] }
	:: d_step { durable[named] != content[named] && durable[named] != HALF -> durable[named] = HALF }
	:: d_step { durable[named] != content[named] -> durable[named] = content[named] }
	:: d_step { disk_named != named || disk_named_new != named_new -> disk_named = named; disk_named_new = named_new }
	od
}

/* Ends the process; without power all that was not on the disk goes, and the memory that outlives the process. */
active proctype fate()
{
end:	do
	:: losses < LOSSES && up && !again && !gone ->
		if
		:: d_step { up -> losses++; up = false; gone = true } /* a kill */
			!gone -> again = true
		:: d_step { up -> losses++; up = false; gone = true; lose_cache(); value = content[named] }
			!gone -> again = true
		fi
	od
}

/* When nothing more happens. */
active proctype rest()
{
	timeout ->
	assert(up && !busy && !armed && !retrying);
	assert(content[named] == value && durable[disk_named] == value)
}
