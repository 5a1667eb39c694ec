import { useEffect, useState } from "preact/hooks";
import { formatTime } from "../times.js";
import { Button } from "./parts.jsx";

function EventRow({ event, now, one }) {
	return (
		<tr>
			<td class="room-time">{formatTime(event.ms, now)}</td>
			{!one && <td class="room-text">{event.who}</td>}
			<td class={`room-text${event.important ? " room-warn" : ""}`}>
				{event.words}{event.detail && <span class="room-quiet"> {event.detail}</span>}
			</td>
			{!one && <td class="room-text room-quiet">{event.location}</td>}
		</tr>
	);
}

/* What somebody reads must not run away: new ones wait until they are asked for. */
function useHeld(events) {
	const [held, setHeld] = useState(null);
	const shown = held ?? events;
	return { shown, held: held !== null, hold: () => setHeld(events), release: () => setHeld(null) };
}

/* one: they are all of one component. */
export function EventTable({ room, events, one }) {
	const { shown, held, hold, release } = useHeld(events), now = room.times.now();
	useEffect(() => room.wantEvents(), [room]);
	if (events.length === 0)
		return <p class="room-quiet">No events yet.</p>;
	return (
		<div class="room-stack">
			<div class="room-line">
				<Button small onClick={held ? release : hold}>{held ? "Go on" : "Hold"}</Button>
				<span class="room-quiet">{held ? "New events wait." : "New events come in at the top."}</span>
			</div>
			<div class={`room-scroll${one ? " room-short" : ""}`} tabIndex={0} role="region" aria-label="Events">
				<table class="room-table room-events">
					<thead>
						<tr>
							<th scope="col">Time</th>
							{!one && <th scope="col">Component</th>}
							<th scope="col">Event</th>
							{!one && <th scope="col">Place</th>}
						</tr>
					</thead>
					<tbody>
						{shown.map(event => (
							<EventRow key={`${event.serial}${event.lost ? "-" : ""}`} event={event} now={now} one={one} />
						))}
					</tbody>
				</table>
			</div>
		</div>
	);
}
