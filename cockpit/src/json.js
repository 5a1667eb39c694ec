/* JSON as Cockpit's bridge writes it: in version 337 a number that is not one is NaN, -Infinity or Infinity, which JSON
 * has not. They become null, which 287 writes. */

/* A text as a whole, so that nothing in it is found, or one of those words. */
const words = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

export function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return JSON.parse(text.replace(words, found => (found[0] === "\"" ? found : "null")));
	}
}

/* What is in a variant, {"t": type, "v": value}, and in those in it. */
export function unwrap(value) {
	if (Array.isArray(value))
		return value.map(unwrap);
	if (value === null || typeof value !== "object")
		return value;
	if ("v" in value && "t" in value && Object.keys(value).length === 2)
		return unwrap(value.v);
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unwrap(one)]));
}
