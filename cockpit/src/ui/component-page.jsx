/* All there is to say of one component. */
import { useEffect, useState } from "preact/hooks";
import { propertiesOf } from "../model.js";
import { askChain, nextText, whyText } from "../why.js";
import { capital, formatValue, propertyTitle, splitWords } from "../words.js";
import { Controls } from "./controls.jsx";
import { EventTable } from "./event-table.jsx";
import { History } from "./history.jsx";
import { Card, Empty, Facts, Label } from "./parts.jsx";
import { Unavailable } from "./places.jsx";

/* Asked again whenever something of it changes; the answer to an older question does not count. */
function useChain(room, state, component) {
	const [chain, setChain] = useState([]);
	useEffect(() => {
		let wanted = true;
		askChain(one => room.call(one, "Why").then(([why]) => why), state.components, component)
			.then(answer => wanted && setChain(answer), () => wanted && setChain([]));
		return () => { wanted = false; };
	}, [room, component]);
	return chain;
}

function Cause({ chain, i, times, go }) {
	const why = chain[i];
	if (!why)
		return null;
	const open = () => go(["component", ...why.path.split("/").slice(3)]);
	return (
		<ul class="room-chain" role="list">
			<li class="room-text">
				{i > 0 ? <>by <button type="button" class="room-link" onClick={open}>{why.who}</button>: </> : ""}
				{whyText(why, times)}
				<Cause chain={chain} i={i + 1} times={times} go={go} />
			</li>
		</ul>
	);
}

function Why({ room, state, component, go }) {
	const chain = useChain(room, state, component);
	const next = chain[0] ? nextText(chain[0], room.times) : "";
	return (
		<Card title="Why">
			<Cause chain={chain} i={0} times={room.times} go={go} />
			{next && <p class="room-text">Next: {next}</p>}
		</Card>
	);
}

function Properties({ room, kind, component }) {
	const all = propertiesOf(kind, component);
	const facts = wanted => all.filter(([property]) => property.diagnostic === wanted)
		.map(([property, value]) => [propertyTitle(property.name, property.class), formatValue(property, value, room.times)]);
	const diagnostic = facts(true);
	return (
		<Card title="State">
			<Facts facts={facts(false)} />
			{diagnostic.length > 0 && <><h3 class="room-quiet room-below">About the device</h3><Facts facts={diagnostic} /></>}
		</Card>
	);
}

function Keys({ component }) {
	const keys = Object.entries(component.values.Configuration ?? {}).filter(([, value]) => value !== "");
	return <Card title="Configuration"><Facts facts={keys} /></Card>;
}

function Head({ component, go }) {
	return (
		<>
			<nav class="pf-v6-c-breadcrumb" aria-label="Breadcrumb">
				<ol class="pf-v6-c-breadcrumb__list" role="list">
					<li class="pf-v6-c-breadcrumb__item">
						<button type="button" class="room-link" onClick={() => go([])}>Room</button>
					</li>
					<li class="pf-v6-c-breadcrumb__item">
						<span class="pf-v6-c-breadcrumb__item-divider" aria-hidden="true">›</span>
						<span class="room-text" aria-current="page">{component.kind} {component.name}</span>
					</li>
				</ol>
			</nav>
			<div class="room-head">
				<h1 class="pf-v6-c-title pf-m-2xl room-text">{component.name}</h1>
				{component.available ? <strong class="room-text">{component.summary}</strong>
					: <Label color="bad">{component.summary}</Label>}
			</div>
		</>
	);
}

function Gone({ object, go }) {
	return (
		<Empty title="There is no such component" actions={<button type="button" class="room-link" onClick={() => go([])}>Room</button>}>
			{object} is not in the room, or not any more.
		</Empty>
	);
}

export function ComponentPage({ cockpit, names, room, state, object, go }) {
	const component = state.components.get(object), kind = state.kinds.get(component?.kind);
	if (!component || !kind)
		return <Gone object={object} go={go} />;
	return (
		<div class="room-stack" key={object}>
			<Head component={component} go={go} />
			<div class="room-quiet room-text">{capital(splitWords(component.kind))}{component.location && `, ${component.location}`}</div>
			<Unavailable component={component} next={state.next.get(component.reason)} />
			<Controls room={room} kind={kind} component={component} all />
			<div class="room-columns">
				<Why room={room} state={state} component={component} go={go} />
				<Properties room={room} kind={kind} component={component} />
			</div>
			<History cockpit={cockpit} names={names} times={room.times} kind={kind} component={component} />
			<div class="room-columns">
				<Card title="Events">
					<EventTable one room={room} events={state.events.filter(event => event.path === object)} />
				</Card>
				<Keys component={component} />
			</div>
		</div>
	);
}
