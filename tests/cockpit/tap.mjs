/* Tests one after the other, in the Test Anything Protocol. */

const tests = [];

export function test(name, run) {
	tests.push({ name, run });
}

function explain(error) {
	process.stdout.write(String(error?.stack ?? error).replace(/\u001b\[[0-9;]*m/g, "").replace(/^/gm, "# ") + "\n");
}

/* only: a part of the names of those to run, or "". failed(name) is told of each failure. Gives whether none failed. */
export async function runTests(only, failed) {
	const chosen = tests.filter(({ name }) => name.includes(only));
	let good = true;
	console.log(`1..${chosen.length}`);
	for (const [i, { name, run }] of chosen.entries()) {
		const begin = Date.now();
		const error = await run().then(() => null, caught => caught ?? new Error("failed"));
		console.log(`${error ? "not ok" : "ok"} ${i + 1} - ${name} # ${((Date.now() - begin) / 1000).toFixed(1)} s`);
		if (error) {
			good = false;
			explain(error);
			await failed(name).catch(explain);
		}
	}
	return good;
}
