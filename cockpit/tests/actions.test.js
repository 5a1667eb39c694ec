import assert from "node:assert/strict";
import test from "node:test";
import { actionLabel, controlsOf, isRefused, toArgument } from "../src/actions.js";
import { kinds } from "./kinds.js";

const on = { name: "On", type: "b", class: "on" };
const kind = {
	properties: new Map([["On", on]]),
	actions: [
		{ name: "SetOn", arguments: [["on", "b"]] },
		{ name: "SetOnFor", arguments: [["on", "b"], ["usec", "t"]] },
		{ name: "Lock", arguments: [] },
		{ name: "SetQuiet", arguments: [["quiet", "b"]] },
	],
};

test("labels are the names in words", () => {
	assert.equal(actionLabel("SetAutomatic"), "Automatic");
	assert.equal(actionLabel("Acknowledge"), "Acknowledge");
	assert.equal(actionLabel("Settle"), "Settle");
});

test("each action in the form that its arguments ask for", () => {
	const controls = controlsOf(kind, { values: { On: true } });
	assert.deepEqual(controls.map(one => one.form), ["toggle", "fields", "button", "fields"]);
	assert.deepEqual(controls[0].words, ["On", "Off"]);
	assert.equal(controls[0].value, true);
	assert.equal(controls[1].type, "bt");
	assert.deepEqual(controls[1].fields.map(one => one.input), ["choice", "number"]);
});

test("every action of every kind of a real room has a form", () => {
	for (const one of kinds.values())
		for (const control of controlsOf(one, { values: {} }))
			assert.ok(["toggle", "button", "fields"].includes(control.form), control.action);
});

test("minutes become microseconds", () => {
	const minutes = controlsOf(kind, { values: {} })[1].fields[1];
	assert.equal(toArgument(minutes, "1.5"), 90e6);
	assert.equal(toArgument(minutes, "1,5"), 90e6);
});

test("what is no number is no argument", () => {
	for (const text of ["", " ", "x", "-1", "1e999"])
		assert.equal(toArgument({ type: "d", factor: 1 }, text), null);
	assert.equal(toArgument({ type: "s" }, ""), "");
	assert.equal(toArgument({ type: "b" }, "false"), false);
});

test("only a refusal is something for an administrator", () => {
	assert.ok(isRefused({ name: "org.roomd1.Error.NotAuthorized" }));
	assert.ok(!isRefused({ name: "org.roomd1.Error.NothingToDo" }));
});
