// A client of the broker with MQTT 5 and MQTT.js, for test-mqtt-js: node client.js PORT FILTER
//
// It subscribes to FILTER, and prints a line of JSON for each message: topic, retained, text; json, if the text is JSON; user
// (the user properties), and correlation (hexadecimal), where there are. It publishes what it reads from standard input, an
// object of JSON a line: topic, text, retain, and responseTopic and correlation (hexadecimal), if they are there; "published"
// is said when the broker has it. What goes wrong ends it with 1.
"use strict";

const readline = require("node:readline");
const mqtt = require("mqtt");

const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

function fail(error) {
	process.stderr.write(`${error.stack || error}\n`);
	process.exit(1);
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // and not in the line
	}
}

function properties({ responseTopic, correlation }) {
	const all = {};

	if (responseTopic !== undefined)
		all.responseTopic = responseTopic;
	if (correlation !== undefined)
		all.correlationData = Buffer.from(correlation, "hex");
	return all;
}

const [port, filter] = process.argv.slice(2);
const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, clientId: "mqtt-js", reconnectPeriod: 0 });

client.on("error", fail);
client.on("close", () => fail(new Error("the connection has ended")));
client.on("connect", () => client.subscribe(filter, { qos: 1 }, (error) => (error ? fail(error) : say({ subscribed: filter }))));
client.on("message", (topic, payload, packet) => {
	const text = payload.toString();

	say({
		topic,
		retained: packet.retain,
		text,
		json: parsed(text),
		user: packet.properties?.userProperties,
		correlation: packet.properties?.correlationData?.toString("hex"),
	});
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
	const { topic, text, retain, ...rest } = JSON.parse(line);

	client.publish(topic, text, { qos: 1, retain, properties: properties(rest) }, (error) =>
		error ? fail(error) : say({ published: topic }));
});
