import assert from "node:assert/strict";
import test from "node:test";
import { componentOfPath, readSeries, seriesOf, sortSeries, summary, toCurves, toRows } from "../src/history.js";
import { kinds } from "./kinds.js";

/* begin, end, state, min, mean, max, n, last, on, text. */
const point = (begin, state, mean, on = 0) => [begin * 1e6, (begin + 10) * 1e6, state, mean - 1, mean, mean + 1, 1, mean, on, ""];

test("numbers stand in the middle of their step; where nothing is known, there is no line", () => {
	const curves = toCurves("d", [point(0, 0, 20), point(10, 1, 0), point(20, 2, 0), point(30, 0, 22)]);
	assert.deepEqual(curves[0], [5, 15, 25, 35]);
	assert.deepEqual(curves.at(-1), [20, null, null, 22]);
	assert.deepEqual(curves[1], [19, null, null, 21]);
});

test("a mean that is no number is not known", () => {
	assert.deepEqual(toCurves("d", [[0, 1e6, 0, null, null, null, 0, null, 0, ""]]).at(-1), [null]);
});

test("on/off is the share of the step, from its begin on", () => {
	const curves = toCurves("b", [point(0, 0, 0, 10e6), point(10, 0, 0, 5e6), point(20, 1, 0, 0)]);
	assert.deepEqual(curves, [[0, 10, 20], [1, 0.5, null]]);
});

test("the range in figures; nothing known is no range", () => {
	assert.deepEqual(summary("d", toCurves("d", [point(0, 0, 20), point(10, 0, 22)])), { mean: 21, n: 2, min: 19, max: 23 });
	assert.equal(summary("d", toCurves("d", [point(0, 1, 0)])), null);
	assert.deepEqual(summary("b", toCurves("b", [point(0, 0, 0, 5e6)])), { mean: 0.5, n: 1 });
});

test("words are no curve, and those of others are others'", () => {
	const series = readSeries([
		["button/a", "Pressed", "b", "pressed", "", "0", 1, 2],
		["button/b", "Pressed", "b", "pressed", "", "0", 1, 2],
		["button/a", "Word", "s", "", "", "0", 1, 2],
	]);
	assert.deepEqual(seriesOf(series, "button/a").map(one => one.property), ["Pressed"]);
	assert.equal(componentOfPath("/org/roomd1/door_lock/front_2ddoor"), "door_lock/front_2ddoor");
});

test("what is of the device comes after what is of the room", () => {
	const series = ["Available", "Motion", "Suspect"].map(property => ({ property, class: property === "Available" ? "available" : "" }));
	const names = sortSeries(kinds.get("MotionSensor"), series).map(part => part.map(one => one.property));
	assert.deepEqual(names, [["Motion"], ["Available", "Suspect"]]);
});

test("a table has few rows, the newest first, and what is known of each", () => {
	const curves = [[0, 1, 2, 3, 4], [1, 3, null, 5, null]];
	assert.deepEqual(toRows(curves, 3), [[4, null], [2, 5], [0, 2]]);
	assert.deepEqual(toRows(curves, 10).length, 5);
	assert.deepEqual(toRows([[], []], 10), []);
});
