/* What a real room answers to Describe(). */
import { readFileSync } from "node:fs";
import { readKinds } from "../src/model.js";

const file = new URL("../../tests/mqtt/description.json", import.meta.url);

export const kinds = readKinds(Object.entries(JSON.parse(readFileSync(file, "utf8"))));

/* A component as GetManagedObjects() has it. */
export function faces(kind, values) {
	const variants = Object.entries(values).map(([key, v]) => [key, { t: typeof v === "boolean" ? "b" : "s", v }]);
	return { "org.freedesktop.DBus.Peer": {}, [`org.roomd1.${kind}`]: Object.fromEntries(variants) };
}
