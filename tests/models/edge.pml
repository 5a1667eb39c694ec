/* An edge on its way from the kernel to the relay and to whoever tells of it, and kills anywhere on it. src/io/input.c,
 * src/util/memory.c, src/hub/hub.c, src/hub/late.c, src/output/output.c, src/daemon/room.c.
 *
 * Promises (docs/architecture.md, "What survives the process", "The hub"): each edge is handled or counted as lost, once,
 * and none that was read is lost; a relay changes only for an edge that came after the one of its last change, and shows the
 * last level in the end; a serial number is told of one event only, a second time only as repeated; no gap is told where
 * there is none; each event that was committed is told.
 *
 * A light that follows one line. An Action has answers to each event that it hears of, and its turn before the journal's, as
 * after a reload. The kernel keeps fewer edges than come. Not modelled: the first level, timers (their events are committed
 * as those of the Action are), a ring that overflows. What a store to memory changes survives a kill, as the line does.
 *
 * -DONE_BANK: a commit that was cut short is taken for a whole one
 * -DCOMMIT_FIRST: an edge counts as handled before the relay has moved, and never does
 * -DWITHOUT_INBOX: what was read and not handled goes with the process
 * -DWITHOUT_COMMIT: an edge that was handled is told as lost: what was read next has taken its place
 * -DTOLD_IN_ONE_ROUND: an event that nobody has committed is told, and its serial number given to another one
 * -DPOSITION_FIRST: a reporter that was killed in between tells of a gap that was none
 * -DWITHOUT_OFFERED: what is told again is not marked
 */

#define EDGES 3
#define KILLS 2
#define KEPT 2  /* by the kernel, GPIO_EDGES_KEPT */
#define INBOX 2 /* GPIO_EDGES_READ */
#define RING 10 /* more than there are events, lost ones and answers included */

#define EDGE(n) (n)
#define LOST(n) (20 + (n)) /* before this edge so many as come in `lost` */
#define ANSWER(n) (40 + (n))

/* The kernel: edges that wait, and the line of the relay. The level after edge n is n % 2. */
byte waiting[KEPT];
byte waiting_n, edges;
bool relay;
byte relay_for; /* the edge that it was last changed for */

/* The memory that outlives the process: two banks of fields, and blocks. */
typedef bank {
	byte last;           /* input_kept.last_seqno */
	byte head;           /* and hub.counters.emitted, which is the same here: nothing overflows */
	bool on              /* of the light */
};
bank banks[2];
bit committed;
byte inbox[INBOX];
byte ring[RING];
byte position, serial, offered; /* hub_late_place of the journal */
byte action_position;

/* The process. */
byte last, head, round;
bool on, has_line;
bool kill;

/* What was told, by serial, and what became of each edge. */
byte told[RING];
byte handled[EDGES + 1];
bool was_read[EDGES + 1];
byte kills;

inline copy_to(b) /* memory.c: save() */
{
	banks[b].last = last;
	banks[b].head = head;
	banks[b].on = on
}

inline commit() /* memory.c: memory_commit() */
{
#ifdef ONE_BANK
	copy_to(committed)
#else
	copy_to(1 - committed);
	committed = 1 - committed
#endif
}

inline emit(what) /* hub.c: hub_emit(), put(): the serial number is the position, from 1 */
{
	ring[head] = what;
	head++
}

inline set_relay(edge) /* output.c: show(), set() */
{
	if
	:: has_line && relay != on ->
		d_step {
			assert(edge > relay_for);
			relay = on;
			relay_for = edge }
	:: else
	fi
}

inline report_edge(edge) /* input.c */
{
	if
	:: edge > last + 1 ->
		d_step {
			lost = edge - last - 1;
			assert(!was_read[last + 1]);
			last = edge };
		emit(LOST(edge))
	:: else -> last = edge
	fi;
	emit(EDGE(edge)); /* on-off.c: say() */
#ifdef COMMIT_FIRST
	commit();
#endif
	on = edge % 2; /* light-controller.c: carry_out() */
	set_relay(edge);
#ifndef WITHOUT_COMMIT
#ifndef COMMIT_FIRST
	commit() /* input.c: handled() */
#endif
#endif
}

