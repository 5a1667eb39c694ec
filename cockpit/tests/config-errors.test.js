import assert from "node:assert/strict";
import test from "node:test";
import { countLines, lineRange, readErrors } from "../src/config-errors.js";

const output = `roomd: error: roomd.conf:7: [Foo b]: unknown kind; did you mean [Fan ...]?
roomd: error: roomd.conf.d/50-x.conf:2: [Switch a] Lin=: unknown key
roomd: warning: roomd.conf:3: [Switch a] Line=GPIO1: old
roomd: error: the configuration has 2 errors; nothing was started
`;

test("errors at their lines, in the order of the file, those of other files last", () => {
	assert.deepEqual(readErrors(output, "roomd.conf"), [
		{ level: "warning", line: 3, text: "[Switch a] Line=GPIO1: old" },
		{ level: "error", line: 7, text: "[Foo b]: unknown kind; did you mean [Fan ...]?" },
		{ level: "error", line: 0, text: "roomd.conf.d/50-x.conf:2: [Switch a] Lin=: unknown key" },
	]);
});

test("what a reload says, which has no program's name before it", () => {
	assert.deepEqual(readErrors("/etc/roomd/roomd.conf:2: [Switch a]: x: y:3: z", "/etc/roomd/roomd.conf"),
		[{ level: "error", line: 2, text: "[Switch a]: x: y:3: z" }]);
});

test("an error without a line is not lost", () => {
	assert.deepEqual(readErrors("roomd: error: roomd.conf: cannot be read", "roomd.conf"),
		[{ level: "error", line: 0, text: "roomd.conf: cannot be read" }]);
});

test("the effective configuration of a right one has no errors", () => {
	assert.deepEqual(readErrors("# The effective configuration of roomd.conf\n\n[Switch a]\nLine=GPIO1\n", "roomd.conf"), []);
});

test("where a line is in the text", () => {
	assert.deepEqual(lineRange("ab\ncde\n", 1), [0, 2]);
	assert.deepEqual(lineRange("ab\ncde\n", 2), [3, 6]);
	assert.deepEqual(lineRange("ab\ncde\n", 3), [7, 7]);
	assert.equal(countLines("ab\ncde\n"), 3);
	assert.equal(countLines(""), 1);
});
