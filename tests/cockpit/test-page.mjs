/* The page in Cockpit, in Debian's Chromium, of a room in the testbed: edges, clicks, logins, and what may go wrong.
 *
 *   test-page.mjs IMAGE BUILD PAGE
 *
 * IMAGE is one of tests/testbed/build-image, BUILD the build folder, PAGE the folder of the page. NODE_PACKAGES: a folder with
 * playwright-core and axe-core. PICTURES=FOLDER: the pictures of the documents go there. ONLY=TEXT runs the tests that have it in
 * their names. GUEST_PORT=N: the guest is the one that "PORT=N serve" runs. PATIENCE=N: something that does not come within N
 * seconds is missing (default: 300). Speaks TAP. */
import assert from "node:assert/strict";
import path from "node:path";
import { Browser, countBytes, pageInShell, patience } from "./browser.mjs";
import { Guest } from "./guest.mjs";
import { runTests, test } from "./tap.mjs";

const [image, build, folder] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const transferMax = 400_000;

/* The lines of room.conf, by number. */
const PIR_HALL = 0, DOOR_CONTACT = 1, FAN_RELAY = 3;

let guest, browser;

const row = (at, component) => at.locator(`[data-component="${component}"]`);
const state = (at, component) => row(at, component).locator(".room-state");
const button = (at, component, label) => row(at, component).getByRole("button", { name: label });

/* Waits until what `ask` gives is this. */
async function becomes(ask, expected, what) {
	const end = Date.now() + patience;
	let last;
	while ((last = await ask()) !== expected)
		assert.ok(Date.now() < end, `${what}: ${JSON.stringify(last)}, expected ${JSON.stringify(expected)}`);
}

const textBecomes = (locator, expected) => becomes(async () => (await locator.innerText()).trim(), expected, `${locator}`);
const lineBecomes = (line, level) =>
	becomes(async () => (await guest.run(`cat /sys/bus/gpio/devices/gpiochip0/sim_gpio${line}/value`)).trim(), level, `line ${line}`);

/* What the thermometer says, in °C, or "away". */
const thermometer = value => guest.run(`python3 ${path.join(here, "thermometer.py")} ${value}`);

/* Another configuration, and back. */
async function configure(file) {
	await guest.run(`install -m 644 ${path.join(here, file)} /etc/roomd/roomd.conf && systemctl restart roomd`);
}

/* of: a page, or a part of one. */
async function takePicture(of, name) {
	if (process.env.PICTURES)
		await of.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`) });
}

function noProblems(page) {
	assert.deepEqual(page.problems, []);
}

/* --- Cockpit and the testbed --------------------------------------------------------------- */

test("Cockpit's own page of the system is shown", async () => {
	const page = await browser.open();
	await page.goto(`${guest.withoutLogin}/system`);
	await page.frameLocator('iframe[name="cockpit1:localhost/system"]').getByText("testbed").first().waitFor();
});

test("a wrong password", async () => {
	const page = await browser.logIn("alice", "wrong");
	await page.getByText("Wrong user name or password").waitFor();
	assert.equal(await page.locator("iframe").count(), 0);
});

/* --- the room -------------------------------------------------------------------------------- */

test("an edge on a line shows", async () => {
	const page = await browser.openRoom();
	await textBecomes(state(page, "ContactSensor/front"), "closed");
	await guest.pull(DOOR_CONTACT, true);
	await textBecomes(state(page, "ContactSensor/front"), "open");
	await guest.pull(DOOR_CONTACT, false);
	await textBecomes(state(page, "ContactSensor/front"), "closed");
	noProblems(page);
});

test("a thermometer that is not there is unavailable; plugged in, it shows what it reads", async () => {
	await thermometer("away");
	await guest.run("systemctl restart roomd");
	const page = await browser.openRoom();
	await page.getByText("1 of 6 components unavailable").waitFor();
	await row(page, "TemperatureSensor/cellar").getByText("no IIO device has this name").waitFor();
	await row(page, "TemperatureSensor/cellar").getByText("plug in the sensor").waitFor();
	await thermometer(21.5);
	await textBecomes(state(page, "TemperatureSensor/cellar"), "21.50 °C");
	noProblems(page);
});

test("a click switches a line", async () => {
	const page = await browser.openRoom();
	await button(page, "Switch/fan", /^On/).click();
	await lineBecomes(FAN_RELAY, "1");
	await button(page, "Switch/fan", /^Off/).click();
	await lineBecomes(FAN_RELAY, "0");
	noProblems(page);
});

test("the transfer is at most 400 kB", async () => {
	const page = await browser.open();
	const bytes = await countBytes(page);
	await page.goto(`${guest.withoutLogin}/cockpit/@localhost/roomd/index.html`);
	await row(page, "Switch/fan").waitFor();
	const { loaded, said } = bytes();
	console.log(`# ${loaded} bytes of files, with Cockpit's own script, and ${said} of the bus`);
	assert.ok(loaded > 50_000 && said > 1000 && loaded + said <= transferMax, `${loaded} + ${said} bytes`);
});

