/* The guest in which roomd and Cockpit run, from outside: see serve and guest beside this file. */
import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import path from "node:path";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);

/* Of the guest, in the order in which they are forwarded. */
const guestPorts = [9090, 9091, 9092];

/* Resolves with the three ports of this machine, once the guest has said that it is ready. */
function whenReady(child) {
	const ports = [];
	return new Promise((resolve, reject) => {
		createInterface({ input: child.stderr }).on("line", line => {
			const found = /127\.0\.0\.1:(\d+) leads to port/.exec(line);
			if (found)
				ports.push(Number(found[1]));
			console.log(`# ${line}`);
		});
		createInterface({ input: child.stdout }).on("line", line => line === "the guest is ready" && resolve(ports));
		child.on("exit", status => reject(new Error(`the guest ended with status ${status} before it was ready`)));
	});
}

export class Guest {
	#answers = [];

	/* image: of tests/testbed/build-image. build, page: folders. */
	static async start({ image, build, page, timeout }) {
		const line = ["--system", "--image", image, "--timeout", String(timeout), ...guestPorts.flatMap(port => ["--forward", `0:${port}`]),
			"--", path.join(here, "guest"), build, path.join(here, "room.conf"), page];
		const child = spawn(path.join(here, "../testbed/run"), line, { stdio: ["ignore", "pipe", "pipe"], cwd: page });
		const guest = new Guest(await whenReady(child));
		guest.child = child;
		return guest;
	}

	/* Or one that tests/cockpit/serve runs, from this port on. */
	constructor([login, local, control]) {
		this.withLogin = `http://127.0.0.1:${login}`;
		this.withoutLogin = `http://127.0.0.1:${local}`;
		this.control = createConnection(control, "127.0.0.1");
		this.control.on("error", error => this.#answers.splice(0).forEach(answer => answer.reject(error)));
		createInterface({ input: this.control }).on("line", line => this.#answers.shift().resolve(JSON.parse(line)));
	}

	/* Its output; a status other than 0 is an error. As root, in a shell that has tests/system/functions. */
	async run(command) {
		const answer = new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
		this.control.write(JSON.stringify({ command: `. ${path.join(here, "../system/functions")}; ${command}` }) + "\n");
		const { status, output } = await answer;
		if (status !== 0)
			throw new Error(`in the guest: ${command}: status ${status}\n${output}`);
		return output;
	}

	/* Until this resolves with true; the guest is given time meanwhile. */
	async #until(there) {
		for (let n = 0; n < 300 && !await there(); n++)
			await this.run("sleep 0.1");
	}

	/* The session that takes no login ends for good when its bridge does: that of Cockpit 287 with its page. */
	async ensureSession() {
		const there = () => fetch(`${this.withoutLogin}/cockpit/login`).then(answer => answer.ok, () => false);
		if (await there())
			return;
		await this.run("systemctl restart cockpit-local");
		await this.#until(there);
	}

	/* The server with the login, until it answers. */
	async startLogin() {
		await this.run("systemctl start cockpit-login");
		await this.#until(() => fetch(this.withLogin).then(() => true, () => false));
	}

	/* The level of a line of the chip, told by its name in the configuration. */
	pull(line, up) {
		return this.run(`pull ${line} ${up ? "up" : "down"}`);
	}

	async end() {
		if (this.child) {
			this.control.write(JSON.stringify({ exit: 0 }) + "\n");
			await new Promise(resolve => this.child.on("exit", resolve));
		}
		this.control.destroy();
	}
}
