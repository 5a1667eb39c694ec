/* A service on the system bus, through Cockpit's bridge. Like cockpit.dbus(), which closes the connection at the first number
 * that is not one (json.js), and so at the first sensor that has not been read yet. */
import { parseJson } from "./json.js";

/* A connection for each channel: the bridge of Cockpit 337 shares one, and keeps it after the bus was started anew. */
const address = "unix:path=/run/dbus/system_bus_socket";

/* What the bridge is told by its own library when the connection has ended. */
const local = { sender: "org.freedesktop.DBus.Local", path: "/org/freedesktop/DBus/Local", member: "Disconnected" };

/* What a call ended with: the D-Bus error's name, or Cockpit's word for why there is no answer ("disconnected"). */
export class BusError extends Error {
	constructor(name, message) {
		super(message || name);
		this.name = name;
	}
}

export class Bus {
	#channel;
	#calls = new Map();
	#handlers = [];
	#last = 0;

	/* name: the service's. closed(problem) is called once, when it has gone, or was not there ("not-found"). */
	constructor(cockpit, name, { superuser, closed } = {}) {
		this.#channel = cockpit.channel({ payload: "dbus-json3", bus: "none", address, name, superuser });
		this.closed = closed;
		this.#channel.addEventListener("message", (_event, text) => this.#receive(parseJson(text)));
		this.#channel.addEventListener("close", (_event, options) => this.#end(options.problem));
	}

	/* Resolves with the values of the answer. type: the arguments' signature. */
	call(path, face, method, type = "", args = []) {
		if (!this.#channel)
			return Promise.reject(new BusError("disconnected"));
		const id = String(++this.#last);
		return new Promise((resolve, reject) => {
			this.#calls.set(id, { resolve, reject });
			this.#channel.send(JSON.stringify({ call: [path, face, method, args], id, type }));
		});
	}

	/* match: {path, path_namespace, interface, member, arg0}; handler(path, interface, member, arguments). */
	listen(match, handler) {
		this.#handlers.push(handler);
		this.#channel?.send(JSON.stringify({ "add-match": match }));
	}

	/* Cockpit 337 does not close a channel whose bus has gone. Before, it does, and a channel that asks for this is closed as
	 * "protocol-error". */
	listenForEnd() {
		this.listen(local, (path, _face, member) => path === local.path && member === local.member && this.#end("disconnected"));
	}

	close() {
		this.closed = null;
		this.#channel?.close();
		this.#end("cancelled");
	}

	#receive(message) {
		if (message.signal)
			this.#handlers.forEach(handler => handler(...message.signal));
		else if (message.owner !== undefined)
			this.#own(message.owner);
		else if (message.id !== undefined)
			this.#answer(message);
	}

	/* Another owner is another program: nothing that was read of the one before holds. */
	#own(owner) {
		if (owner === null)
			this.#end("not-found");
		else if (this.owner && owner !== this.owner)
			this.#end("replaced");
		this.owner = owner;
	}

	#answer({ id, reply, error }) {
		const call = this.#calls.get(id);
		this.#calls.delete(id);
		if (error)
			call?.reject(new BusError(error[0], error[1]?.[0]));
		else
			call?.resolve(reply[0]);
	}

	#end(problem) {
		const calls = this.#calls, closed = this.closed, channel = this.#channel;
		this.#calls = new Map();
		this.closed = this.#channel = null;
		channel?.close();
		calls.forEach(call => call.reject(new BusError(problem || "disconnected")));
		closed?.(problem || "disconnected");
	}
}

/* Calls one method as root, for what an administrator has agreed to. */
export async function callAsRoot(cockpit, name, path, face, method, type, args) {
	const bus = new Bus(cockpit, name, { superuser: "require" });
	try {
		return await bus.call(path, face, method, type, args);
	} finally {
		bus.close();
	}
}
