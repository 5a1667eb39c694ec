/* How it was: the curves that roomd-history has of a component. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Archive } from "../archive.js";
import { componentOfPath, seriesOf, sortSeries, summary, toCurves } from "../history.js";
import { ranges } from "../times.js";
import { formatNumber, propertyTitle, truthWords } from "../words.js";
import { CurveTable, Plot } from "./plot.jsx";
import { Button, Card } from "./parts.jsx";

/* As many steps as a plot has room for; the table has fewer. */
const steps = 480;

/* A plot that somebody looks at follows its component, but not more often than this. */
const refreshMs = 30e3;

function useArchive(cockpit, names) {
	const [archive, setArchive] = useState(null), [there, setThere] = useState(null);
	useEffect(() => {
		const opened = new Archive(cockpit, names, setThere);
		setArchive(opened);
		return () => opened.close();
	}, [cockpit, names]);
	return { archive, there };
}

function useSeries(archive, there, component) {
	const [series, setSeries] = useState(null);
	useEffect(() => {
		let wanted = true;
		if (archive && there)
			archive.series().then(all => wanted && setSeries(seriesOf(all, component)), () => wanted && setSeries([]));
		return () => { wanted = false; };
	}, [archive, there, component]);
	return series;
}

/* A number that grows at most every refreshMs while `value` changes. */
function useTicks(value) {
	const [tick, setTick] = useState(0), timer = useRef(0), first = useRef(true);
	useEffect(() => {
		if (!first.current)
			timer.current ||= setTimeout(() => { timer.current = 0; setTick(n => n + 1); }, refreshMs);
		first.current = false;
	}, [value]);
	useEffect(() => () => clearTimeout(timer.current), []);
	return tick;
}

function useCurves(archive, times, series, seconds, tick) {
	const [answer, setAnswer] = useState({ curves: null, problem: "" });
	useEffect(() => {
		let wanted = true;
		const until = times.now() * 1000, since = until - seconds * 1e6;
		archive.points(series, since, until, steps)
			.then(points => wanted && setAnswer({ curves: toCurves(series.type, points), since, until, problem: "" }))
			.catch(error => wanted && setAnswer({ curves: null, problem: error.message }));
		return () => { wanted = false; };
	}, [archive, times, series, seconds, tick]);
	return answer;
}

/* In words, for who does not see the plot, and beside it. */
function words(series, curves) {
	const of = summary(series.type, curves);
	if (!of)
		return "Nothing is known of this time.";
	if (series.type === "b")
		return `${truthWords(series.class)[0]} ${formatNumber(100 * of.mean, 0, "%")} of the time that is known`;
	const number = value => formatNumber(value, series.precision, series.unit);
	return `from ${number(of.min)} to ${number(of.max)}, ${number(of.mean)} on average`;
}

function Curve({ archive, times, series, seconds, value }) {
	const tick = useTicks(value), { curves, since, until, problem } = useCurves(archive, times, series, seconds, tick);
	const title = propertyTitle(series.property, series.class);
	if (problem)
		return <p class="room-bad room-text">{title}: {problem}</p>;
	if (!curves)
		return <p class="room-quiet">{title}: being read</p>;
	const text = words(series, curves);
	return (
		<figure class="room-figure">
			<figcaption class="room-text"><strong>{title}</strong> <span class="room-quiet">{text}</span></figcaption>
			<Plot series={series} curves={curves} since={since / 1e6} until={until / 1e6} label={`${title}, ${text}`} />
			<CurveTable series={series} curves={curves} title={title} />
		</figure>
	);
}

function Range({ seconds, setSeconds }) {
	return (
		<label class="room-line">
			<span class="room-quiet">Last</span>
			<select class="room-select" value={seconds} onChange={event => setSeconds(Number(event.target.value))}>
				{ranges.map(([label, value]) => <option key={value} value={value}>{label}</option>)}
			</select>
		</label>
	);
}

function NotThere() {
	return (
		<p class="room-text">
			There is no history: roomd-history is not installed. To install it: <code>sudo apt install roomd-history</code>.
			If it is installed: <code>sudo systemctl start roomd-history</code>.
		</p>
	);
}

/* Read only when somebody wants to see them. */
function OfDevice({ n, children }) {
	const [open, setOpen] = useState(false);
	return n === 0 ? null : (
		<details class="room-below" onToggle={event => event.target === event.currentTarget && setOpen(event.currentTarget.open)}>
			<summary class="room-quiet">About the device</summary>
			{open && children}
		</details>
	);
}

export function History({ cockpit, names, times, kind, component }) {
	const { archive, there } = useArchive(cockpit, names);
	const series = useSeries(archive, there, componentOfPath(component.path));
	const [seconds, setSeconds] = useState(86400), [again, setAgain] = useState(0);
	if (there === false)
		return <Card title="History"><NotThere /></Card>;
	const extra = <div class="room-line"><Range seconds={seconds} setSeconds={setSeconds} />
		<Button small onClick={() => setAgain(again + 1)}>Refresh</Button></div>;
	const [ofRoom, ofDevice] = sortSeries(kind, series ?? []);
	const curve = one => <Curve key={`${one.property} ${again}`} archive={archive} times={times} series={one} seconds={seconds}
		value={component.values[one.property]} />;
	return (
		<Card title="History" extra={extra}>
			{series?.length === 0 && <p class="room-quiet">Nothing has been recorded of it yet.</p>}
			{ofRoom.map(curve)}
			<OfDevice n={ofDevice.length}>{ofDevice.map(curve)}</OfDevice>
		</Card>
	);
}
