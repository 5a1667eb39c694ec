/* /etc/roomd/roomd.conf: read, checked, written. */
import { readErrors } from "./config-errors.js";
import { callAsRoot } from "./bus.js";
import { isRefused } from "./actions.js";
import { service } from "./room.js";

export const file = "/etc/roomd/roomd.conf";

/* What comes in on standard input is checked as that file would be, with the drop-ins of all folders, the strongest last. The
 * person who looks at the page is who runs it. */
const script = `
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT && cd "$dir" && mkdir roomd.conf.d && cat >roomd.conf || exit 1
for folder in /usr/lib /usr/local/lib /run /etc; do
	for one in "$folder"/roomd/roomd.conf.d/*.conf; do
		[ ! -e "$one" ] || ln -sf "$one" roomd.conf.d/
	done
done
PATH=$PATH:/usr/sbin
roomd --check-config roomd.conf
`;

/* roomd's exit status for a configuration that is wrong: EX_CONFIG. */
const wrong = 78;

/* {ok, errors}: errors with their lines. Rejects if it could not be checked. */
export async function check(cockpit, text) {
	const process = cockpit.spawn(["sh", "-c", script], { err: "out", environ: ["LC_ALL=C.UTF-8"] });
	let output = "";
	process.stream(part => { output += part; });
	process.input(text);
	try {
		await process;
	} catch (error) {
		if (error.exit_status !== wrong)
			throw new Error(`The configuration could not be checked: ${output.trim() || error.message}`);
		return { ok: false, errors: readErrors(output, "roomd.conf") };
	}
	return { ok: true, errors: readErrors(output, "roomd.conf").filter(error => error.level === "warning") };
}

/* changed(text, tag, error) at once and whenever somebody writes it. As root only if it has to be. Returns what ends it. */
export function watch(cockpit, changed) {
	let handle = cockpit.file(file);
	handle.watch((text, tag, error) => {
		if (error?.problem === "access-denied") {
			handle.close();
			handle = cockpit.file(file, { superuser: "require" });
			handle.watch(changed);
			return;
		}
		changed(text, tag, error);
	});
	return () => handle.close();
}

/* Resolves with the new tag; rejects with problem "change-conflict" if the file is not that of `tag` any more. */
export async function save(cockpit, text, tag) {
	const handle = cockpit.file(file, { superuser: "require" });
	try {
		return await handle.replace(text, tag);
	} finally {
		handle.close();
	}
}

/* Makes the service read it. As who looks at the page, or if that person may not, as the administrator who has saved it. */
export async function reload(cockpit, room) {
	const manager = { path: "/org/roomd1", face: "org.roomd1.Manager" };
	try {
		await room.call(manager, "Reload");
	} catch (error) {
		if (!isRefused(error))
			throw error;
		await callAsRoot(cockpit, service, manager.path, manager.face, "Reload", "", []);
	}
}