inline report_inbox() /* input.c: the inbox in its order, what was handled left out */
{
	i = 0;
	do
	:: i < INBOX && inbox[i] > last -> report_edge(inbox[i]); i++
	:: i < INBOX && inbox[i] <= last -> i++
	:: i == INBOX -> break
	od;
	i = 0
}

inline read_edges() /* input.c: clear_inbox(), one read(2), each edge */
{
	inbox[0] = 0;
	inbox[1] = 0;
	d_step { /* read(2): all that it takes, or nothing */
		i = 0;
		do
		:: i < INBOX && waiting_n > 0 ->
			inbox[i] = waiting[0];
			was_read[waiting[0]] = true;
			waiting[0] = waiting[1];
			waiting[1] = 0;
			waiting_n--;
			i++
		:: else -> break
		od;
		i = 0 };
	report_inbox()
}

inline start() /* handover.c: handover_take(); memory.c: recall(); hub.c: hub_new_in() */
{
	d_step {
		has_line = false;
		last = banks[committed].last;
		head = banks[committed].head;
		on = banks[committed].on;
		i = 0 };
	/* late.c: hub_subscribe_late_kept() */
	d_step {
		if
		:: position > head || serial > head -> position = head; serial = head
		:: else
		fi;
		if
		:: action_position > head -> action_position = head
		:: else
		fi };
	/* input.c: go_on() */
	report_inbox();
	do
	:: waiting_n > 0 -> read_edges()
	:: else -> break
	od;
	has_line = true; /* output.c: keeper_opened() */
	set_relay(last);
	commit() /* room.c: room_start() */
}

/* late.c: dispatch_to(), for the Action: unit started, `action_started` emitted */
inline action_turn()
{
	do
	:: action_position < round ->
		if
		:: ring[action_position] < ANSWER(0) -> emit(ANSWER(action_position))
		:: else
		fi;
		action_position++
	:: else -> break
	od
}

/* late.c: dispatch_to(), set_offered(), on_event() of report/journal.c, set_taken() */
inline journal_turn()
{
	do
#ifdef TOLD_IN_ONE_ROUND
	:: position < head ->
#else
	:: position < round ->
#endif
		assert(serial >= position); /* else report_gap() tells of a gap */
		serial = position;
		marked = (offered == position + 1);
#ifndef WITHOUT_OFFERED
		offered = position + 1;
#endif
		d_step { /* one datagram to the journal */
			assert(told[position] == 0 || (told[position] == ring[position] && marked));
			told[position] = ring[position] };
#ifdef POSITION_FIRST
		position++;
		serial = position
#else
		serial = position + 1;
		position++
#endif
	:: else -> break
	od
}

inline on_late() /* room.c: on_late(), hub_dispatch_late() */
{
	commit();
	round = head;
	action_turn();
	journal_turn();
	round = 0
}

active proctype roomd()
{
	byte i, lost;
	bool marked;

again:	{
		start();
end:		do
		:: waiting_n > 0 -> read_edges()
		:: waiting_n == 0 && (position < head || action_position < head) -> on_late()
		od
	} unless { kill };
	d_step { kill = false; round = 0; i = 0; lost = 0; marked = false;
#ifdef WITHOUT_INBOX
	inbox[0] = 0; inbox[1] = 0;
#endif
	};
	goto again
}

/* The world: edges, of which the kernel drops the oldest if nobody reads. */
active proctype world()
{
end:	do
	:: d_step { edges < EDGES ->
		edges++;
		if
		:: waiting_n == KEPT -> waiting[0] = waiting[1]; waiting[1] = edges
		:: else -> waiting[waiting_n] = edges; waiting_n++
		fi }
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
	byte i, n;

	timeout ->
	d_step {
		assert(relay == EDGES % 2 && last == EDGES);
		assert(position == head && position == serial);
		i = 0;
		do
		:: i < head ->
			assert(told[i] == ring[i] && told[i] != 0);
			if
			:: told[i] < LOST(0) -> handled[told[i]]++
			:: told[i] > LOST(0) && told[i] < ANSWER(0) ->
				/* All edges before that one, down to one that was handled, are lost. */
				n = told[i] - LOST(0) - 1;
				do
				:: n > 0 && handled[n] == 0 -> handled[n]++; n--
				:: else -> break
				od
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 1;
		do
		:: i <= EDGES -> assert(handled[i] == 1); i++
		:: else -> break
		od }
}
