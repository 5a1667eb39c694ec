/* The page in Cockpit, in Debian's Chromium, of a room in the testbed: edges, clicks, logins, and what may go wrong.
 * test-page.mjs IMAGE BUILD PAGE [PICTURES]. PICTURES is where docs/cockpit-*.png go.
 * With GUEST_PORT=N the guest is one that "PORT=N tests/cockpit/serve" runs; ONLY=TEXT runs the tests that have it in their names. */
import { createRequire } from "node:module";
import path from "node:path";
import { Guest } from "./guest.mjs";
import { runTests, test } from "./tap.mjs";

const require = createRequire(path.join(process.env.NODE_PACKAGES, "x.js"));
const { chromium } = require("playwright-core");
console.log(chromium.name());
