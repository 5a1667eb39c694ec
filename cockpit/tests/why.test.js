import assert from "node:assert/strict";
import test from "node:test";
import { askChain, nextText, whyText } from "../src/why.js";

const variant = values => Object.fromEntries(Object.entries(values).map(([key, v]) => [key, { t: typeof v === "number" ? "t" : "s", v }]));
const light = { kind: "LightController", name: "hall", path: "/l" };
const motion = { kind: "MotionSensor", name: "hall", path: "/m" };
const components = new Map([light, motion].map(one => [one.path, one]));
const times = { format: (clock, usec) => `${clock} ${usec}` };

test("each because of the next", async () => {
	const by = { "/l": "MotionSensor/hall", "/m": "" };
	const chain = await askChain(async one => variant({ state: "on", because: "motion", by: by[one.path] }), components, light);
	assert.deepEqual(chain.map(one => one.who), ["LightController/hall", "MotionSensor/hall"]);
});

test("a circle ends", async () => {
	const chain = await askChain(async () => variant({ state: "on", by: "LightController/hall" }), components, light);
	assert.equal(chain.length, 8);
});

test("who is gone ends it", async () => {
	const chain = await askChain(async () => variant({ state: "on", by: "Button/gone" }), components, light);
	assert.equal(chain.length, 1);
});

test("the words of roomctl", () => {
	assert.equal(whyText({ state: "on", since: 5, because: "motion" }, times), "on, since monotonic 5: motion");
	assert.equal(whyText({ state: "off", since: 0, because: "" }, times), "off");
	assert.equal(nextText({ then: "off", at: 7 }, times), "off: monotonic 7");
	assert.equal(nextText({ then: "on with the next motion", at: 0 }, times), "on with the next motion");
	assert.equal(nextText({ then: "", at: 0 }, times), "");
});
