/* Who is on the bus: tells when a service comes, without asking again and again. */
import { Bus } from "./bus.js";

const bus = "org.freedesktop.DBus", object = "/org/freedesktop/DBus";

/* A bus that is not there is tried again; nothing else here is done by the clock. */
const retryMs = 3000;

export class Names {
	#wanted = new Map();
	#bus = null;
	#closesItself = false; /* the channel, when the bus has gone */

	constructor(cockpit) {
		this.cockpit = cockpit;
	}

	/* changed(there) at once and at each change; null: there is no bus. */
	watch(name, changed) {
		this.#wanted.set(name, changed);
		if (!this.#bus)
			this.#open();
		else
			this.#watchOne(name);
	}

	forget(name) {
		this.#wanted.delete(name);
	}

	/* Asks again, for whoever has lost it. */
	async ask(name) {
		if (!this.#bus)
			throw new Error("there is no bus");
		const [there] = await this.#bus.call(object, bus, "NameHasOwner", "s", [name]);
		this.#wanted.get(name)?.(there);
	}

	#open() {
		this.#bus = new Bus(this.cockpit, bus, { closed: problem => this.#lose(problem) });
		this.#bus.listen({ interface: bus, path: object, member: "NameOwnerChanged" }, (_path, face, member, values) => {
			if (face === bus && member === "NameOwnerChanged")
				this.#wanted.get(values[0])?.(values[2] !== "");
		});
		if (!this.#closesItself)
			this.#bus.listenForEnd();
		this.#wanted.forEach((_changed, name) => this.#watchOne(name));
	}

	#watchOne(name) {
		this.ask(name).catch(() => {});
	}

	#lose(problem) {
		this.#bus = null;
		if (problem === "protocol-error" && !this.#closesItself) {
			this.#closesItself = true;
			this.#open();
			return;
		}
		this.#wanted.forEach(changed => changed(null));
		setTimeout(() => this.#bus || this.#open(), retryMs);
	}
}
