import assert from "node:assert/strict";
import test from "node:test";
import { axisLabels, formatTime, Times } from "../src/times.js";

const noon = new Date(2026, 10, 28, 12, 0, 5).getTime();

test("a time of today has no day, one of another day has it", () => {
	assert.equal(formatTime(noon, noon + 3600e3), "12:00:05");
	assert.equal(formatTime(noon, noon + 86400e3), "2026-11-28 12:00:05");
});

test("monotonic times are known once both clocks are", () => {
	const times = new Times();
	assert.equal(times.format("monotonic", 5e6), "not known");
	times.learn(noon * 1000, 10e6, noon);
	assert.equal(times.toMs("monotonic", 5e6), noon - 5000);
	assert.equal(times.toMs("realtime", noon * 1000), noon);
});

test("0 is no time", () => {
	const times = new Times();
	times.learn(noon * 1000, 10e6, noon);
	assert.equal(times.format("monotonic", 0), "none");
	assert.equal(times.format("realtime", 0), "none");
});

test("now is that of the room, whatever the browser's clock says", () => {
	const times = new Times();
	times.learn(noon * 1000, 10e6, 1000);
	assert.equal(times.now(3000), noon + 2000);
});

test("after the room's clock was set, an event says what it is now", () => {
	const times = new Times();
	times.learn(1e6, 10e6, noon);
	times.learnFromEvent(noon * 1000, 20e6);
	assert.equal(times.toMs("monotonic", 20e6), noon);
});

test("marks of hours have the day at the first and where a new one begins", () => {
	const from = new Date(2026, 10, 27, 22).getTime() / 1000;
	assert.deepEqual(axisLabels([from, from + 3600, from + 7200, from + 10800], 3600),
		["22:00\n2026-11-27", "23:00", "00:00\n2026-11-28", "01:00"]);
});

test("marks of seconds have seconds, marks of days only the day", () => {
	const from = new Date(2026, 10, 27, 22, 0, 30).getTime() / 1000;
	assert.deepEqual(axisLabels([from], 10), ["22:00:30\n2026-11-27"]);
	assert.deepEqual(axisLabels([from], 86400), ["11-27"]);
});
