import { useEffect, useRef, useState } from "preact/hooks";
import { ComponentPage } from "./component-page.jsx";
import { ConfigurationPage } from "./configuration-page.jsx";
import { EventTable } from "./event-table.jsx";
import { Card } from "./parts.jsx";
import { Places } from "./places.jsx";
import { NoService } from "./no-service.jsx";

/* The room's state, as it changes. */
function useRoom(room) {
	const [state, setState] = useState(room.state);
	useEffect(() => room.onChange(setState), [room]);
	return state;
}

/* What is behind the page's address: ["component", "light_controller", "hall"]. */
function usePath(cockpit) {
	const [path, setPath] = useState(cockpit.location.path);
	useEffect(() => {
		const changed = () => setPath(cockpit.location.path);
		cockpit.addEventListener("locationchanged", changed);
		return () => cockpit.removeEventListener("locationchanged", changed);
	}, [cockpit]);
	return path;
}

const tabs = [["", "Room"], ["events", "Events"], ["configuration", "Configuration"]];

function Tab({ word, label, now, go }) {
	const current = word === now;
	return (
		<li class={`pf-v6-c-tabs__item${current ? " pf-m-current" : ""}`}>
			<button type="button" class="pf-v6-c-tabs__link" aria-current={current ? "page" : undefined}
				onClick={() => go(word ? [word] : [])}>
				<span class="pf-v6-c-tabs__item-text">{label}</span>
			</button>
		</li>
	);
}

function Tabs({ now, go }) {
	return (
		<nav class="pf-v6-c-tabs" aria-label="Room">
			<ul class="pf-v6-c-tabs__list" role="list">
				{tabs.map(([word, label]) => <Tab key={word} word={word} label={label} now={now} go={go} />)}
			</ul>
		</nav>
	);
}

function Page({ path, ...all }) {
	const { state, room } = all;
	if (path[0] === "configuration")
		return <ConfigurationPage {...all} />;
	if (state.phase !== "live")
		return <NoService {...all} />;
	if (path[0] === "events")
		return <Card top title="Events"><EventTable room={room} events={state.events} /></Card>;
	if (path[0] === "component")
		return <ComponentPage {...all} object={`/org/roomd1/${path.slice(1).join("/")}`} />;
	return <Places {...all} />;
}

/* What was shown has gone: who reads with the keyboard or a screen reader begins at the new one. */
function useFocus(path) {
	const main = useRef(null), first = useRef(true);
	useEffect(() => {
		if (!first.current)
			main.current.focus();
		first.current = false;
	}, [path.join("/")]);
	return main;
}

export function App({ cockpit, names, room }) {
	const state = useRoom(room), path = usePath(cockpit), main = useFocus(path);
	const go = to => cockpit.location.go(to);
	return (
		<div class="room">
			<Tabs now={path[0] === "component" ? "" : path[0] ?? ""} go={go} />
			<main ref={main} tabIndex={-1} class="room-main">
				<Page path={path} cockpit={cockpit} names={names} room={room} state={state} go={go} />
			</main>
			<div class="room-only-read" role="status" aria-live="polite">{state.spoken}</div>
		</div>
	);
}
