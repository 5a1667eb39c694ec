import assert from "node:assert/strict";
import test from "node:test";
import { byPlace, changeComponent, findByName, inOrder, matches, propertiesOf, readComponent, readComponents } from "../src/model.js";
import { faces, kinds } from "./kinds.js";

const path = "/org/roomd1/light_controller/hall";
const light = () => readComponent(kinds, path, faces("LightController",
	{ Name: "hall", Location: "Hall", Available: true, Summary: "on", On: true }));

test("a component is what has the interface of a kind", () => {
	assert.equal(light().kind, "LightController");
	assert.equal(light().summary, "on");
	assert.equal(readComponent(kinds, "/org/roomd1", { "org.roomd1.Manager": {}, "org.roomd1.Device": {} }), null);
	assert.equal(readComponent(kinds, "/org/roomd1/lamp/x", faces("Lamp", { Name: "x" })), null);
});

test("a change makes a new object, and leaves the old one", () => {
	const old = light(), changed = changeComponent(old, "org.roomd1.LightController", { On: { t: "b", v: false } });
	assert.equal(changed.values.On, false);
	assert.equal(changed.name, "hall");
	assert.equal(old.values.On, true);
});

test("a change of another interface changes nothing", () => {
	const old = light();
	assert.equal(changeComponent(old, "org.roomd1.Device", { Since: { t: "t", v: 1 } }), old);
});

test("available with a reason is available", () => {
	const changed = changeComponent(light(), "org.roomd1.LightController", { Reason: { t: "s", v: "found again" } });
	assert.equal(changed.available, true);
	assert.equal(changed.reason, "found again");
});

test("the order is that of the configuration, then by path", () => {
	const objects = Object.fromEntries(["b", "a", "c"].map(name =>
		[`/org/roomd1/button/${name}`, faces("Button", { Name: name })]));
	const ordered = inOrder(readComponents(kinds, objects), ["/org/roomd1/button/c"]);
	assert.deepEqual(ordered.map(one => one.name), ["c", "a", "b"]);
});

test("places come in the order of their first component", () => {
	const at = (name, location) => ({ name, location });
	const places = byPlace([at("a", "Hall"), at("b", "Cellar"), at("c", "Hall")]);
	assert.deepEqual(places.map(([place, all]) => [place, all.map(one => one.name).join("")]), [["Hall", "ac"], ["Cellar", "b"]]);
});

test("a filter takes all words, wherever they are", () => {
	assert.ok(matches(light(), "hall ON light"));
	assert.ok(matches(light(), ""));
	assert.ok(!matches(light(), "hall off"));
});

test("who is meant by kind and name", () => {
	const components = new Map([[path, light()]]);
	assert.equal(findByName(components, "LightController/hall").path, path);
	assert.equal(findByName(components, "MotionSensor/hall"), undefined);
	assert.equal(findByName(components, ""), undefined);
});

test("only properties that the kind declares and the component has, and none of those that all have", () => {
	const names = propertiesOf(kinds.get("LightController"), light()).map(([property]) => property.name);
	assert.deepEqual(names, ["On"]);
});

test("what a kind says that is not understood is left out, and the rest stays", () => {
	const strange = kinds.get("Strange");
	assert.ok([...strange.properties.values()].every(property => typeof property.name === "string"));
	assert.deepEqual(strange.actions, []);
});
