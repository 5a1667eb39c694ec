import assert from "node:assert/strict";
import test from "node:test";
import { addEvent, eventsMax, readEvent } from "../src/events.js";
import { kinds } from "./kinds.js";

const component = { kind: "TemperatureSensor", name: "hall", location: "Hall" };
const data = { value: { t: "d", v: 31.26 }, realtime_usec: { t: "t", v: 5e6 }, location: { t: "s", v: "Hall" } };
const high = serial => readEvent(kinds, component, "/x", "value_high", serial, 0, data);

test("an event in words, with its value in the unit of its kind", () => {
	assert.equal(high(1).words, "high");
	assert.equal(high(1).detail, "31.3 °C");
	assert.equal(high(1).ms, 5000);
	assert.equal(high(1).who, "TemperatureSensor/hall");
	assert.ok(high(1).important);
});

test("what no kind declares is shown by its name", () => {
	const event = readEvent(kinds, undefined, "/org/roomd1/x/y", "some_thing", 2, 7e6, {});
	assert.equal(event.words, "some thing");
	assert.equal(event.who, "/org/roomd1/x/y");
	assert.equal(event.ms, 7000);
	assert.ok(!event.important);
});

test("a reason and who caused it", () => {
	const event = readEvent(kinds, component, "/x", "sensor_unavailable", 3, 0,
		{ reason: { t: "s", v: "no such device" }, by: { t: "s", v: "hall" } });
	assert.equal(event.detail, "no such device, by hall");
});

test("the newest is the first, and none is taken twice", () => {
	const list = [1, 2, 2, 1, 3].reduce((all, serial) => addEvent(all, high(serial)), []);
	assert.deepEqual(list.map(one => one.serial), [3, 2, 1]);
});

test("events that were not received are said", () => {
	const list = addEvent(addEvent([], high(1)), high(5));
	assert.equal(list[1].lost, 3);
	assert.match(list[1].words, /^3 events before this/);
});

test("there are not more than so many", () => {
	let list = [];
	for (let serial = 1; serial <= eventsMax + 5; serial++)
		list = addEvent(list, high(serial));
	assert.equal(list.length, eventsMax);
	assert.equal(list[0].serial, eventsMax + 5);
});
