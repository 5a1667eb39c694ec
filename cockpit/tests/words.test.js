import assert from "node:assert/strict";
import test from "node:test";
import { capital, count, formatNumber, formatValue, propertyTitle, splitWords, truthWords } from "../src/words.js";

test("names as words", () => {
	assert.equal(splitWords("SetOnFor"), "set on for");
	assert.equal(splitWords("carbon_dioxide"), "carbon dioxide");
	assert.equal(splitWords("ReadAt"), "read at");
	assert.equal(capital("on for"), "On for");
	assert.equal(capital(""), "");
	assert.equal(propertyTitle("ReadAt", "time"), "Read at");
	assert.equal(propertyTitle("Value", "temperature"), "Temperature");
	assert.equal(propertyTitle("Value", ""), "Value");
});

test("numbers with as many digits as were promised, and their unit", () => {
	assert.equal(formatNumber(21.549, 1, "°C"), "21.5 °C");
	assert.equal(formatNumber(-0.04, 1, "°C"), "0.0 °C");
	assert.equal(formatNumber(-0.06, 1, "°C"), "-0.1 °C");
	assert.equal(formatNumber(3, 0, ""), "3");
});

test("what is not known is no number", () => {
	for (const value of [null, undefined, NaN, Infinity])
		assert.equal(formatNumber(value, 1, "°C"), "not known");
});

test("a boolean by its class; of a class that is new, yes and no", () => {
	assert.equal(formatValue({ type: "b", class: "opening" }, true), "open");
	assert.equal(formatValue({ type: "b", class: "locked" }, false), "unlocked");
	assert.equal(formatValue({ type: "b", class: "brand new" }, false), "no");
	assert.deepEqual(truthWords("on"), ["on", "off"]);
});

test("a value by its type", () => {
	assert.equal(formatValue({ type: "d", precision: 2, unit: "%" }, null), "not known");
	assert.equal(formatValue({ type: "t", precision: 0, unit: "" }, 12), "12");
	assert.equal(formatValue({ type: "s" }, ""), "none");
	assert.equal(formatValue({ type: "s" }, "<b>high</b>"), "<b>high</b>");
	assert.equal(formatValue({ type: "t", clock: "monotonic" }, 7, { format: (clock, usec) => `${clock} ${usec}` }), "monotonic 7");
});

test("one and many", () => {
	assert.equal(count(1, "component"), "1 component");
	assert.equal(count(0, "component"), "0 components");
});
