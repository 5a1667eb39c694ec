/* The room as it is: what org.roomd1 says, and what it signals. Nothing is asked again and again. */
import { Bus, callAsRoot } from "./bus.js";
import { addEvent, readEvent } from "./events.js";
import { unwrap } from "./json.js";
import { changeComponent, inOrder, readComponent, readComponents, readKinds } from "./model.js";
import { Times } from "./times.js";

export const service = "org.roomd1";
const root = "/org/roomd1", manager = "org.roomd1.Manager";
const properties = "org.freedesktop.DBus.Properties", objects = "org.freedesktop.DBus.ObjectManager";

/* Events of before that are shown. */
const eventsBefore = 200;

/* Changes that come together are shown together. */
const showMs = 40;

const empty = { kinds: new Map(), components: new Map(), manager: {}, events: [] };

export class Room {
	/* phase: "connecting", "live", "absent" (the service does not run), "lost" (there is no bus). */
	state = { phase: "connecting", ...empty, next: new Map(), spoken: "" };
	times = new Times();
	#bus = null;
	#shown = new Set();
	#timer = 0;
	#eventsWanted = false;

	constructor(cockpit, names) {
		this.cockpit = cockpit;
		this.names = names;
	}

	/* Returns what ends it. */
	onChange(shown) {
		this.#shown.add(shown);
		return () => this.#shown.delete(shown);
	}

	open() {
		this.#learnTimes();
		this.names.watch(service, there => this.#found(there));
	}

	call(component, method, type = "", args = []) {
		return this.#bus ? this.#bus.call(component.path, component.face, method, type, args)
			: Promise.reject(new Error("roomd does not run"));
	}

	callAsRoot(component, method, type, args) {
		return callAsRoot(this.cockpit, service, component.path, component.face, method, type, args);
	}

	/* For who cannot see what has changed. */
	speak(text) {
		this.#set({ spoken: text });
	}

	/* Those of before are read when somebody wants to see them, once. */
	wantEvents() {
		if (!this.#eventsWanted && this.#bus)
			this.#loadEvents(this.#bus).catch(() => {});
		this.#eventsWanted = true;
	}

	list() {
		const paths = (this.state.manager.Components ?? []).map(([, , path]) => path);
		return inOrder(this.state.components, paths);
	}

	#set(change) {
		this.state = { ...this.state, ...change };
		this.#timer ||= setTimeout(() => {
			this.#timer = 0;
			this.#shown.forEach(shown => shown(this.state));
		}, showMs);
	}

	/* --- connection ------------------------------------------------------------------------- */

	#found(there) {
		if (there && !this.#bus)
			this.#connect();
		else if (!there)
			this.#leave(there === null ? "lost" : "absent");
	}

	#leave(phase) {
		this.#bus?.close();
		this.#bus = null;
		this.#set({ phase, ...empty });
	}

	/* Whether it has gone or has been replaced says who is on the bus. */
	#closed() {
		this.#bus = null;
		this.names.ask(service).catch(() => this.#leave("lost"));
	}

	#connect() {
		const bus = new Bus(this.cockpit, service, { closed: () => this.#closed() });
		this.#bus = bus;
		bus.listen({ path_namespace: root }, (...signal) => bus === this.#bus && this.#signal(...signal));
		this.#load(bus).catch(error => bus === this.#bus && this.#set({ phase: "failed", error: error.message }));
	}

	async #load(bus) {
		const [[described], [managed], [all]] = await Promise.all([
			bus.call(root, manager, "Describe"),
			bus.call(root, objects, "GetManagedObjects"),
			bus.call(root, properties, "GetAll", "s", [manager]),
		]);
		const kinds = readKinds(described), state = unwrap(all);
		this.#set({ phase: "live", kinds, components: readComponents(kinds, managed), manager: state, events: [] });
		this.#learnNext();
		if (this.#eventsWanted)
			await this.#loadEvents(bus);
	}

	async #loadEvents(bus) {
		const newest = Math.max(this.state.manager.Serial, this.state.events[0]?.serial ?? 0);
		const serial = Math.max(0, newest - eventsBefore);
		const [events] = await bus.call(root, manager, "EventsSince", "t", [serial]);
		const live = this.state.events;
		const before = events.reduce((list, [path, name, number, usec, data]) =>
			addEvent(list, this.#event(path, name, number, usec, data)), []);
		this.#set({ events: live.reduceRight(addEvent, before) });
	}

	/* --- signals ---------------------------------------------------------------------------- */

	#signal(path, face, member, values) {
		if (face === properties)
			this.#changed(path, ...values);
		else if (face === objects)
			this.#appeared(member, ...values);
		else if (typeof values[0] === "number" && values.length === 3)
			this.#happened(path, member, ...values);
	}

	#put(component) {
		this.#set({ components: new Map(this.state.components).set(component.path, component) });
	}

	#changed(path, face, changed) {
		const old = this.state.components.get(path);
		if (path === root && face === manager)
			this.#set({ manager: { ...this.state.manager, ...unwrap(changed) } });
		else if (old)
			this.#replace(old, changeComponent(old, face, changed));
	}

	#replace(old, component) {
		this.#put(component);
		if (old.available !== component.available)
			this.speak(`${component.name}: ${component.available ? "available again" : "unavailable"}`);
		if (!component.available && old.reason !== component.reason)
			this.#learnNext();
	}

	/* org.roomd1.Device comes and goes with the device; a component with the interface of its kind. */
	#appeared(member, path, faces) {
		if (member === "InterfacesRemoved")
			this.#remove(path, faces);
		const component = member === "InterfacesAdded" ? readComponent(this.state.kinds, path, faces) : null;
		if (component)
			this.#put(component);
	}

	#remove(path, faces) {
		const old = this.state.components.get(path), components = new Map(this.state.components);
		if (old && faces.includes(old.face) && components.delete(path))
			this.#set({ components });
	}

	#event(path, name, serial, usec, data) {
		return readEvent(this.state.kinds, this.state.components.get(path), path, name, serial, usec, data);
	}

	#happened(path, name, serial, monotonicNs, data) {
		const realtime = unwrap(data).realtime_usec;
		if (realtime)
			this.times.learnFromEvent(realtime, monotonicNs / 1000);
		const event = this.#event(path, name, serial, realtime, data);
		this.#set({ events: addEvent(this.state.events, event) });
		if (event.important)
			this.speak(`${event.who}: ${event.words}`);
	}

	/* --- what only programs of the machine know ---------------------------------------------- */

	/* A board does not sleep, so its uptime is CLOCK_MONOTONIC. Events say it again. */
	async #learnTimes() {
		const text = await this.cockpit.spawn(["sh", "-c", "date +%s%N; cat /proc/uptime"]).catch(() => "");
		const [realtime, uptime] = text.split(/\s+/);
		if (uptime)
			this.times.learn(Number(realtime) / 1000, Number(uptime) * 1e6);
		this.#set({});
	}

	/* The next step for each reason, which roomctl has the sentences for. */
	async #learnNext() {
		const reasons = [...this.state.components.values()].filter(one => !one.available).map(one => one.reason);
		if (reasons.every(reason => this.state.next.has(reason)))
			return;
		reasons.forEach(reason => this.state.next.set(reason, ""));
		const text = await this.cockpit.spawn(["roomctl", "--json"], { err: "ignore" }).catch(() => "{}");
		const next = new Map(this.state.next);
		(JSON.parse(text).components ?? []).forEach(one => one.next && next.set(one.reason, one.next));
		this.#set({ next });
	}
}
