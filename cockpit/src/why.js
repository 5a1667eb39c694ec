/* Why(), component after component, each because of the next; in the words of "roomctl why". */
import { unwrap } from "./json.js";
import { findByName } from "./model.js";

/* More than any chain has; one that has no end stops here. */
const chainMax = 8;

/* ask(component): what its Why() answers. [{who, state, since, because, then, at}], itself first. */
export async function askChain(ask, components, component) {
	const chain = [];
	for (let next = component; next && chain.length < chainMax;) {
		const why = unwrap(await ask(next));
		chain.push({ ...why, who: `${next.kind}/${next.name}`, path: next.path });
		next = findByName(components, why.by);
	}
	return chain;
}

export function whyText(why, times) {
	const since = why.since ? `, since ${times.format("monotonic", why.since)}` : "";
	return `${why.state}${since}${why.because ? `: ${why.because}` : ""}`;
}

/* "" if nothing comes next. */
export function nextText(why, times) {
	if (!why.then)
		return "";
	return why.at ? `${why.then}: ${times.format("monotonic", why.at)}` : why.then;
}
