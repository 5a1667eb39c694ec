/* The page. What cockpit.js has is handed on from here. */
import { render } from "preact";
import { App } from "./ui/app.jsx";
import { Names } from "./names.js";
import { Room } from "./room.js";
import { followStyle } from "./style.js";

const { cockpit } = window;

followStyle();
cockpit.transport.wait(() => {
	const names = new Names(cockpit);
	const room = new Room(cockpit, names);
	room.open();
	render(<App cockpit={cockpit} names={names} room={room} />, document.getElementById("app"));
});
