/* Times of the machine that the room is at, which is not the one that the browser is on. */

const day = 24 * 3600e3;

function pad(number, width = 2) {
	return String(number).padStart(width, "0");
}

export function formatDay(date) {
	return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export function formatClock(date, seconds = true) {
	return `${pad(date.getHours())}:${pad(date.getMinutes())}${seconds ? `:${pad(date.getSeconds())}` : ""}`;
}

/* now, ms: at another day than that of now with the day. */
export function formatTime(ms, now) {
	const date = new Date(ms);
	const today = formatDay(date) === formatDay(new Date(now));
	return today ? formatClock(date) : `${formatDay(date)} ${formatClock(date)}`;
}

export class Times {
	#offset = null; /* CLOCK_REALTIME - CLOCK_MONOTONIC, µs */
	#ahead = 0;     /* of the room's clock before the browser's, ms */

	/* What both clocks are at the same moment. */
	learn(realtimeUsec, monotonicUsec, now = Date.now()) {
		this.#offset = realtimeUsec - monotonicUsec;
		this.#ahead = realtimeUsec / 1000 - now;
	}

	/* An event has the same moment on both clocks; it may be old. */
	learnFromEvent(realtimeUsec, monotonicUsec) {
		this.#offset = realtimeUsec - monotonicUsec;
	}

	/* ms since 1970, of the room. */
	now(browser = Date.now()) {
		return browser + this.#ahead;
	}

	/* µs of the clock that a property names → ms since 1970; null: not known. */
	toMs(clock, usec) {
		if (!usec || (clock === "monotonic" && this.#offset === null))
			return null;
		return (clock === "monotonic" ? usec + this.#offset : usec) / 1000;
	}

	format(clock, usec) {
		const ms = this.toMs(clock, usec);
		return ms === null ? (usec ? "not known" : "none") : formatTime(ms, this.now());
	}
}

/* Plots: how far back, in seconds. */
export const ranges = [
	["1 hour", 3600],
	["6 hours", 6 * 3600],
	["1 day", 86400],
	["1 week", 7 * 86400],
	["1 month", 31 * 86400],
	["1 year", 366 * 86400],
];

/* Marks of a time axis: times in s, the distance between them in s. The day stands where a new one begins. */
export function axisLabels(splits, step) {
	let last = "";
	return splits.map(split => {
		const date = new Date(split * 1000), today = formatDay(date);
		const label = step >= day / 1000 ? today.slice(5) : formatClock(date, step < 60);
		const first = today !== last && step < day / 1000;
		last = today;
		return first ? `${label}\n${today}` : label;
	});
}
