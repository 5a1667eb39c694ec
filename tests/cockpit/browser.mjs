/* A browser at the guest: the page alone or in Cockpit, what it transfers, and what it says of errors. */
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.env.NODE_PACKAGES, "x.js"));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

/* The guest may share its processors with much else; in ms. */
export const patience = 1000 * Number(process.env.PATIENCE ?? 300);

export const pageInShell = 'iframe[name="cockpit1:localhost/roomd"]';

/* What the page would have to explain: scripts that fail, what the policy forbids. */
function watchErrors(page) {
	page.problems = [];
	page.on("pageerror", error => page.problems.push(String(error)));
	page.on("console", message => /Content Security Policy/.test(message.text()) && page.problems.push(message.text()));
}

/* The bytes that came over the network, with headers: a function that gives {loaded, said}, of files and of the bus, until then. */
export async function countBytes(page) {
	const session = await page.context().newCDPSession(page), bytes = { loaded: 0, said: 0 };
	await session.send("Network.enable");
	session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes.loaded += encodedDataLength; });
	session.on("Network.webSocketFrameReceived", ({ response }) => { bytes.said += response.payloadData.length; });
	return () => bytes;
}

/* Without it no test has anything to say. */
function ended() {
	console.log("Bail out! the browser has ended");
	process.exit(1);
}

export class Browser {
	static async start(guest, failedFolder) {
		const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
		browser.on("disconnected", ended);
		return new Browser(browser, guest, failedFolder);
	}

	constructor(browser, guest, failedFolder) {
		Object.assign(this, { browser, guest, failedFolder });
	}

	/* A window of somebody who has not been here before. */
	async open(options = {}) {
		await this.close();
		await this.guest.ensureSession();
		this.context = await this.browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
		this.context.setDefaultTimeout(patience);
		this.page = await this.context.newPage();
		watchErrors(this.page);
		return this.page;
	}

	async close() {
		await this.context?.close();
		this.context = null;
	}

	/* The page alone, as root. Resolves once the room is shown, or what is `where`, or that it is being read. */
	async openRoom(options, where = "") {
		const page = await this.open(options);
		await page.goto(`${this.guest.withoutLogin}/cockpit/@localhost/roomd/index.html${where}`);
		await page.locator(where ? "h1" : ".room-component").first().waitFor();
		return page;
	}

	/* Cockpit's login, filled in and sent; `where` is what comes after it. */
	async logIn(user, password, where = "/roomd") {
		const page = await this.open();
		await page.goto(`${this.guest.withLogin}${where}`);
		await page.locator("#login-user-input").fill(user);
		await page.locator("#login-password-input").fill(password);
		await page.locator("#login-button").click();
		return page;
	}

	/* The page within Cockpit, after a login. */
	async openShell(user) {
		const page = await this.logIn(user, "room");
		const room = page.frameLocator(pageInShell);
		await room.locator(".room-component").first().waitFor();
		return { page, room };
	}

	/* What axe-core finds wrong; the rules of WCAG 2.1 AA. */
	async violations(page) {
		await page.evaluate(axe.source);
		const { violations } = await page.evaluate(() =>
			globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
		return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.html).join(" ").slice(0, 400)}`);
	}

	/* The end of all tests. */
	async end() {
		this.browser.off("disconnected", ended);
		await this.browser.close();
	}

	async keepFailed(name) {
		mkdirSync(this.failedFolder, { recursive: true });
		const file = path.join(this.failedFolder, `${name.replace(/\W+/g, "-")}.png`);
		await this.page?.screenshot({ path: file });
		console.log(`# what the browser showed: ${file}`);
	}
}
