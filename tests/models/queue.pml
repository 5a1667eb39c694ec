/* Events on their way from roomd's ring to the broker: asked for, in memory, in the file, in flight, acknowledged.
 * src/client/mirror.c, src/mqtt/queue.c, queue-save.c, queue-store.c, outbox.c, bridge.c, broker-pending.c.
 *
 * Promise (src/mqtt/queue.c, queue.h; docs/architecture.md, "The bridge"): each event comes to the broker at least once, for
 * the first time in order; or a bound has pushed it out, and that is counted; or roomd's ring no longer had it, and that is
 * said. What only the ring had goes with the power. (One that was pushed out may come after all, and late: a bridge that is
 * killed before it saved that asks for it again.)
 *
 * The bridge is killed, the connection ends with what is on it, and the power fails, anywhere. Serial numbers are those of
 * all series in a row. A save is one step, as it is one transaction of SQLite (test-mqtt-queue-power). At first the file has
 * a position. Not modelled: the age of events, a broker that refuses one, a file that is damaged or cannot be opened.
 *
 * -DDONE_WHEN_SENT: what was on a connection that ended is lost
 * -DPOSITION_FIRST: killed in between, the successor does not ask for events that the file has not
 * -DWITHOUT_BEGINNING_ANEW: after a new connection what was in flight is not sent again
 * -DWITHOUT_COUNT: that an event was pushed out is forgotten with a kill
 * -DSILENT_SERIES: what the ring of a new series no longer had is missed, and not said
 */

#define EVENTS 4
#define RING 2
#define BOUND 2 /* Events= */
#define IN_FLIGHT 2
#define KILLS 1
#define ENDS 1 /* of the connection */
#define LOSSES 1

/* roomd: its ring has the events above `oldest`. */
byte emitted, series_from;
#define oldest (emitted > series_from + RING -> emitted - RING : series_from)

/* The file, and the memory of the bridge; by serial number. */
bool in_file[EVENTS + 1], queued[EVENTS + 1];
bool counted_in_file[EVENTS + 1], counted[EVENTS + 1];
byte position_in_file, position;
bool changed;
byte length;

/* The outbox, and the connection. */
byte handed;
chan sent = [IN_FLIGHT] of { byte };
chan acknowledged = [IN_FLIGHT] of { byte };
byte in_flight;

/* What has become of each. */
bool got[EVENTS + 1], pushed_out[EVENTS + 1], said_missing[EVENTS + 1], gone_with_power[EVENTS + 1];
byte newest_got;
byte kills, ends, losses;
byte n;

inline end_connection() /* outbox.c: outbox_end(); a new handle of libmosquitto, a clean session */
{
#ifndef WITHOUT_BEGINNING_ANEW
	handed = 0;
#endif
	do
	:: nempty(sent) -> sent?n
	:: nempty(acknowledged) -> acknowledged?n
	:: empty(sent) && empty(acknowledged) -> break
	od;
	in_flight = 0;
	n = 0
}

/* queue.c: make_room(), push_out() */
inline make_room()
{
	do
	:: length > BOUND ->
		n = 1;
		do
		:: queued[n] -> break
		:: else -> n++
		od;
		queued[n] = false;
		counted[n] = true;
		pushed_out[n] = true;
		length--
	:: else -> break
	od;
	n = 0
}

/* mirror.c: on_events(), take_event(), count_missed(); queue.c: queue_add() */
inline take_event()
{
	n = position;
	do
	:: position < oldest ->
		position++;
#ifdef SILENT_SERIES
		said_missing[position] = n > series_from || series_from == 0
#else
		said_missing[position] = true
#endif
	:: else -> break
	od;
	position++;
	queued[position] = true;
	length++;
	changed = true;
	make_room()
}

/* queue-save.c: write_all(), are_saved() */
inline save_events()
{
	n = 1;
	do
	:: n <= EVENTS ->
		in_file[n] = queued[n];
#ifndef WITHOUT_COUNT
		counted_in_file[n] = counted[n];
#endif
		n++
	:: else -> break
	od;
	n = 0;
	changed = false
}

/* queue-save.c: queue_open_file(), take_in(); mirror.c: take_series() */
inline load()
{
	position = (position_in_file > series_from -> position_in_file : series_from);
	length = 0;
	n = 1;
	do
	:: n <= EVENTS ->
		queued[n] = in_file[n];
		length = length + queued[n];
		counted[n] = counted_in_file[n];
		n++
	:: else -> break
	od;
	n = 0;
	changed = false;
	handed = 0;
	end_connection()
}

/* outbox.c: say_event(); queue.c: queue_next() */
inline say_event()
{
	n = handed + 1;
	do
	:: n <= EVENTS && !queued[n] -> n++
	:: else -> break
	od;
	if
	:: n <= EVENTS ->
		handed = n;
		in_flight++;
		sent!n;
#ifdef DONE_WHEN_SENT
		queued[n] = false;
		length--;
		changed = true
#endif
	:: else -> handed = EVENTS
	fi;
	n = 0
}

#define is_more_to_say (queued[1] && handed < 1 || queued[2] && handed < 2 || queued[3] && handed < 3 || queued[4] && handed < 4)

/* The bridge: each turn of its loop is one step, as nobody else sees its memory; what is on the connection and in the file
 * is what a kill leaves. */
active proctype bridge()
{
	byte id;

end:	do
	:: d_step { position < emitted -> take_event() }
	:: d_step { in_flight < IN_FLIGHT && is_more_to_say -> say_event() }
	:: d_step { nempty(acknowledged) -> acknowledged?id; /* outbox.c: finish(); queue.c: queue_done() */
		in_flight--;
		if
		:: queued[id] -> queued[id] = false; length--; changed = true
		:: else
		fi;
		id = 0 }
#ifdef POSITION_FIRST
	:: changed -> position_in_file = position; d_step { save_events() }
#else
	:: d_step { changed -> position_in_file = position; save_events() }
#endif
	:: d_step { kills < KILLS -> kills++; load() }
	od
}

active proctype broker()
{
	byte id;

end:	do
	:: d_step { nempty(sent) && nfull(acknowledged) ->
		sent?id;
		assert(got[id] || id > newest_got || pushed_out[id]);
		if
		:: !got[id] -> newest_got = id
		:: else
		fi;
		got[id] = true;
		acknowledged!id;
		id = 0 }
	od
}

active proctype world()
{
end:	do
	:: d_step { emitted < EVENTS -> emitted++ }
	:: d_step { ends < ENDS -> ends++; end_connection() }
	:: d_step { losses < LOSSES -> losses++; /* of power */
		series_from = emitted;
		n = position_in_file + 1;
		do
		:: n <= emitted -> gone_with_power[n] = true; n++
		:: else -> break
		od;
		load() }
	od
}

active proctype rest()
{
	byte i;

	timeout ->
	d_step {
		assert(length == 0 && position == EVENTS);
		i = 1;
		do
		:: i <= EVENTS -> assert(got[i] || counted[i] || said_missing[i] || gone_with_power[i]); i++
		:: else -> break
		od }
}
