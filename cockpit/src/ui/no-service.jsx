/* What there is to say while there is no room to show. */
import { useState } from "preact/hooks";
import { Alert, Button, Empty, Spinner } from "./parts.jsx";

/* Words for why Cockpit did not do something as root. */
export function rootProblem(error) {
	if (["access-denied", "not-authorized", "authentication-failed"].includes(error.problem ?? error.name))
		return "This needs administrative access. Turn it on with the button at the top of Cockpit, then try again.";
	return error.message;
}

function useStart(cockpit) {
	const [problem, setProblem] = useState("");
	const start = () => {
		setProblem("");
		cockpit.spawn(["systemctl", "start", "roomd.service"], { superuser: "require", err: "message" })
			.catch(error => setProblem(rootProblem(error)));
	};
	return [start, problem];
}

function Absent({ cockpit }) {
	const [start, problem] = useStart(cockpit);
	return (
		<>
			<Empty title="roomd does not run" actions={<Button kind="primary" onClick={start}>Start roomd</Button>}>
				Nobody is org.roomd1 on the bus. The page shows the room as soon as the service runs. "journalctl -u roomd" says
				why it has stopped.
			</Empty>
			{problem && <Alert level="danger" title="roomd was not started">{problem}</Alert>}
		</>
	);
}

export function NoService({ cockpit, state }) {
	if (state.phase === "absent")
		return <Absent cockpit={cockpit} />;
	if (state.phase === "lost")
		return <Empty title="No connection to the bus">
			The page tries again by itself, every three seconds. "systemctl status dbus" says what is wrong with the system bus.
		</Empty>;
	if (state.phase === "failed")
		return <Empty title="The room could not be read">{state.error}</Empty>;
	return <Spinner text="Looking at the room" />;
}
