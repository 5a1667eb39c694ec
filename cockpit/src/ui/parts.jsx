/* PatternFly's components, as far as they are used. */
import { useId } from "preact/hooks";

/* top: its title is that of the page. */
export function Card({ title, extra, top, children }) {
	const id = useId(), Heading = top ? "h1" : "h2";
	return (
		<section class="pf-v6-c-card" aria-labelledby={id}>
			<div class="pf-v6-c-card__title room-head">
				<Heading class="pf-v6-c-card__title-text room-text" id={id}>{title}</Heading>
				{extra}
			</div>
			<div class="pf-v6-c-card__body">{children}</div>
		</section>
	);
}

const kinds = { primary: "pf-m-primary", secondary: "pf-m-secondary", link: "pf-m-link pf-m-inline" };

export function Button({ kind = "secondary", small, label, children, ...rest }) {
	return (
		<button type="button" class={`pf-v6-c-button ${kinds[kind]}${small ? " pf-m-small" : ""}`} aria-label={label} {...rest}>
			<span class="pf-v6-c-button__text">{children}</span>
		</button>
	);
}

const levels = {
	danger: ["pf-m-danger", "Error"],
	warning: ["pf-m-warning", "Warning"],
	info: ["pf-m-info", "Note"],
	success: ["pf-m-success", "Done"],
};

/* An alert that came because of something is read out at once. */
export function Alert({ level, title, children, actions, quiet }) {
	const [modifier, word] = levels[level];
	return (
		<div class={`pf-v6-c-alert pf-m-inline ${modifier}`} role={quiet ? undefined : level === "danger" ? "alert" : "status"}>
			<div class="pf-v6-c-alert__title room-text"><span class="room-only-read">{word}: </span>{title}</div>
			{children && <div class="pf-v6-c-alert__description room-text">{children}</div>}
			{actions && <div class="pf-v6-c-alert__action-group room-line">{actions}</div>}
		</div>
	);
}

const colors = { bad: "pf-m-red", warn: "pf-m-orange", good: "pf-m-green" };

export function Label({ color, children }) {
	return (
		<span class={`pf-v6-c-label pf-m-compact ${colors[color] ?? ""}`}>
			<span class="pf-v6-c-label__content"><span class="pf-v6-c-label__text">{children}</span></span>
		</span>
	);
}

export function Facts({ facts }) {
	return (
		<dl class="pf-v6-c-description-list pf-m-horizontal pf-m-compact">
			{facts.map(([term, text]) => (
				<div class="pf-v6-c-description-list__group" key={term}>
					<dt class="pf-v6-c-description-list__term"><span class="pf-v6-c-description-list__text">{term}</span></dt>
					<dd class="pf-v6-c-description-list__description">
						<div class="pf-v6-c-description-list__text room-text">{text}</div>
					</dd>
				</div>
			))}
		</dl>
	);
}

export function Empty({ title, children, actions }) {
	return (
		<div class="pf-v6-c-empty-state">
			<div class="pf-v6-c-empty-state__content">
				<div class="pf-v6-c-empty-state__header">
					<h1 class="pf-v6-c-empty-state__title-text">{title}</h1>
				</div>
				<div class="pf-v6-c-empty-state__body room-text">{children}</div>
				{actions && <div class="pf-v6-c-empty-state__footer"><div class="pf-v6-c-empty-state__actions">{actions}</div></div>}
			</div>
		</div>
	);
}

/* Nothing is announced while it waits: what comes after it is. */
export function Spinner({ text }) {
	return (
		<Empty title={text}>
			<svg class="pf-v6-c-spinner" role="progressbar" aria-label={text} viewBox="0 0 100 100">
				<circle class="pf-v6-c-spinner__path" cx="50" cy="50" r="45" fill="none" />
			</svg>
		</Empty>
	);
}

function Choice({ label, pressed, name, onClick }) {
	return (
		<div class="pf-v6-c-toggle-group__item">
			<button type="button" class={`pf-v6-c-toggle-group__button${pressed ? " pf-m-selected" : ""}`}
				aria-pressed={pressed} aria-label={name} onClick={onClick}>
				<span class="pf-v6-c-toggle-group__text">{label}</span>
			</button>
		</div>
	);
}

/* choices: [label, value, accessible name] each. */
export function Toggle({ label, choices, value, onChoose }) {
	return (
		<div class="pf-v6-c-toggle-group pf-m-compact" role="group" aria-label={label}>
			{choices.map(([text, one, name]) => (
				<Choice key={text} label={text} name={name} pressed={one === value} onClick={() => onChoose(one)} />
			))}
		</div>
	);
}
