/* What a browser gets. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { gunzipSync } from "node:zlib";

const folder = process.env.BUNDLE;
const served = /\.(gz|html|json|woff2)$/;
const read = name => (name.endsWith(".gz") ? gunzipSync(readFileSync(path.join(folder, name))) : readFileSync(path.join(folder, name))).toString();

test("no more than 400 kB cross the wire, fonts and all", () => {
	const sizes = readdirSync(folder).filter(name => served.test(name)).map(name => statSync(path.join(folder, name)).size);
	assert.ok(sizes.length >= 7);
	assert.ok(sizes.reduce((sum, one) => sum + one, 0) <= 400_000, `${sizes}`);
});

test("the page has no script and no style of its own in it, as Cockpit's policy wants", () => {
	const html = read("index.html");
	assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i);
	assert.doesNotMatch(read("index.css.gz"), /url\(["']?data:|@import/);
});

test("of Cockpit's files it takes cockpit.js, and nothing of anybody else's", () => {
	const links = [...read("index.html").matchAll(/(?:src|href)="([^"]*)"/g)].map(found => found[1]);
	assert.deepEqual(links.filter(link => link.includes("/")), ["../base1/cockpit.js"]);
	const urls = [...read("index.css.gz").matchAll(/url\(["']?([^)"']*)/g)].map(found => found[1]);
	assert.deepEqual(urls.filter(url => !/^RedHat\w+\.woff2$/.test(url)), []);
});

test("nothing from outside is taken for markup", () => {
	const script = read("index.js.gz");
	assert.doesNotMatch(script, /insertAdjacentHTML|document\.write|\beval\(|new Function/);
});

test("the styles that are used are there, in dark, too", () => {
	const style = read("index.css.gz");
	for (const name of ["pf-v6-theme-dark", "pf-v6-c-button", "pf-m-primary", "pf-v6-c-toggle-group", "room-component", "u-wrap"])
		assert.ok(style.includes(name), name);
});
