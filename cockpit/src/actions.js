/* What a kind declares that can be done, as controls. Knows no kind: an action with no argument is a button; one with a
 * boolean of which there is a property, "SetOn" and "On", two buttons of which one is pressed; all others a form. */
import { capital, splitWords, truthWords } from "./words.js";

/* "SetAutomatic" → "Automatic", "Lock" → "Lock". */
export function actionLabel(name) {
	return capital(splitWords(name.replace(/^Set(?=[A-Z])/, "")));
}

/* An argument's D-Bus type as a field; "usec" is asked for in minutes. */
function field(kind, [name, type]) {
	if (type === "b")
		return { name, type, input: "choice", label: capital(splitWords(name)),
		         words: truthWords(kind.properties.get(capital(name))?.class).map(capital) };
	if (name === "usec")
		return { name, type, input: "number", label: "Minutes", factor: 60e6 };
	return { name, type, input: type === "s" ? "text" : "number", label: capital(splitWords(name)), factor: 1 };
}

function toggleProperty(kind, action) {
	const property = kind.properties.get(action.name.replace(/^Set/, ""));
	return action.arguments.length === 1 && action.arguments[0][1] === "b" && property?.type === "b" ? property : null;
}

function control(kind, component, action) {
	const property = toggleProperty(kind, action);
	const base = { action: action.name, label: actionLabel(action.name), type: action.arguments.map(one => one[1]).join("") };
	if (property)
		return { ...base, form: "toggle", words: truthWords(property.class).map(capital), value: component.values[property.name] };
	if (action.arguments.length === 0)
		return { ...base, form: "button" };
	return { ...base, form: "fields", fields: action.arguments.map(one => field(kind, one)) };
}

export function controlsOf(kind, component) {
	return kind.actions.map(action => control(kind, component, action));
}

/* What somebody typed, as an argument; null: that is none. */
export function toArgument({ type, factor }, text) {
	if (type === "b")
		return text === "true" || text === true;
	if (type === "s")
		return String(text);
	const number = Number(String(text).replace(",", "."));
	if (String(text).trim() === "" || !Number.isFinite(number) || number < 0)
		return null;
	return type === "d" ? number * factor : Math.round(number * factor);
}

/* Whether an administrator could do it where this user may not. */
export function isRefused(error) {
	return ["org.roomd1.Error.NotAuthorized", "org.freedesktop.DBus.Error.AccessDenied"].includes(error.name);
}
