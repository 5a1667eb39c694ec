/* Bundles the page: build.js NODE_MODULES SOURCE OUT. Of the style sheets only what the page uses is left. */
import { createRequire } from "node:module";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import path from "node:path";

const [modules, source, out] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "x.js"));
const esbuild = require("esbuild");
const { PurgeCSS } = require("purgecss");
const postcss = require("postcss");

/* Chromium, Firefox and Safari of 2022: those that Cockpit 287 asks for have what PatternFly 6 needs from then on. */
const target = ["chrome111", "firefox113", "safari16.4"];

/* [family, folder and file below PatternFly's fonts]: one file has all weights. */
const fonts = ["RedHatText/RedHatTextVF", "RedHatDisplay/RedHatDisplayVF", "RedHatMono/RedHatMonoVF"];

async function bundle(entry, options) {
	const result = await esbuild.build({
		entryPoints: [path.join(source, entry)],
		bundle: true,
		minify: true,
		write: false,
		target,
		nodePaths: [path.resolve(modules)],
		legalComments: "eof",
		logLevel: "warning",
		...options,
	});
	return result.outputFiles[0].text;
}

function bundleScript() {
	return bundle("src/index.jsx", { format: "iife", jsx: "automatic", jsxImportSource: "preact" });
}

async function listSources(folder) {
	const entries = await readdir(folder, { recursive: true });
	return entries.filter(name => /\.jsx?$/.test(name)).map(name => path.join(folder, name));
}

/* PatternFly's own fonts, which are more than we have, and pictures in the style sheet, which Cockpit's policy forbids. */
const withoutFonts = {
	postcssPlugin: "without-fonts",
	AtRule: {
		"font-face": rule => {
			if (rule.toString().includes("assets/"))
				rule.remove();
		},
	},
	Declaration: declaration => {
		if (declaration.value.includes("url(\"data:") || declaration.value.includes("url(data:"))
			declaration.remove();
	},
};

async function bundleStyle() {
	const all = await bundle("src/index.css", { minify: false, external: ["*.woff2", "*.jpg", "*.svg", "*.ttf"] });
	const content = [...await listSources(path.join(source, "src")), path.join(source, "index.html")];
	const [used] = await new PurgeCSS().purge({
		content,
		css: [{ raw: (await postcss([withoutFonts]).process(all, { from: undefined })).css }],
		keyframes: true,
		variables: true,
		safelist: { standard: ["pf-v6-theme-dark", "html", "body"], greedy: [/^u-/] },
		defaultExtractor: text => text.match(/[A-Za-z0-9_-]+/g) ?? [],
	});
	const result = await esbuild.transform(used.css, { loader: "css", minify: true, target, legalComments: "eof" });
	return result.code;
}

/* Cockpit serves NAME.gz as NAME. The same sources make the same bytes. */
async function writeCompressed(name, text) {
	await writeFile(path.join(out, `${name}.gz`), gzipSync(text, { level: 9 }));
}

/* Of what is in the bundle; PatternFly's and the fonts' are in its README and in debian/copyright. */
async function writeLicenses() {
	const texts = await Promise.all(["preact", "uplot"].map(async name =>
		`${name}\n\n${await readFile(path.join(modules, name, "LICENSE"), "utf8")}`));
	await writeFile(path.join(out, "licenses.txt"), texts.join("\n\n"));
}

async function copyAll() {
	for (const name of ["index.html", "manifest.json"])
		await copyFile(path.join(source, name), path.join(out, name));
	for (const font of fonts)
		await copyFile(path.join(modules, "@patternfly/patternfly/assets/fonts", `${font}.woff2`),
		               path.join(out, `${path.basename(font)}.woff2`));
}

await mkdir(out, { recursive: true });
await Promise.all([
	bundleScript().then(text => writeCompressed("index.js", text)),
	bundleStyle().then(text => writeCompressed("index.css", text)),
	copyAll(),
	writeLicenses(),
]);
