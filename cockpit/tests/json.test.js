import assert from "node:assert/strict";
import test from "node:test";
import { parseJson, unwrap } from "../src/json.js";

test("a number that is not one is null", () => {
	assert.deepEqual(parseJson('{"v": NaN, "w": [-Infinity, Infinity, 1]}'), { v: null, w: [null, null, 1] });
});

test("the same word in a text stays", () => {
	assert.deepEqual(parseJson('{"NaN": "is NaN, \\"NaN\\" and \\\\", "v": NaN}'), { NaN: 'is NaN, "NaN" and \\', v: null });
});

test("what is no JSON is an error all the same", () => {
	assert.throws(() => parseJson('{"v": nan}'), SyntaxError);
});

test("variants in variants are unwrapped, other objects stay", () => {
	const data = { a: { t: "as", v: ["x"] }, b: { t: "a{sv}", v: { c: { t: "d", v: 1.5 } } }, t: 1 };
	assert.deepEqual(unwrap(data), { a: ["x"], b: { c: 1.5 }, t: 1 });
});
