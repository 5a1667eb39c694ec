/* What systemd's descriptor store has, what the memory says of it, and what the kernel does: one input line over kills,
 * changes of its settings, and a chip that goes and comes. src/daemon/handover.c, src/util/fd-store.c, src/io/line-keeper.c,
 * src/io/input.c, src/io/gpio.c.
 *
 * Promises (docs/architecture.md, "What survives the process"): a line that is in the store is not released by a kill; what
 * is known of a line is right when all is at rest; each edge of a line that is held is handled, contained in a level that was
 * read, or counted as lost, once; none is counted as lost that was not.
 *
 * A message to systemd counts as done when it was sent: systemd takes it before it starts the service again. A request is
 * named by a number. Not modelled: outputs (edge.pml), a kernel that drops edges (edge.pml), lines of the same name.
 *
 * -DMEMORY_LAST: killed in between, the successor has the line, and not the edges that were read
 * -DSTORED_FIRST: the successor adopts a line of which the memory has what an earlier request had come to
 * -DWITHOUT_SETTINGS: killed after the settings were changed, the successor takes the level for what it meant before
 */

#define EDGES 2
#define KILLS 2

/* The kernel: the line's voltage, its request, and the edges that wait there. */
bool voltage, chip = true;
byte request;        /* which one; 0: nobody holds the line */
bool request_low;    /* its settings: active-low */
byte seqno;          /* of its last edge */
byte waiting;        /* so many edges wait, the last ones */
bool waiting_seen; /* what the last one of them means, by the settings of its time */
byte edges, gone, changes;

/* Who holds the request: a request nobody holds is released. */
byte stored, has; /* systemd's store; the process */
bool was_stored;
bool memory_stored;

/* The memory, as it was committed last; a commit is one step here, as edge.pml shows. */
typedef fields {
	bool known;    /* known_ns is not 0 */
	byte until;    /* the last edge from before known_ns */
	byte last;     /* last_seqno */
	bool seen;     /* what was said of the sensor: motion */
	byte settings; /* 0: not kept */
};
fields kept, own;
byte inbox, inbox_seqno; /* edges that were read and not handled: how many, and the last one's number */
bool inbox_seen;

bool low;  /* ActiveLow= */
bool kill;
byte kills;
bool lost;

inline let_go() /* the last descriptor was closed */
{
	if
	:: request != 0 && has != request && stored != request ->
		assert(!was_stored);
		request = 0;
		waiting = 0
	:: else
	fi
}

inline commit()
{
	d_step {
		kept.known = own.known;
		kept.until = own.until;
		kept.last = own.last;
		kept.seen = own.seen;
		kept.settings = own.settings }
}

#define SETTINGS (1 + low)

/* input.c: read_level(); what waited until now is contained in it, and is counted by its number later */
inline read_level()
{
	d_step { level = voltage ^ request_low; contained = seqno };
	own.known = true;
	own.until = contained;
	own.settings = SETTINGS;
	own.seen = level;
	commit()
}

/* input.c: report_edge() of all that is in the inbox, or of none: one that was handled is left out */
inline report_inbox()
{
	if
	:: inbox > 0 && inbox_seqno > own.last ->
		/* The others came right before it; if there are more, the memory knows less than what was done. */
		if
		:: inbox_seqno > own.last + inbox -> lost = true
		:: else
		fi;
		own.last = inbox_seqno;
		if
		:: inbox_seqno > own.until -> own.seen = inbox_seen
		:: else
		fi;
		commit()
	:: else
	fi
}

inline read_edges() /* input.c: clear_inbox(), read(2) */
{
	inbox = 0;
	d_step {
		inbox = waiting;
		inbox_seqno = seqno;
		inbox_seen = waiting_seen;
		waiting = 0 };
	report_inbox()
}

inline drop() /* fd_store_drop() */
{
	d_step {
		assert(stored == 0 || stored != request);
		stored = 0 }
}

inline put_line() /* line-keeper.c: store() */
{
	d_step { stored = has; was_stored = true }
}

