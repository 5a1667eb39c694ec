/* The configuration: checked as somebody types, saved and reloaded only when it is right. */
import { useEffect, useRef, useState } from "preact/hooks";
import { readErrors } from "../config-errors.js";
import { check, file, reload, save, watch } from "../configuration.js";
import { count } from "../words.js";
import { Editor, showLine } from "./editor.jsx";
import { rootProblem } from "./no-service.jsx";
import { Alert, Button, Card, Empty, Spinner } from "./parts.jsx";

/* After the last key. */
const waitMs = 400;

/* The file as it is: {text, tag} of it, and `other` if somebody else has written it while it was edited here. */
function useFile(cockpit) {
	const [there, setThere] = useState(null), [text, setText] = useState(null);
	const dirty = useRef(false);
	useEffect(() => watch(cockpit, (found, tag, error) => {
		setThere({ text: found ?? "", tag, problem: error?.message });
		if (!dirty.current)
			setText(found ?? "");
	}), [cockpit]);
	const [base, setBase] = useState(null);
	dirty.current = base !== null && text !== base.text;
	useEffect(() => {
		if (there && !dirty.current)
			setBase(there);
	}, [there]);
	return { there, base, setBase, text, setText, dirty: dirty.current };
}

/* What the check says of the text, and whether it is of this text. */
function useCheck(cockpit, text) {
	const [checked, setChecked] = useState({ of: null, ok: false, errors: [] });
	useEffect(() => {
		let wanted = true;
		const run = () => check(cockpit, text)
			.catch(error => ({ ok: false, errors: [{ level: "error", line: 0, text: error.message }] }))
			.then(result => wanted && setChecked({ of: text, ...result }));
		const timer = text === null ? 0 : setTimeout(run, waitMs);
		return () => { wanted = false; clearTimeout(timer); };
	}, [cockpit, text]);
	return { ...checked, fresh: checked.of === text };
}

function Errors({ errors, area }) {
	return (
		<ul class="room-list" role="list">
			{errors.map((error, i) => (
				<li key={i} class="room-text">
					{error.line > 0 && <button type="button" class="room-link" onClick={() => showLine(area.current, error.line)}>
						Line {error.line}</button>} <span class={error.level === "error" ? "room-bad" : "room-warn"}>{error.text}</span>
				</li>
			))}
		</ul>
	);
}

function verdict({ fresh, ok, errors }) {
	if (!fresh)
		return "Being checked";
	if (!ok)
		return count(errors.filter(error => error.level === "error").length, "error");
	return errors.length > 0 ? `Right, with ${count(errors.length, "warning")}` : "No errors";
}

/* Saves what was checked, and only that; the check is made once more, as what it refers to may have changed. */
async function saveAndReload({ cockpit, room, state, text, base }) {
	const { ok, errors } = await check(cockpit, text);
	if (!ok)
		return { level: "danger", title: "Not saved: there are errors", errors };
	const tag = await save(cockpit, text, base.tag);
	const saved = { text, tag };
	if (state.phase !== "live")
		return { level: "warning", title: "Saved. roomd does not run; it reads the file when it starts.", saved };
	try {
		await reload(cockpit, room);
	} catch (error) {
		return { level: "danger", title: "Saved, but roomd did not take it: the room goes on as it was", saved,
		         errors: readErrors(error.message, file), text: error.message, before: base.text };
	}
	return { level: "success", title: "Saved, and roomd has taken it", saved };
}

function saveProblem(error) {
	if (error.problem === "change-conflict")
		return { level: "danger", title: "Not saved: somebody else has changed the file since it was read" };
	return { level: "danger", title: "Not saved", text: rootProblem(error) };
}

function useSave(all) {
	const [result, setResult] = useState(null), [busy, setBusy] = useState(false);
	const run = async () => {
		setBusy(true);
		setResult(null);
		const outcome = await saveAndReload(all).catch(saveProblem);
		if (outcome.saved)
			all.setBase(outcome.saved);
		setResult(outcome);
		setBusy(false);
	};
	return { result, busy, run };
}

function Result({ result, area, putBack }) {
	if (!result)
		return null;
	const errors = result.errors?.length > 0;
	return (
		<Alert level={result.level} title={result.title}
			actions={result.before !== undefined && <Button small onClick={() => putBack(result.before)}>Edit the one before again</Button>}>
			{errors ? <Errors errors={result.errors} area={area} /> : result.text}
		</Alert>
	);
}

/* Two people at one file: whoever is here decides, and sees that there is something to decide. */
function Conflict({ there, base, dirty, take, keep }) {
	if (!dirty || !base || there.tag === base.tag || there.text === base.text)
		return null;
	return (
		<Alert level="warning" title="Somebody else has changed the file"
			actions={<><Button small onClick={take}>Take theirs</Button><Button small onClick={keep}>Keep mine</Button></>}>
			"Take theirs" drops what you have written here. With "Keep mine", saving replaces what they have written.
		</Alert>
	);
}

/* Whether Cockpit may do something as root; null: not known yet. */
function useAdministrator(cockpit) {
	const [allowed, setAllowed] = useState(null);
	useEffect(() => {
		const permission = cockpit.permission({ admin: true });
		const changed = () => setAllowed(permission.allowed);
		permission.addEventListener("changed", changed);
		changed();
		return () => permission.close();
	}, [cockpit]);
	return allowed;
}

/* Leaving is asked about while there is something to lose. */
function useGuard(dirty) {
	useEffect(() => {
		const ask = event => event.preventDefault();
		if (dirty)
			addEventListener("beforeunload", ask);
		return () => removeEventListener("beforeunload", ask);
	}, [dirty]);
}

function Foot({ checked, dirty, busy, run, revert, allowed }) {
	const ready = checked.fresh && checked.ok && dirty && !busy && allowed !== false;
	return (
		<div class="room-line">
			<Button kind="primary" disabled={!ready} onClick={run}>Save and reload</Button>
			<Button disabled={!dirty || busy} onClick={revert}>Undo all changes</Button>
			<span role="status" aria-live="polite" class="room-quiet">{verdict(checked)}</span>
			{allowed === false && <span class="room-warn">
				Saving needs administrative access: turn it on with the button at the top of Cockpit.</span>}
		</div>
	);
}

export function ConfigurationPage({ cockpit, room, state }) {
	const { there, base, setBase, text, setText, dirty } = useFile(cockpit);
	const checked = useCheck(cockpit, text), area = useRef(null), allowed = useAdministrator(cockpit);
	const { result, busy, run } = useSave({ cockpit, room, state, text, base, setBase });
	useGuard(dirty);
	if (there?.problem)
		return <Empty title={`${file} cannot be read`}>{there.problem}</Empty>;
	if (text === null || !base)
		return <Spinner text="Reading the configuration" />;
	const take = () => { setBase(there); setText(there.text); };
	return (
		<Card top title={file}>
			<div class="room-stack">
				{there.tag === "-" && <p>There is no such file yet. "sudo roomctl init" writes a first one step by step.</p>}
				<Conflict there={there} base={base} dirty={dirty} take={take} keep={() => setBase({ ...base, tag: there.tag, text: there.text })} />
				<Editor area={area} text={text} setText={setText} errors={checked.errors} busy={busy} />
				<Foot checked={checked} dirty={dirty} busy={busy} run={run} revert={() => setText(base.text)} allowed={allowed} />
				{checked.errors.length > 0 && <Errors errors={checked.errors} area={area} />}
				<Result result={result} area={area} putBack={setText} />
			</div>
		</Card>
	);
}
