/* The room at a glance: its components, by place. */
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { byPlace, matches } from "../model.js";
import { count, splitWords } from "../words.js";
import { Controls } from "./controls.jsx";
import { Alert, Card, Empty, Label } from "./parts.jsx";

export function Unavailable({ component, next }) {
	if (component.available)
		return null;
	return (
		<div class="room-wide room-text">
			<span class="room-bad">{component.reason || "unavailable"}</span>
			{next && <div class="room-quiet">{next}</div>}
		</div>
	);
}

/* Its name leads to all there is to say of it. */
function Row({ room, kind, component, next, go }) {
	const open = () => go(["component", ...component.path.split("/").slice(3)]);
	return (
		<li class="room-component" data-component={`${component.kind}/${component.name}`}>
			<div class="room-text">
				<button type="button" class="room-link" onClick={open}>{component.name}</button>{" "}
				<span class="room-quiet">{splitWords(component.kind)}</span>
			</div>
			<div class="room-state room-text">
				{component.available ? component.summary : <Label color="bad">{component.summary}</Label>}
			</div>
			<Unavailable component={component} next={next} />
			<Controls room={room} kind={kind} component={component} />
		</li>
	);
}

/* With hundreds of them, only the one that has changed is drawn again. */
const QuickRow = memo(Row, (a, b) => a.component === b.component && a.next === b.next && a.kind === b.kind);

function Tools({ words, setWords, only, setOnly, n }) {
	return (
		<div class="room-tools" role="search">
			<span class="pf-v6-c-form-control room-search">
				<input type="search" aria-label="Filter by name, kind, place or state" placeholder="Filter" value={words}
					onInput={event => setWords(event.target.value)} />
			</span>
			<label class="room-line">
				<input type="checkbox" checked={only} onChange={event => setOnly(event.target.checked)} />
				Only unavailable
			</label>
			<span class="room-quiet" aria-live="polite">{count(n, "component")}</span>
		</div>
	);
}

function Degraded({ all }) {
	const n = all.filter(one => !one.available).length;
	return n === 0 ? null
		: <Alert quiet level="warning" title={`${n} of ${count(all.length, "component")} unavailable`}>
			What is wrong, and the next step, stands at each of them. The others work.
		</Alert>;
}

function NoComponents({ go }) {
	return (
		<Empty title="The room has no components yet"
			actions={<button type="button" class="room-link" onClick={() => go(["configuration"])}>Write a configuration</button>}>
			"roomctl find" shows what is wired here, and "sudo roomctl init" writes a first configuration step by step.
		</Empty>
	);
}

/* All else of the status is what the page shows anyway. */
function Refused({ status }) {
	return /^NEW CONFIGURATION NOT TAKEN/.test(status ?? "") ? <Alert quiet level="danger" title="The room runs with an older configuration">
		{status}</Alert> : null;
}

export function Places({ room, state, go }) {
	const [words, setWords] = useState(""), [only, setOnly] = useState(false);
	const all = room.list();
	const shown = all.filter(one => matches(one, words) && !(only && one.available));
	if (all.length === 0)
		return <NoComponents go={go} />;
	return (
		<div class="room-stack">
			<h1 class="room-only-read">Room</h1>
			<Refused status={state.manager.Status} />
			<Degraded all={all} />
			<Tools words={words} setWords={setWords} only={only} setOnly={setOnly} n={shown.length} />
			<div class="room-places">
				{byPlace(shown).map(([place, components]) => (
					<Card key={place} title={place || "No place"}>
						<ul class="room-list" role="list">
							{components.map(one => (
								<QuickRow key={one.path} room={room} kind={state.kinds.get(one.kind)} component={one}
									next={state.next.get(one.reason)} go={go} />
							))}
						</ul>
					</Card>
				))}
			</div>
		</div>
	);
}