inline put_memory() /* handover.c: find_memory() */
{
	memory_stored = true
}

inline go_on() /* input.c */
{
	report_inbox();
	if
	:: waiting > 0 -> read_edges()
	:: else
	fi;
	if
	:: !own.known -> read_level()
	:: else
	fi
}

inline adopted(reconfigured) /* input.c: keeper_opened(), settings_are_new() */
{
	if
#ifndef WITHOUT_SETTINGS
	:: own.settings != 0 && own.settings != SETTINGS && !reconfigured -> read_level(); report_inbox()
	:: !reconfigured && (own.settings == 0 || own.settings == SETTINGS) -> go_on()
#else
	:: !reconfigured -> go_on()
#endif
	:: reconfigured -> read_level(); report_inbox()
	fi
}

inline requested() /* input.c: keeper_opened(), LINE_REQUESTED; line-keeper.c: use() */
{
#ifdef STORED_FIRST
	put_line();
#endif
	inbox = 0;
	d_step { own.known = false; own.last = 0; own.settings = 0; own.until = 0 };
	read_level();
#ifndef STORED_FIRST
	put_line()
#endif
}

inline try_open() /* line-keeper.c: adopt(), or open() */
{
	if
	:: has == 0 && chip && request == 0 ->
		/* gpio_open_input() */
		d_step { request = next; next++; has = request; request_low = low; seqno = 0; waiting = 0; was_stored = false };
		requested()
	:: has != 0 && request_low == low -> adopted(false)
	:: has != 0 && request_low != low -> /* gpio.c: configure() */
		request_low = low;
		adopted(true)
	:: else
	fi
}

inline lost_line() /* line-keeper.c: line_keeper_lost(), give_up() */
{
	drop();
	d_step { has = 0; let_go() }
}

inline start()
{
	/* handover.c: handover_take() */
	d_step {
		if
		:: memory_stored ->
			own.known = kept.known;
			own.until = kept.until;
			own.last = kept.last;
			own.seen = kept.seen;
			own.settings = kept.settings
		:: else -> /* a new one */
			own.known = false;
			own.until = 0;
			own.last = 0;
			own.seen = false;
			own.settings = 0;
			inbox = 0
		fi;
		has = stored };
#ifndef MEMORY_LAST
	put_memory();
#endif
	/* line-keeper.c: take_stored(), gpio_check_stored(): one whose chip has gone is refused */
	if
	:: has != 0 && has != request -> drop(); has = 0
	:: else
	fi;
	try_open();
#ifdef MEMORY_LAST
	put_memory()
#endif
}

byte next = 1;

active proctype roomd()
{
	bool level;
	byte contained;

again:	{
		start();
end:		do
		:: has != 0 && has == request && waiting > 0 -> read_edges()
		:: has != 0 && has != request -> lost_line()
		:: has == 0 && chip && request == 0 -> try_open() /* absence.c */
		od
	} unless { kill };
	/* Its descriptors are closed; the configuration may be another one when the next one starts. */
	d_step {
		kill = false;
		has = 0;
		let_go();
		level = false;
		contained = 0 };
	if
	:: changes < 1 -> d_step { changes++; low = !low }
	:: true
	fi;
	goto again
}

active proctype world()
{
end:	do
	:: d_step { edges < EDGES && request != 0 ->
		edges++;
		voltage = !voltage;
		seqno++;
		waiting++;
		waiting_seen = voltage ^ request_low }
	:: d_step { gone < 1 && chip && request != 0 -> gone++; chip = false; request = 0; waiting = 0; voltage = false }
	:: d_step { !chip -> chip = true }
	od
}

active proctype fate()
{
end:	do
	:: d_step { kills < KILLS && !kill -> kills++; kill = true }
	od
}

active proctype rest()
{
	timeout ->
	d_step {
		assert(!lost);
		assert(chip && has != 0 && has == request && has == stored && memory_stored);
		assert(own.seen == (voltage ^ low));
		assert(own.last == seqno && waiting == 0) }
}
