/* What can be done with a component, and what came of it. */
import { useState } from "preact/hooks";
import { controlsOf, isRefused, toArgument } from "../actions.js";
import { Alert, Button, Toggle } from "./parts.jsx";
import { rootProblem } from "./no-service.jsx";

/* Does an action as who looks at the page; only if that person may not, and then agrees, as an administrator. */
function useAct(room, component) {
	const [problem, setProblem] = useState(null);
	const [busy, setBusy] = useState(false);
	const run = async (control, args, asRoot) => {
		setBusy(true);
		setProblem(null);
		try {
			await (asRoot ? room.callAsRoot(component, control.action, control.type, args)
				: room.call(component, control.action, control.type, args));
			room.speak(`${component.name}: ${control.label}, done`);
		} catch (error) {
			const again = !asRoot && isRefused(error) ? () => run(control, args, true) : null;
			setProblem({ text: asRoot ? rootProblem(error) : error.message, again });
		} finally {
			setBusy(false);
		}
	};
	return { problem, forget: () => setProblem(null), act: (control, args) => !busy && run(control, args, false) };
}

function Field({ field, value, onInput }) {
	return (
		<label class="room-line">
			<span class={field.input === "choice" ? "room-only-read" : undefined}>{field.label}</span>
			{field.input === "choice"
				? <select class="room-select" value={value} onChange={event => onInput(event.target.value)}>
					<option value="true">{field.words[0]}</option>
					<option value="false">{field.words[1]}</option>
				</select>
				: <input class="room-number" inputMode={field.input === "number" ? "decimal" : undefined} value={value}
					onInput={event => onInput(event.target.value)} />}
		</label>
	);
}

/* An action with arguments that are asked for. */
function Form({ control, act, name }) {
	const [texts, setTexts] = useState(() => control.fields.map(field => (field.input === "choice" ? "true" : "")));
	const args = control.fields.map((field, i) => toArgument(field, texts[i]));
	const ready = args.every(one => one !== null);
	const submit = event => {
		event.preventDefault();
		if (ready)
			act(control, args);
	};
	return (
		<form class="room-line" onSubmit={submit} aria-label={`${control.label}, ${name}`}>
			{control.fields.map((field, i) => (
				<Field key={field.name} field={field} value={texts[i]}
					onInput={text => setTexts(texts.map((one, j) => (i === j ? text : one)))} />
			))}
			<Button small type="submit" aria-disabled={!ready}>{control.label}</Button>
		</form>
	);
}

function Control({ control, act, name }) {
	if (control.form === "fields")
		return <Form control={control} act={act} name={name} />;
	if (control.form === "button")
		return <Button small label={`${control.label}, ${name}`} onClick={() => act(control, [])}>{control.label}</Button>;
	const choices = control.words.map((word, i) => [word, i === 0, `${word}, ${name}`]);
	return <Toggle label={`${control.label}, ${name}`} choices={choices} value={control.value}
		onChoose={value => act(control, [value])} />;
}

function Problem({ problem, forget }) {
	const again = problem.again && <Button small onClick={problem.again}>Do it as administrator</Button>;
	return (
		<Alert level="danger" title={problem.text}
			actions={<>{again}<Button small kind="link" onClick={forget}>Close</Button></>} />
	);
}

/* all: also those that take a form. */
export function Controls({ room, kind, component, all }) {
	const { problem, forget, act } = useAct(room, component);
	const controls = kind ? controlsOf(kind, component).filter(control => all || control.form !== "fields") : [];
	if (controls.length === 0)
		return null;
	return (
		<div class="room-wide">
			<div class="room-line">
				{controls.map(control => (
					<Control key={control.action} control={control} act={act} name={`${component.kind} ${component.name}`} />
				))}
			</div>
			{problem && <Problem problem={problem} forget={forget} />}
		</div>
	);
}
