#include "try/forms.h"

const struct statement_form statement_forms[] = {
	{ "test", "NAME...", STATEMENT_TEST,
	  "Begins a test: a room of its own, and a line of the result. The name may be several words. A file without _test_ is "
	  "one test, named after the file." },
	{ "zone", "ZONE", STATEMENT_ZONE,
	  "The time zone of the room, such as _Europe/Berlin_. It stands before all other statements: at "
	  "the top of the file for all its tests, after _test_ for that test only. Default: _UTC_." },
	{ "start", "TIME", STATEMENT_START,
	  "What the clock shows when the room starts; without a date, on the first of January 2027. It "
	  "stands in the same places as _zone_. Default: _2027-01-01 00:00:00_." },
	{ "at", "TIME", STATEMENT_AT,
	  "Lets time pass until the clock shows this. Without a date: until it does so next, and not at all "
	  "if it does so now. A date in the past fails. On the day when clocks are put forward, a skipped "
	  "time means the moment of the change; on the day when they are put back, a repeated time means "
	  "the first of the two." },
	{ "after", "SPAN", STATEMENT_AFTER, "Lets this much time pass." },
	{ "motion", "NAME", STATEMENT_MOTION, "Motion begins at this MotionSensor, and goes on until _no motion_." },
	{ "no motion", "NAME", STATEMENT_NO_MOTION, "The motion ends." },
	{ "open", "NAME", STATEMENT_OPEN, "Opens the door or the window of this ContactSensor." },
	{ "close", "NAME", STATEMENT_CLOSE, "Closes it." },
	{ "press", "NAME [double|long]", STATEMENT_PRESS,
	  "Presses this Button, or the button of this DoorLock, and releases it: once, twice, or for as long as a long press "
	  "takes." },
	{ "", "NAME NUMBER [UNIT]", STATEMENT_VALUE,
	  "Sets what this sensor measures from now on, in the unit of its kind: _garden 20000 lx_. The room "
	  "sees it at the next reading." },
	{ "unplug", "NAME", STATEMENT_UNPLUG,
	  "Takes away the device of this component: its lines or its sensor; with _Remote=_, the other hub." },
	{ "plug", "NAME", STATEMENT_PLUG, "Brings it back." },
	{ "restart", "", STATEMENT_RESTART, "Restarts the service, as *systemctl restart* does." },
	{ "kill", "", STATEMENT_KILL, "Kills the service, which is then started again." },
	{ "power loss", "[for SPAN]", STATEMENT_POWER_LOSS,
	  "The board has no power for a moment, or for this time: only what is on the disk is left." },
	{ "reload", "[FILE]", STATEMENT_RELOAD,
	  "Reloads the configuration, as *systemctl reload* does: from this file, or from the same one again." },
	{ "clock", "TIME", STATEMENT_CLOCK,
	  "Sets the clock; without a date, to a time on its present day. No time passes." },
	{ "broker away", "", STATEMENT_BROKER_AWAY, "The MQTT broker cannot be reached any more. So all "
	  "sensors with _Remote=_ are unavailable, as *roomd-mqtt*(8) tells the service. Everything else in "
	  "the room goes on." },
	{ "broker back", "", STATEMENT_BROKER_BACK, "It can be reached again, and the sensors with "
	  "_Remote=_ have their present states. A motion that began while it was away is reported as a "
	  "state, not as new motion." },
	{ "roomctl", "[ARGUMENT...]", STATEMENT_ROOMCTL,
	  "Runs *roomctl*(1) with these arguments: _roomctl on attic --for 5min_. It has to succeed." },
	{ "expect", "[within SPAN] NAME STATE", STATEMENT_EXPECT,
	  "The component is in this state: one of the words that conditions have (*roomd.conf*(5), CONDITIONS). For _on_ and "
	  "_off_ its output line must show this, too." },
	{ "expect", "[within SPAN] NAME [above|below] NUMBER [UNIT]", STATEMENT_EXPECT_VALUE,
	  "The measured value, or the speed of a Fan, is above the number, below it, or equal to it in the "
	  "digits that are shown." },
	{ "expect", "[within SPAN] event EVENT NAME [KEY=VALUE]...", STATEMENT_EXPECT_EVENT,
	  "There was such an event (*roomd*(8), EVENTS) of the component since the last action: since the "
	  "last statement other than _at_, _after_ and _expect_, or the start. _KEY_ is one of its members "
	  "as *roomd --print-events* has them: _cause=hand_." },
	{ "expect", "no event EVENT [NAME] [KEY=VALUE]...", STATEMENT_EXPECT_NO_EVENT,
	  "There was none, of the component or of any." },
	{ "repeat", "N times", STATEMENT_REPEAT,
	  "The statements between this and its _end_ are repeated this often, at most 1000000 times. Blocks "
	  "may be nested four deep." },
	{ "end", "", STATEMENT_END, "Ends what _repeat_ has begun." },
	{ 0 },
};

const struct statement_form *statement_form_of(enum statement_kind kind)
{
	const struct statement_form *form = statement_forms;

	while (form->words && form->kind != kind)
		form++;
	return form;
}
