/* A curve on a time axis. Its colours are those of the style sheet, so they are read from the element. */
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { toRows } from "../history.js";
import { axisLabels, formatTime } from "../times.js";
import { formatNumber } from "../words.js";

const height = 220;

/* Rows of the table: more than that nobody reads. */
const rowsMax = 48;

function colors(element) {
	const style = getComputedStyle(element);
	const line = style.outlineColor;
	const band = line.replace("rgb(", "rgba(").replace(")", ", 0.25)");
	return { text: style.color, grid: style.borderTopColor, line, band, font: `12px ${style.fontFamily}` };
}

function axes({ text, grid, font }, series) {
	const common = { font, stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
	const value = number => (series.type === "b" ? formatNumber(100 * number, 0, "%") : formatNumber(number, series.precision, series.unit));
	return [
		{ ...common, space: 70, values: (_plot, splits, _i, _space, step) => axisLabels(splits, step) },
		{ ...common, size: 84, values: (_plot, splits) => splits.map(value) },
	];
}

/* What is drawn last is on top. */
function numberLines({ line }) {
	const edge = { stroke: "transparent", width: 0, points: { show: false } };
	return [
		{ ...edge, label: "least" },
		{ ...edge, label: "most" },
		{ stroke: line, width: 2, points: { show: false }, label: "mean" },
	];
}

function truthLines({ line }) {
	return [{ stroke: line, width: 1, fill: line, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, label: "on" }];
}

function options(element, series, since, until) {
	const palette = colors(element), truth = series.type === "b";
	return {
		width: Math.max(element.clientWidth, 200),
		height,
		legend: { show: false },
		cursor: { drag: { x: false, y: false } },
		scales: { x: { time: true, range: () => [since, until] }, y: truth ? { range: () => [0, 1.05] } : {} },
		series: [{}, ...(truth ? truthLines(palette) : numberLines(palette))],
		bands: truth ? [] : [{ series: [2, 1], fill: palette.band }],
		axes: axes(palette, series),
	};
}

function useStyleChanges() {
	const [n, setN] = useState(0);
	useEffect(() => {
		const changed = () => setN(one => one + 1);
		addEventListener("room-style", changed);
		return () => removeEventListener("room-style", changed);
	}, []);
	return n;
}

export function Plot({ series, curves, since, until, label }) {
	const ref = useRef(null), style = useStyleChanges();
	useEffect(() => {
		const plot = new uPlot(options(ref.current, series, since, until), curves, ref.current);
		const observer = new ResizeObserver(([entry]) => plot.setSize({ width: Math.max(entry.contentRect.width, 200), height }));
		observer.observe(ref.current);
		return () => { observer.disconnect(); plot.destroy(); };
	}, [curves, series, style]);
	return <div ref={ref} class="room-plot" role="img" aria-label={label} />;
}

export function CurveTable({ series, curves, title }) {
	const [open, setOpen] = useState(false);
	const value = one => (one === null ? "not known"
		: series.type === "b" ? formatNumber(100 * one, 0, "%") : formatNumber(one, series.precision, series.unit));
	return (
		<details onToggle={event => setOpen(event.target.open)}>
			<summary class="room-quiet">As a table</summary>
			{open && <table class="room-table" aria-label={title}>
				<thead><tr><th scope="col">Time</th><th scope="col">{series.type === "b" ? "Share of the time" : "Mean"}</th></tr></thead>
				<tbody>{toRows(curves, rowsMax).map(([time, mean]) => (
					<tr key={time}><td class="room-time">{formatTime(time * 1000, Date.now())}</td><td>{value(mean)}</td></tr>
				))}</tbody>
			</table>}
		</details>
	);
}
