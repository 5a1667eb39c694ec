/* Dark or light, as Cockpit's own pages choose: what was chosen in its menu, or else what the system says. */
const key = "shell:style";
const system = matchMedia("(prefers-color-scheme: dark)");

function apply(chosen) {
	const style = chosen ?? localStorage.getItem(key) ?? "auto";
	const dark = style === "dark" || (style === "auto" && system.matches);
	document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
	document.documentElement.classList.toggle("pf-v6-theme-light", !dark);
	dispatchEvent(new Event("room-style"));
}

export function followStyle() {
	addEventListener("storage", event => event.key === key && apply());
	addEventListener("cockpit-style", event => apply(event.detail?.style));
	system.addEventListener("change", () => apply());
	apply();
}
