/* What org.roomd1.History has, as curves. */
import { unwrap } from "./json.js";

const stateKnown = 0;

/* Series() as objects. */
export function readSeries(series) {
	return series.map(([component, property, type, klass, unit, precision, first, last]) =>
		({ component, property, type, class: klass, unit, precision: Number(precision), first, last }));
}

/* Those of a component, "light_controller/hall", that can be drawn: numbers and on/off. */
export function seriesOf(series, component) {
	return series.filter(one => one.component === component && (one.type === "d" || one.type === "b"));
}

/* [what is of the room, what is of the device]: the second is for who looks for a fault. */
export function sortSeries(kind, series) {
	const ofDevice = one => one.class === "available" || kind.properties.get(one.property)?.diagnostic === true;
	return [series.filter(one => !ofDevice(one)), series.filter(ofDevice)];
}

/* "/org/roomd1/light_controller/hall" → "light_controller/hall". */
export function componentOfPath(path) {
	return path.slice("/org/roomd1/".length);
}

function readPoint(point) {
	const [begin, end, state, min, mean, max, n, last, on] = unwrap(point);
	return { begin, end, state, min, mean, max, n, last, on };
}

/* Points() as uPlot takes them: [times in s, curve, ...], the mean last. null where nothing is known: a gap is not a line. A
 * number is in the middle of its step, with the least and the most around it; on/off is the share of the step, from its begin on. */
export function toCurves(type, points) {
	return type === "b" ? truthCurves(points.map(readPoint)) : numberCurves(points.map(readPoint));
}

function known(point, value) {
	return point.state === stateKnown && value !== null && Number.isFinite(value) ? value : null;
}

function numberCurves(points) {
	return [
		points.map(one => (one.begin + one.end) / 2e6),
		points.map(one => known(one, one.min)),
		points.map(one => known(one, one.max)),
		points.map(one => known(one, one.mean)),
	];
}

function truthCurves(points) {
	return [
		points.map(one => one.begin / 1e6),
		points.map(one => known(one, one.end > one.begin ? one.on / (one.end - one.begin) : null)),
	];
}

function mean(values) {
	const known = values.filter(one => one !== null);
	return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
}

/* At most so many rows, [time, mean], the newest first: neighbours are taken together. */
export function toRows(curves, most) {
	const times = curves[0], values = curves.at(-1), every = Math.max(1, Math.ceil(times.length / most));
	return times.filter((_time, i) => i % every === 0)
		.map((time, i) => [time, mean(values.slice(i * every, (i + 1) * every))])
		.reverse();
}

/* The range of a curve: {min, mean, max, n}, or null. The mean is that of steps, which are equally long. */
export function summary(type, curves) {
	const pick = i => curves.at(i).filter(one => one !== null);
	const n = pick(-1).length;
	if (n === 0)
		return null;
	if (type === "b")
		return { mean: mean(curves.at(-1)), n };
	return { mean: mean(curves.at(-1)), n, min: Math.min(...pick(1)), max: Math.max(...pick(2)) };
}
