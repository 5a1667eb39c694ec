/* Values and names as a person reads them. */

/* "SetOnFor" → "set on for", "carbon_dioxide" → "carbon dioxide". */
export function splitWords(name) {
	return name.replace(/_/g, " ").replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

export function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/* A property as a title: of a "Value" its class says more. */
export function propertyTitle(name, klass) {
	return capital(splitWords(name === "Value" && klass ? klass : name));
}

/* Booleans by their class: org.roomd1(5), Describe(). */
const truths = {
	motion: ["motion", "no motion"],
	opening: ["open", "closed"],
	pressed: ["pressed", "released"],
	on: ["on", "off"],
	manual: ["by hand", "automatic"],
	locked: ["locked", "unlocked"],
	jammed: ["jammed", "not jammed"],
	alert: ["alert", "no alert"],
	active: ["active", "inactive"],
	running: ["running", "not running"],
	problem: ["yes", "no"],
	available: ["available", "unavailable"],
};

export function truthWords(klass) {
	return truths[klass] ?? ["yes", "no"];
}

export function formatNumber(value, precision, unit) {
	if (value === null || value === undefined || !Number.isFinite(value))
		return "not known";
	const sign = Number(value.toFixed(precision)) === 0 ? Math.abs(value) : value;
	return unit ? `${sign.toFixed(precision)} ${unit}` : sign.toFixed(precision);
}

/* times: what formats a property that is a time (times.js). */
export function formatValue(property, value, times) {
	if (property.clock)
		return times.format(property.clock, value);
	if (typeof value === "boolean")
		return truthWords(property.class)[value ? 0 : 1];
	if (property.type === "d" || typeof value === "number" || value === null)
		return formatNumber(value, property.type === "d" ? property.precision : 0, property.unit);
	return value === "" ? "none" : String(value);
}

/* "1 component", "2 components". */
export function count(n, one, many = `${one}s`) {
	return `${n} ${n === 1 ? one : many}`;
}
