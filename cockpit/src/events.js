/* Events as they came, the newest first. */
import { unwrap } from "./json.js";
import { formatNumber } from "./words.js";

export const eventsMax = 500;

/* Importance, as in syslog(3). */
const warning = 4;

/* An event says its unit, a property how exact that is. */
function precisionOf(kind, unit) {
	return [...kind?.properties.values() ?? []].find(one => one.type === "d" && one.unit === unit)?.precision ?? 0;
}

function eventText(kind, described, data) {
	const parts = [];
	if (described?.number && described.number in data)
		parts.push(formatNumber(data[described.number], precisionOf(kind, described.unit), described.unit));
	if (described?.text && data[described.text])
		parts.push(data[described.text]);
	if (data.by && data.by !== data[described?.text])
		parts.push(`by ${data.by}`);
	return parts.join(", ");
}

/* component: its object, which may be gone; the data is that of the signal. */
export function readEvent(kinds, component, path, name, serial, realtimeUsec, data) {
	const kind = kinds.get(component?.kind), described = kind?.events.get(name);
	const plain = unwrap(data);
	return {
		path,
		serial,
		name,
		ms: (plain.realtime_usec ?? realtimeUsec) / 1000,
		who: component ? `${component.kind}/${component.name}` : path,
		location: plain.location ?? component?.location ?? "",
		words: described?.words || name.replace(/_/g, " "),
		detail: eventText(kind, described, plain),
		important: (described?.level ?? warning + 1) <= warning,
	};
}

function lost(n, event) {
	return { serial: event.serial - 1, lost: n, ms: event.ms, who: "", words: `${n} events before this were not received`,
	         detail: "", location: "", path: "", important: true };
}

/* A step of more than one between serial numbers is said; what is there already is not taken again. */
export function addEvent(list, event) {
	if (list.length > 0 && event.serial <= list[0].serial)
		return list;
	const missing = list.length > 0 ? event.serial - list[0].serial - 1 : 0;
	const added = missing > 0 ? [event, lost(missing, event)] : [event];
	return [...added, ...list].slice(0, eventsMax);
}