test("who is in the group switches; who is not is refused, with words", async () => {
	const alice = await browser.openShell("alice");
	await button(alice.room, "Switch/fan", /^On/).click();
	await lineBecomes(FAN_RELAY, "1");
	const bob = await browser.openShell("bob");
	await button(bob.room, "Switch/fan", /^Off/).click();
	await row(bob.room, "Switch/fan").getByRole("button", { name: "Do it as administrator" }).waitFor();
	await lineBecomes(FAN_RELAY, "1");
	noProblems(bob.page);
});

test("within Cockpit: its menu, its frame, the addresses of the page", async () => {
	const page = await browser.logIn("alice", "room", "/system");
	await page.getByRole("link", { name: "Room", exact: true }).click();
	const room = page.frameLocator(pageInShell);
	await room.getByRole("button", { name: "cellar", exact: true }).click();
	await room.getByRole("heading", { name: "cellar", exact: true }).waitFor();
	assert.match(page.url(), /\/roomd#\/component\/temperature_sensor\/cellar$/);
	await page.goBack();
	await row(room, "Switch/fan").waitFor();
	await room.getByRole("button", { name: "Events", exact: true }).click();
	await page.waitForURL(/\/roomd#\/events$/);
	await page.reload();
	await room.getByRole("cell", { name: "TemperatureSensor/cellar", exact: true }).first().waitFor();
	noProblems(page);
});

/* --- how it was ---------------------------------------------------------------------------------- */

test("a curve has a gap where nothing is known, and is there in words and as a table, too", async () => {
	await guest.run("systemctl stop roomd-history");
	const page = await browser.openRoom({}, "#/component/temperature_sensor/cellar");
	await page.getByText("There is no history").waitFor();
	await guest.run("systemctl start roomd-history");
	const figure = page.locator("figure").first();
	await figure.getByText(/^Temperature from 2\d\.\d\d °C to 2\d\.\d\d °C, 2\d\.\d\d °C on average$/).waitFor();
	assert.match(await figure.locator(".room-plot").getAttribute("aria-label"), /^Temperature, from 2/);
	await figure.getByText("As a table").click();
	await figure.locator("tr", { hasText: "not known" }).nth(2).waitFor();
	await figure.getByText("As a table").click();
	noProblems(page);
	await takePicture(page.locator("section", { has: figure }), "plot");
});

/* --- what may go wrong ------------------------------------------------------------------------- */

test("the service is restarted under it, stopped, and started by a click", async () => {
	const page = await browser.openRoom();
	await guest.run("systemctl restart roomd");
	await guest.pull(DOOR_CONTACT, true);
	await textBecomes(state(page, "ContactSensor/front"), "open");
	await guest.pull(DOOR_CONTACT, false);
	await guest.run("systemctl stop roomd");
	try {
		await page.getByText("roomd does not run").first().waitFor();
		await page.getByRole("button", { name: "Start roomd" }).click();
		await textBecomes(state(page, "ContactSensor/front"), "closed");
		noProblems(page);
	} finally {
		await guest.run("systemctl start roomd");
	}
});

test("the connection is lost", async () => {
	const { page } = await browser.openShell("alice");
	await guest.run("systemctl stop cockpit-login");
	try {
		await page.getByText(/Disconnected|disconnected|has closed|connection/i).first().waitFor();
	} finally {
		await guest.startLogin();
	}
	await browser.openShell("alice");
});

test("the bus is restarted", async () => {
	const page = await browser.openRoom();
	await guest.run("systemctl restart dbus");
	await guest.pull(DOOR_CONTACT, true);
	await textBecomes(state(page, "ContactSensor/front"), "open");
	await guest.pull(DOOR_CONTACT, false);
	await textBecomes(state(page, "ContactSensor/front"), "closed");
	noProblems(page);
});

test("nothing in a text is interpreted", async () => {
	await configure("markup.conf");
	try {
		const page = await browser.openRoom();
		const card = page.locator("section", { has: row(page, "Switch/fan") });
		assert.match(await card.locator("h2").innerText(), /^<img src=x onerror="window.markup=1"><b>Cellar<\/b> &amp; <script>/);
		await page.getByRole("button", { name: "fan", exact: true }).click();
		await page.getByText("<img src=x onerror=markup=1>").first().waitFor();
		await page.getByText("<b>Cellar</b>").first().waitFor();
		assert.equal(await page.evaluate(() => window.markup), undefined);
		assert.equal(await page.locator("#app img, #app b, #app script").count(), 0);
		noProblems(page);
	} finally {
		await configure("room.conf");
	}
});

test("200 components", async () => {
	await guest.run(`bash ${path.join(here, "many")} && systemctl restart roomd`);
	try {
		const begin = Date.now(), page = await browser.openRoom();
		await page.getByText("200 components").waitFor();
		assert.equal(await page.locator("[data-component]").count(), 200);
		console.log(`# shown after ${Date.now() - begin} ms`);
		await guest.run("roomctl on s200");
		await textBecomes(state(page, "Switch/s200"), "on, manual");
		noProblems(page);
	} finally {
		await configure("room.conf");
	}
});

/* --- the configuration ------------------------------------------------------------------------- */

test("an error of the configuration stands at its line; it is saved only when right", async () => {
	const page = await browser.openRoom({}, "#/configuration");
	const area = page.getByLabel("Configuration", { exact: true }), save = page.getByRole("button", { name: "Save and reload" });
	const before = await area.inputValue();
	await area.fill(`${before}\n[Switch lamp]\nLine=FAN_RELAI\nColour=red\n`);
	await page.getByText(/Colour.*unknown key/).first().waitFor();
	assert.ok(await save.isDisabled());
	await takePicture(page, "configuration");
	await area.fill(before.replace("Location=Cellar", "Location=Attic"));
	await page.getByText("No errors").waitFor();
	await save.click();
	await page.getByText("Saved, and roomd has taken it").waitFor();
	assert.match(await guest.run("roomctl"), /Attic/);
	await configure("room.conf");
	noProblems(page);
});

/* --- whoever reads it -------------------------------------------------------------------------- */

test("a screen reader and a keyboard find all, dark and light", async () => {
	await thermometer(21.5);
	await guest.pull(PIR_HALL, true);
	for (const colorScheme of ["light", "dark"]) {
		const page = await browser.openRoom({ colorScheme });
		assert.deepEqual(await browser.violations(page), [], colorScheme);
		await takePicture(page.locator(".room"), colorScheme);
	}
	await button(browser.page, "Switch/fan", /^On/).focus();
	await browser.page.keyboard.press("Enter");
	await lineBecomes(FAN_RELAY, "1");
	await guest.run("roomctl off fan");
	await guest.pull(PIR_HALL, false);
});

test("a phone's width", async () => {
	const page = await browser.openRoom({ viewport: { width: 360, height: 740 } });
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
	await takePicture(page, "phone");
});

/* ----------------------------------------------------------------------------------------------- */

async function main() {
	const port = Number(process.env.GUEST_PORT);
	guest = port ? new Guest([port, port + 1, port + 2]) : await Guest.start({ image, build, page: folder, timeout: 1800 });
	browser = await Browser.start(guest, path.join(build, "browser-failed"));
	const good = await runTests(process.env.ONLY ?? "", name => browser.keepFailed(name));
	await browser.end();
	await guest.end();
	process.exit(good ? 0 : 1);
}

main().catch(error => {
	console.log(`Bail out! ${error.stack}`);
	process.exit(1);
});
