/* A text with the numbers of its lines; those with errors are marked. */
import { useRef } from "preact/hooks";
import { countLines, lineRange } from "../config-errors.js";

export function showLine(area, line) {
	const [begin, end] = lineRange(area.value, line);
	area.focus();
	area.setSelectionRange(begin, end);
	const height = area.scrollHeight / countLines(area.value);
	area.scrollTop = Math.max(0, height * (line - 1) - area.clientHeight / 2);
}

/* What stands at a line with errors, for a pointer that rests there. */
function byLine(errors) {
	const lines = new Map();
	errors.filter(error => error.line > 0).forEach(error =>
		lines.set(error.line, [...lines.get(error.line) ?? [], error.text]));
	return lines;
}

function Numbers({ n, errors, ref }) {
	const lines = byLine(errors);
	return (
		<pre class="room-lines" aria-hidden="true" ref={ref}>
			{Array.from({ length: n }, (_none, i) => i + 1).map(line => (
				<div key={line} class={lines.has(line) ? "room-bad" : undefined} title={lines.get(line)?.join("\n")}>
					{lines.has(line) ? `× ${line}` : line}
				</div>
			))}
		</pre>
	);
}

export function Editor({ area, text, setText, errors, busy }) {
	const numbers = useRef(null);
	const follow = event => { numbers.current.scrollTop = event.target.scrollTop; };
	return (
		<div class="room-editor">
			<Numbers n={countLines(text)} errors={errors} ref={numbers} />
			<textarea class="room-text-area" ref={area} value={text} spellcheck={false} autocomplete="off" autocapitalize="off"
				wrap="off" readOnly={busy} aria-label="Configuration" aria-invalid={errors.some(error => error.level === "error")}
				onInput={event => setText(event.target.value)} onScroll={follow} />
		</div>
	);
}
