/* The components of a room, as org.roomd1 tells them. Pure: what comes from the bus in, plain objects out. A component that
 * changes becomes a new object, so that who shows it sees that it has. */
import { unwrap } from "./json.js";

const prefix = "org.roomd1.";

/* A later version may describe what nobody here knows: that is left out. */
function named(list) {
	return Array.isArray(list) ? list.filter(one => typeof one?.name === "string") : [];
}

function readAction(action) {
	return { name: action.name, right: action.right ?? "", arguments: action.arguments ?? [] };
}

function readKind([name, entries]) {
	const kind = unwrap(entries);
	return [name, {
		name,
		path: kind.path ?? "",
		layer: kind.layer ?? "",
		class: kind.class ?? "",
		properties: new Map(named(kind.properties).map(property => [property.name, property])),
		events: new Map(named(kind.events).map(event => [event.name, event])),
		actions: named(kind.actions).map(readAction),
	}];
}

/* What Describe() answers, by kind. */
export function readKinds(described) {
	return new Map(described.map(readKind));
}

/* Of the interfaces of an object, that of its kind; undefined: it is no component. */
function kindOf(kinds, faces) {
	return Object.keys(faces).map(face => face.slice(prefix.length)).find(name => kinds.has(name));
}

/* One object of GetManagedObjects() or InterfacesAdded; null: it is no component. */
export function readComponent(kinds, path, faces) {
	const kind = kindOf(kinds, faces);
	if (!kind)
		return null;
	return { path, kind, face: prefix + kind, ...known(unwrap(faces[prefix + kind])) };
}

function known(values) {
	return {
		values,
		name: values.Name ?? "",
		location: values.Location ?? "",
		available: values.Available === true,
		reason: values.Reason ?? "",
		summary: values.Summary ?? "",
	};
}

export function readComponents(kinds, objects) {
	const all = Object.entries(objects).map(([path, faces]) => readComponent(kinds, path, faces));
	return new Map(all.filter(Boolean).map(component => [component.path, component]));
}

/* After PropertiesChanged; the same object if that is of another interface. */
export function changeComponent(component, face, changed) {
	if (face !== component.face)
		return component;
	return { ...component, ...known({ ...component.values, ...unwrap(changed) }) };
}

/* In the order of the configuration; paths: objects in it. What is not in it comes last. */
export function inOrder(components, paths) {
	const rank = new Map(paths.map((path, i) => [path, i]));
	const of = component => rank.get(component.path) ?? rank.size;
	return [...components.values()].sort((a, b) => of(a) - of(b) || a.path.localeCompare(b.path));
}

/* Whether each of the words is in its name, kind, place or state. */
export function matches(component, words) {
	const text = [component.name, component.kind, component.location, component.summary].join(" ").toLowerCase();
	return words.toLowerCase().split(/\s+/).every(word => text.includes(word));
}

/* [place, components], in the order in which places come first. */
export function byPlace(components) {
	const places = new Map();
	for (const component of components)
		places.set(component.location, [...places.get(component.location) ?? [], component]);
	return [...places];
}

/* The component that "MotionSensor/hall" means. */
export function findByName(components, text) {
	return [...components.values()].find(one => `${one.kind}/${one.name}` === text);
}

/* What is shown of a component beside its name, place and state: [property, value]. */
const common = ["Name", "Kind", "Location", "Available", "Reason", "Summary"];

export function propertiesOf(kind, component) {
	return [...kind.properties.values()]
		.filter(property => !common.includes(property.name) && property.name in component.values)
		.map(property => [property, component.values[property.name]]);
}
