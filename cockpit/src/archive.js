/* org.roomd1.History, while it is on the bus. */
import { Bus } from "./bus.js";
import { readSeries } from "./history.js";

export const name = "org.roomd1.History";
const object = "/org/roomd1/History";

export class Archive {
	#bus = null;

	/* changed(there): null while nobody knows. */
	constructor(cockpit, names, changed) {
		this.cockpit = cockpit;
		this.names = names;
		this.changed = changed;
		names.watch(name, there => this.#found(there));
	}

	close() {
		this.changed = () => {};
		this.names.forget(name);
		this.#bus?.close();
	}

	async series() {
		const [series] = await this.#bus.call(object, name, "Series");
		return readSeries(series);
	}

	/* since, until: µs since 1970. */
	async points(series, since, until, most) {
		const args = [series.component, series.property, Math.floor(since), Math.floor(until), most];
		const [points] = await this.#bus.call(object, name, "Points", "ssttu", args);
		return points;
	}

	#found(there) {
		if (there && !this.#bus)
			this.#bus = new Bus(this.cockpit, name, { closed: () => { this.#bus = null; this.changed(false); } });
		if (!there)
			this.#bus = null;
		this.changed(there);
	}
}
