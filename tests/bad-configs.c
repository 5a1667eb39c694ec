/* What people write into a configuration, and what they are told: all of it, in words that help. */
#include "bad-configs.h"

/* Sections without an error, to stand around one. */
#define MOTION "[MotionSensor hall]\nLine=PIR_HALL\n"
#define TEMPERATURE "[TemperatureSensor hall]\nDevice=tmp117\n"
#define LIGHT "[LightController hall]\nLine=LIGHT_RELAY\n"
#define LOCK "[DoorLock front]\nLedLine=LOCK_LED\n"

#define ACTION(on, unit) "[Action push]\nOn=" on "\nUnit=" unit "\n"

#define FAN "[Fan rack]\nTemperature=hall\nOffBelow=40\nFullAbove=60\n"
#define CONTACTS "[ContactSensor front]\nLine=A\n[ContactSensor back]\nLine=B\n"
#define SCHEDULE "[Schedule evening]\n"
#define SWITCH "[Switch fan]\nLine=A\n"

/* What is expected of the values that several keys have. */
#define A_LINE "expected a line: its name (as gpioinfo shows it), gpiochipN:OFFSET or LABEL:OFFSET\n"
#define A_LINE_OR_REMOTE                                                                                      \
	"expected a line: its name (as gpioinfo shows it), gpiochipN:OFFSET or LABEL:OFFSET; or Remote=\n"
#define YES_OR_NO "expected yes or no\n"
#define A_TIME "expected a time span of less than 584 years, such as 20ms, 90 (seconds) or 2min 30s\n"
#define A_DEBOUNCE_TIME "expected a time span of at most 1h 11min, such as 20ms\n"
#define AN_INTERVAL "expected a time span from 10ms to a year, such as 10s\n"
#define HIGH "expected a temperature in °C, such as 28 or -4.5, or nothing for no limit\n"
#define LOW "expected a temperature in °C, such as 5 or -4.5, or nothing for no limit\n"
#define A_HYSTERESIS "expected a number of degrees from 0 to 1000, such as 0.5\n"
#define AN_OFFSET "expected a number of degrees from -1000 to 1000, such as -0.3\n"
#define A_FACTOR "expected a number that is not 0, such as 1.02\n"
#define A_MEDIAN "expected an odd number from 1 to 15\n"
#define ERRORS "expected a whole number from 1 to 1000000\n"
#define A_DEVICE                                                                                            \
	"expected the name or label of an IIO device, iio:deviceN, or its path below /sys/devices; hwmon: " \
	"and a name, label or path; or w1: and an id\n"
#define A_DEVICE_OR_REMOTE                                                                                  \
	"expected the name or label of an IIO device, iio:deviceN, or its path below /sys/devices; hwmon: " \
	"and a name, label or path; or w1: and an id; or Remote=\n"
#define A_HWMON_DEVICE                                                                                       \
	"expected the name or label of a hwmon device behind hwmon:, such as hwmon:lm75, or its path below " \
	"/sys/devices\n"
#define A_W1_DEVICE                                                                                             \
	"expected an id as in /sys/bus/w1/devices behind w1:, such as w1:28-0123456789ab: hexadecimal digits, " \
	"2 and 12\n"
#define MOTION_SENSORS "expected names of [MotionSensor ...] sections, with spaces between\n"
#define A_HEADER                                                                                       \
	"expected [Kind name], the name being up to 25 letters, digits, \"_\" and \"-\", a letter or " \
	"digit first\n"
#define AN_EMPTY_ROOM "expected [Empty room] or [Kind name]\n"
#define A_WHOLE_HEADER "expected [Kind name] and nothing behind it\n"
#define AN_ASSIGNMENT "expected Key=Value, [Kind name], or a comment that begins with #\n"
#define A_COMMENT_LINE "expected a comment to have a line of its own\n"
#define NOTHING_BEHIND                                                                                    \
	"expected nothing behind the backslash that continues a line; there are spaces, which cannot be " \
	"seen\n"
#define ANOTHER_LINE "expected another line, as this one ends in a backslash; the file ends here\n"
#define NO_CONTROL "expected text; this line has a control character\n"
#define UTF8 "expected UTF-8; this line has bytes that are not\n"
#define A_SHORT_LINE "expected at most 4096 bytes on a line\n"

#define SEEN(what) "expected characters that can be seen; there is " what ", as comes with copied text: "
#define DELETE "delete it\n"
#define A_SPACE "write an ordinary space\n"

#define A_REASON "expected either On=, an event, or When=, a condition"
#define A_UNIT "expected the name of a service that begins with roomd-action-, such as roomd-action-push.service\n"

#define MOTION_KEYS "Location, Line, ActiveLow, Bias, DebounceSec, OnDelaySec, OffDelaySec, Remote, RemoteMaxAgeSec, WarmupSec, StuckSec, " \
	"ChangesPerHourMax, ChangesHours\n"
#define KINDS                                                                                                    \
	"MotionSensor, ContactSensor, Button, TemperatureSensor, HumiditySensor, IlluminanceSensor, PressureSensor, "    \
	"CarbonDioxideSensor, Schedule, LightController, Switch, Fan, DoorLock, Action\n"

#define X10 "xxxxxxxxxx"
#define X32 X10 X10 X10 "xx"
#define X190 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X950 X190 X190 X190 X190 X190
#define X4750 X950 X950 X950 X950 X950

#define A_REMOTE "expected a sensor of another hub, HUB/kind/name, such as gate-pi/motion_sensor/gate\n"

const struct bad_config bad_configs[] = {
	/* --- sensors of other hubs */
	{ "remote: and a line", "[MotionSensor hall]\nLine=PIR_HALL\nRemote=gate/motion_sensor/gate\n",
	  "FILE:2: [MotionSensor hall] Line=PIR_HALL: expected either Line= or Remote= (FILE:3)\n" },
	{ "remote: and a device", "[TemperatureSensor hall]\nDevice=tmp117\nRemote=gate/temperature_sensor/gate\n",
	  "FILE:2: [TemperatureSensor hall] Device=tmp117: expected either Device= or Remote= (FILE:3)\n" },
	{ "remote: a pull resistor", "[MotionSensor hall]\nRemote=gate/motion_sensor/gate\nBias=pull-up\n",
	  "FILE:3: [MotionSensor hall] Bias=pull-up: expected it not to be set beside Remote= (FILE:2), with which it has no "
	  "meaning\n" },
	{ "remote: an interval", "[TemperatureSensor hall]\nRemote=gate/temperature_sensor/gate\nIntervalSec=10s\n",
	  "FILE:3: [TemperatureSensor hall] IntervalSec=10s: expected it not to be set beside Remote= (FILE:2), with which it "
	  "has no meaning\n" },
	{ "remote: an age, of a line", "[MotionSensor hall]\nLine=PIR_HALL\nRemoteMaxAgeSec=10s\n",
	  "FILE:3: [MotionSensor hall] RemoteMaxAgeSec=10s: expected it not to be set beside Line= (FILE:2), with which it has "
	  "no meaning\n" },
	{ "remote: another kind", "[MotionSensor hall]\nRemote=gate/contact_sensor/gate\n",
	  "FILE:2: [MotionSensor hall] Remote=gate/contact_sensor/gate: expected a sensor of the same kind, "
	  "HUB/motion_sensor/name\n" },
	{ "remote: no kind", "[MotionSensor hall]\nRemote=gate/gate\n",
	  "FILE:2: [MotionSensor hall] Remote=gate/gate: " A_REMOTE },
	{ "remote: a wildcard", "[MotionSensor hall]\nRemote=+/motion_sensor/gate\n",
	  "FILE:2: [MotionSensor hall] Remote=+/motion_sensor/gate: " A_REMOTE },
	{ "remote: four parts", "[MotionSensor hall]\nRemote=a/gate/motion_sensor/gate\n",
	  "FILE:2: [MotionSensor hall] Remote=a/gate/motion_sensor/gate: " A_REMOTE },
	{ "remote: of a button", "[Button hall]\nRemote=gate/button/gate\n",
	  "FILE:2: [Button hall] Remote=gate/button/gate: unknown key; expected one of Location, Line, ActiveLow, Bias, "
	  "DebounceSec, OnDelaySec, OffDelaySec, DoubleSec, LongSec\n"
	  "FILE:1: [Button hall]: Line= is missing; " A_LINE },
	/* --- values of a MotionSensor */
	{ "motion: a bare number as line", "[MotionSensor hall]\nLine=17\n",
	  "FILE:2: [MotionSensor hall] Line=17: " A_LINE },
	{ "motion: an empty line", "[MotionSensor hall]\nLine=\n",
	  "FILE:2: [MotionSensor hall] Line=: " A_LINE },
	{ "motion: no line", "[MotionSensor hall]\nLocation=Hall\n",
	  "FILE:1: [MotionSensor hall]: Line= is missing; " A_LINE_OR_REMOTE },
	{ "motion: a chip without an offset", "[MotionSensor hall]\nLine=gpiochip0\n",
	  "FILE:2: [MotionSensor hall] Line=gpiochip0: " A_LINE },
	{ "motion: an offset that is none", "[MotionSensor hall]\nLine=gpiochip0:x\n",
	  "FILE:2: [MotionSensor hall] Line=gpiochip0:x: " A_LINE },
	{ "motion: a chip's path without an offset", "[MotionSensor hall]\nLine=/dev/gpiochip0\n",
	  "FILE:2: [MotionSensor hall] Line=/dev/gpiochip0: " A_LINE },
	{ "motion: an offset without a chip", "[MotionSensor hall]\nLine=:17\n",
	  "FILE:2: [MotionSensor hall] Line=:17: " A_LINE },
	{ "motion: a colon and nothing", "[MotionSensor hall]\nLine=PIR_HALL:\n",
	  "FILE:2: [MotionSensor hall] Line=PIR_HALL:: " A_LINE },
	{ "motion: a line's name that no kernel has", "[MotionSensor hall]\nLine=" X32 "\n",
	  "FILE:2: [MotionSensor hall] Line=" X32 ": " A_LINE },
	{ "motion: neither yes nor no", MOTION "ActiveLow=maybe\n",
	  "FILE:3: [MotionSensor hall] ActiveLow=maybe: " YES_OR_NO },
	{ "motion: a number that is neither", MOTION "ActiveLow=2\n",
	  "FILE:3: [MotionSensor hall] ActiveLow=2: " YES_OR_NO },
	{ "motion: unknown bias", MOTION "Bias=up\n",
	  "FILE:3: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, pull-down\n" },
	{ "motion: bias in capitals", MOTION "Bias=Pull-Up\n",
	  "FILE:3: [MotionSensor hall] Bias=Pull-Up: expected one of as-is, disabled, pull-up, pull-down\n" },
	{ "motion: stuck for no time", MOTION "StuckSec=never\n",
	  "FILE:3: [MotionSensor hall] StuckSec=never: " A_TIME },
	{ "motion: no number of changes", MOTION "ChangesPerHourMax=-1\n",
	  "FILE:3: [MotionSensor hall] ChangesPerHourMax=-1: expected a whole number from 0 (never) to 1000000\n" },
	{ "motion: no hour", MOTION "ChangesHours=0\n",
	  "FILE:3: [MotionSensor hall] ChangesHours=0: expected a whole number from 1 to 8760\n" },
	{ "light: suspects are ignored, or not", "[LightController hall]\nLine=B\nIgnoreSuspect=maybe\n",
	  "FILE:3: [LightController hall] IgnoreSuspect=maybe: " YES_OR_NO },
	{ "button: no double", "[Button hall]\nLine=A\nDoubleSec=twice\n",
	  "FILE:3: [Button hall] DoubleSec=twice: " A_TIME },
	{ "button: a negative long", "[Button hall]\nLine=A\nLongSec=-1\n",
	  "FILE:3: [Button hall] LongSec=-1: " A_TIME },
	{ "light: a button that is none", MOTION "[LightController hall]\nLine=B\nButtons=hall\n",
	  "FILE:5: [LightController hall] Buttons=hall: expected names of [Button ...] sections; there is no [Button hall]\n" },
	{ "motion: no delay", MOTION "OnDelaySec=later\n",
	  "FILE:3: [MotionSensor hall] OnDelaySec=later: " A_TIME },
	{ "motion: a negative delay", MOTION "OffDelaySec=-1\n",
	  "FILE:3: [MotionSensor hall] OffDelaySec=-1: " A_TIME },
	{ "motion: no time span", MOTION "DebounceSec=abc\n",
	  "FILE:3: [MotionSensor hall] DebounceSec=abc: " A_DEBOUNCE_TIME },
	{ "motion: a negative time", MOTION "DebounceSec=-20ms\n",
	  "FILE:3: [MotionSensor hall] DebounceSec=-20ms: " A_DEBOUNCE_TIME },
	{ "motion: longer than the kernel can", MOTION "DebounceSec=2h\n",
	  "FILE:3: [MotionSensor hall] DebounceSec=2h: " A_DEBOUNCE_TIME },
	{ "motion: an unknown unit", MOTION "WarmupSec=30 parsecs\n",
	  "FILE:3: [MotionSensor hall] WarmupSec=30 parsecs: " A_TIME },
	{ "motion: more digits than there is time", MOTION "WarmupSec=99999999999999999999\n",
	  "FILE:3: [MotionSensor hall] WarmupSec=99999999999999999999: " A_TIME },
	{ "motion: more years than ns", MOTION "WarmupSec=600y\n",
	  "FILE:3: [MotionSensor hall] WarmupSec=600y: " A_TIME },
	{ "motion: location twice", MOTION "Location=Hall\nLocation=Stairs\n",
	  "FILE:4: [MotionSensor hall] Location=Stairs: expected Location= once; it is set in line 3 "
	  "already\n" },

	/* --- values of a TemperatureSensor */
	{ "temperature: no device", "[TemperatureSensor hall]\nChannel=temp\n",
	  "FILE:1: [TemperatureSensor hall]: Device= is missing; " A_DEVICE_OR_REMOTE },
	{ "temperature: an empty device", "[TemperatureSensor hall]\nDevice=\n",
	  "FILE:2: [TemperatureSensor hall] Device=: " A_DEVICE },
	{ "temperature: channel twice", TEMPERATURE "Channel=temp\nChannel=temp2\n",
	  "FILE:4: [TemperatureSensor hall] Channel=temp2: expected Channel= once; it is set in line 3 "
	  "already\n" },
	{ "temperature: context twice, the same", TEMPERATURE "Uri=local:\n\nUri=local:\n",
	  "FILE:5: [TemperatureSensor hall] Uri=local:: expected Uri= once; it is set in line 3 already\n" },
	{ "temperature: no interval at all", TEMPERATURE "IntervalSec=0\n",
	  "FILE:3: [TemperatureSensor hall] IntervalSec=0: " AN_INTERVAL },
	{ "temperature: an interval that nobody lives to see", TEMPERATURE "IntervalSec=2y\n",
	  "FILE:3: [TemperatureSensor hall] IntervalSec=2y: " AN_INTERVAL },
	{ "temperature: infinity", TEMPERATURE "IntervalSec=infinity\n",
	  "FILE:3: [TemperatureSensor hall] IntervalSec=infinity: " AN_INTERVAL },
	{ "temperature: a word for an interval", TEMPERATURE "IntervalSec=fast\n",
	  "FILE:3: [TemperatureSensor hall] IntervalSec=fast: " AN_INTERVAL },
	{ "temperature: not a number", TEMPERATURE "High=nan\n",
	  "FILE:3: [TemperatureSensor hall] High=nan: " HIGH },
	{ "temperature: infinitely high", TEMPERATURE "High=inf\n",
	  "FILE:3: [TemperatureSensor hall] High=inf: " HIGH },
	{ "temperature: hexadecimal", TEMPERATURE "High=0x10\n",
	  "FILE:3: [TemperatureSensor hall] High=0x10: " HIGH },
	{ "temperature: larger than any double", TEMPERATURE "High=1e400\n",
	  "FILE:3: [TemperatureSensor hall] High=1e400: " HIGH },
	{ "temperature: with its unit", TEMPERATURE "High=28°C\n",
	  "FILE:3: [TemperatureSensor hall] High=28°C: " HIGH },
	{ "temperature: with a decimal comma", TEMPERATURE "Low=4,5\n",
	  "FILE:3: [TemperatureSensor hall] Low=4,5: " LOW },
	{ "temperature: a word", TEMPERATURE "Low=cold\n",
	  "FILE:3: [TemperatureSensor hall] Low=cold: " LOW },
	{ "temperature: colder than anything", TEMPERATURE "Low=-300\n",
	  "FILE:3: [TemperatureSensor hall] Low=-300: " LOW },
	{ "temperature: negative hysteresis", TEMPERATURE "Hysteresis=-1\n",
	  "FILE:3: [TemperatureSensor hall] Hysteresis=-1: " A_HYSTERESIS },
	{ "temperature: too large an offset", TEMPERATURE "Offset=1001\n",
	  "FILE:3: [TemperatureSensor hall] Offset=1001: " AN_OFFSET },
	{ "temperature: two signs", TEMPERATURE "Offset=--3\n",
	  "FILE:3: [TemperatureSensor hall] Offset=--3: " AN_OFFSET },
	{ "temperature: a factor of nothing", TEMPERATURE "Factor=0\n",
	  "FILE:3: [TemperatureSensor hall] Factor=0: " A_FACTOR },
	{ "temperature: a factor that is none", TEMPERATURE "Factor=9/5\n",
	  "FILE:3: [TemperatureSensor hall] Factor=9/5: " A_FACTOR },
	{ "temperature: rejected values with commas", TEMPERATURE "Reject=85, -127\n",
	  "FILE:3: [TemperatureSensor hall] Reject=85, -127: expected numbers with spaces between, such as 85 -127\n" },
	{ "temperature: no number is valid", TEMPERATURE "ValidMin=cold\n",
	  "FILE:3: [TemperatureSensor hall] ValidMin=cold: expected a number, or nothing for none\n" },
	{ "temperature: no number is valid, above", TEMPERATURE "ValidMax=nan\n",
	  "FILE:3: [TemperatureSensor hall] ValidMax=nan: expected a number, or nothing for none\n" },
	{ "temperature: nothing is valid", TEMPERATURE "ValidMin=40\nValidMax=-20\n",
	  "FILE:3: [TemperatureSensor hall] ValidMin=40: expected less than ValidMax=-20\n" },
	{ "temperature: no step", TEMPERATURE "MaxStep=0\n",
	  "FILE:3: [TemperatureSensor hall] MaxStep=0: expected a number above 0, such as 5, or nothing for none\n" },
	{ "temperature: an even median", TEMPERATURE "MedianOf=4\n",
	  "FILE:3: [TemperatureSensor hall] MedianOf=4: " A_MEDIAN },
	{ "temperature: a long median", TEMPERATURE "MedianOf=17\n",
	  "FILE:3: [TemperatureSensor hall] MedianOf=17: " A_MEDIAN },
	{ "temperature: smooth for ever", TEMPERATURE "Smooth=infinity\n",
	  "FILE:3: [TemperatureSensor hall] Smooth=infinity: " A_TIME },
	{ "temperature: told at nothing", TEMPERATURE "ReportDelta=-1\n",
	  "FILE:3: [TemperatureSensor hall] ReportDelta=-1: expected a number above 0, such as 0.2, or nothing for none\n" },
	{ "temperature: told at no time", TEMPERATURE "ReportSec=often\n",
	  "FILE:3: [TemperatureSensor hall] ReportSec=often: " A_TIME },
	{ "temperature: no errors", TEMPERATURE "ErrorsUntilUnavailable=0\n",
	  "FILE:3: [TemperatureSensor hall] ErrorsUntilUnavailable=0: " ERRORS },
	{ "temperature: less than no errors", TEMPERATURE "ErrorsUntilUnavailable=-1\n",
	  "FILE:3: [TemperatureSensor hall] ErrorsUntilUnavailable=-1: " ERRORS },
	{ "temperature: half an error", TEMPERATURE "ErrorsUntilUnavailable=1.5\n",
	  "FILE:3: [TemperatureSensor hall] ErrorsUntilUnavailable=1.5: " ERRORS },
	{ "temperature: more errors than 32 bits count", TEMPERATURE "ErrorsUntilUnavailable=4294967297\n",
	  "FILE:3: [TemperatureSensor hall] ErrorsUntilUnavailable=4294967297: " ERRORS },
	{ "temperature: low is above high", TEMPERATURE "Low=28\nHigh=5\n",
	  "FILE:3: [TemperatureSensor hall] Low=28: expected less than High=5\n" },
	{ "temperature: low is high", TEMPERATURE "High=28\nLow=28\n",
	  "FILE:4: [TemperatureSensor hall] Low=28: expected less than High=28\n" },
	/* Whose difference shows in the last digits only. */
	{ "temperature: low is above high by little", TEMPERATURE "Low=28.123457\nHigh=28.123456\n",
	  "FILE:3: [TemperatureSensor hall] Low=28.123457: expected less than High=28.123456\n" },
	{ "temperature: a context that there is not", TEMPERATURE "Uri=bogus:\n",
	  "FILE:3: [TemperatureSensor hall] Uri=bogus:: expected a libiio context, such as local: or ip:192.168.1.5\n" },
	{ "temperature: a context without a colon", TEMPERATURE "Uri=local\n",
	  "FILE:3: [TemperatureSensor hall] Uri=local: expected a libiio context, such as local: or ip:192.168.1.5\n" },
	{ "temperature: a path on another machine",
	  "[TemperatureSensor hall]\nDevice=/sys/devices/x\nUri=ip:192.168.1.5\n",
	  "FILE:2: [TemperatureSensor hall] Device=/sys/devices/x: expected a name, label or iio:deviceN; a path is for "
	  "Uri=local: only\n" },
	{ "temperature: hwmon without a name", "[TemperatureSensor hall]\nDevice=hwmon:\n",
	  "FILE:2: [TemperatureSensor hall] Device=hwmon:: " A_HWMON_DEVICE },
	{ "temperature: hwmon on another machine",
	  "[TemperatureSensor hall]\nDevice=hwmon:lm75\nUri=ip:192.168.1.5\n",
	  "FILE:3: [TemperatureSensor hall] Uri=ip:192.168.1.5: expected local:, as Device=hwmon:lm75 is one of this "
	  "machine's own\n" },
	{ "temperature: 1-Wire without an id", "[TemperatureSensor hall]\nDevice=w1:\n",
	  "FILE:2: [TemperatureSensor hall] Device=w1:: " A_W1_DEVICE },
	{ "temperature: a 1-Wire id without its family", "[TemperatureSensor hall]\nDevice=w1:0123456789ab\n",
	  "FILE:2: [TemperatureSensor hall] Device=w1:0123456789ab: " A_W1_DEVICE },
	{ "temperature: a 1-Wire id that is too short",
	  "[TemperatureSensor hall]\nDevice=w1:28-0123456789a\n",
	  "FILE:2: [TemperatureSensor hall] Device=w1:28-0123456789a: " A_W1_DEVICE },
	{ "temperature: a 1-Wire id that is too long",
	  "[TemperatureSensor hall]\nDevice=w1:28-0123456789abc\n",
	  "FILE:2: [TemperatureSensor hall] Device=w1:28-0123456789abc: " A_W1_DEVICE },
	{ "temperature: a 1-Wire id in capitals", "[TemperatureSensor hall]\nDevice=w1:28-0123456789AB\n",
	  "FILE:2: [TemperatureSensor hall] Device=w1:28-0123456789AB: " A_W1_DEVICE },
	{ "temperature: a 1-Wire path", "[TemperatureSensor hall]\nDevice=w1:/sys/devices/w1_bus_master1\n",
	  "FILE:2: [TemperatureSensor hall] Device=w1:/sys/devices/w1_bus_master1: " A_W1_DEVICE },
	{ "temperature: 1-Wire on another machine",
	  "[TemperatureSensor hall]\nDevice=w1:28-0123456789ab\nUri=ip:192.168.1.5\n",
	  "FILE:3: [TemperatureSensor hall] Uri=ip:192.168.1.5: expected local:, as Device=w1:28-0123456789ab is one "
	  "of this machine's own\n" },
	{ "temperature: hysteresis too large", TEMPERATURE "Low=18\nHigh=28\nHysteresis=5\n",
	  "FILE:5: [TemperatureSensor hall] Hysteresis=5: expected less than half of the distance between "
	  "Low=18 and High=28\n" },
	{ "temperature: the default hysteresis too large", "\n" TEMPERATURE "Low=27.5\nHigh=28\n",
	  "FILE:2: [TemperatureSensor hall] Hysteresis=0.5: expected less than half of the distance between "
	  "Low=27.5 and High=28; it is not set here, this is the default\n" },

	/* --- values of a LightController */
	{ "light: no line", "[LightController hall]\n",
	  "FILE:1: [LightController hall]: Line= is missing; " A_LINE },
	{ "light: an empty line", "[LightController hall]\nLine=\n",
	  "FILE:2: [LightController hall] Line=: " A_LINE },
	{ "light: a wrong line", "[LightController hall]\nLine=gpiochip1:\n",
	  "FILE:2: [LightController hall] Line=gpiochip1:: " A_LINE },
	{ "light: neither yes nor no", LIGHT "ActiveLow=low\n",
	  "FILE:3: [LightController hall] ActiveLow=low: " YES_OR_NO },
	{ "light: no time", LIGHT "OffDelaySec=2 min.\n",
	  "FILE:3: [LightController hall] OffDelaySec=2 min.: " A_TIME },
	{ "light: location twice", LIGHT "Location=a\nLocation=a\n",
	  "FILE:4: [LightController hall] Location=a: expected Location= once; it is set in line 3 "
	  "already\n" },
	{ "light: a sensor that is called otherwise", MOTION LIGHT "Motion=hal\n",
	  "FILE:5: [LightController hall] Motion=hal: there is no [MotionSensor hal]; did you mean hall?\n" },
	{ "light: a sensor that there is not", MOTION LIGHT "Motion=garage\n",
	  "FILE:5: [LightController hall] Motion=garage: expected names of [MotionSensor ...] sections; "
	  "there is no [MotionSensor garage]\n" },
	{ "light: a sensor where there is none", LIGHT "Motion=hall\n",
	  "FILE:3: [LightController hall] Motion=hall: expected names of [MotionSensor ...] sections; "
	  "there is no [MotionSensor hall]\n" },
	{ "light: a sensor of another kind", TEMPERATURE LIGHT "Motion=hall\n",
	  "FILE:5: [LightController hall] Motion=hall: expected names of [MotionSensor ...] sections; "
	  "there is no [MotionSensor hall]\n" },
	{ "light: a sensor twice", MOTION LIGHT "Motion=hall hall\n",
	  "FILE:5: [LightController hall] Motion=hall hall: expected each name once; hall is there twice\n" },
	{ "light: commas between", MOTION LIGHT "Motion=hall,stairs\n",
	  "FILE:5: [LightController hall] Motion=hall,stairs: " MOTION_SENSORS },

	/* --- values of a DoorLock */
	{ "lock: no LED", "[DoorLock front]\nButtonLine=BELL\n",
	  "FILE:1: [DoorLock front]: LedLine= is missing; " A_LINE },
	{ "lock: an empty LED", "[DoorLock front]\nLedLine=\n",
	  "FILE:2: [DoorLock front] LedLine=: " A_LINE },
	{ "lock: a bare number as LED", "[DoorLock front]\nLedLine=21\n",
	  "FILE:2: [DoorLock front] LedLine=21: " A_LINE },
	{ "lock: neither yes nor no", LOCK "ActiveLow=-\n",
	  "FILE:3: [DoorLock front] ActiveLow=-: " YES_OR_NO },
	{ "lock: the kind before a name", MOTION LOCK "Motion=[MotionSensor hall]\n",
	  "FILE:5: [DoorLock front] Motion=[MotionSensor hall]: " MOTION_SENSORS },
	{ "lock: a sensor that is called otherwise", MOTION LOCK "Motion=Hall\n",
	  "FILE:5: [DoorLock front] Motion=Hall: there is no [MotionSensor Hall]; did you mean hall?\n" },
	{ "light: unknown value at the stop", LIGHT "StopValue=blink\n",
	  "FILE:3: [LightController hall] StopValue=blink: expected one of keep, on, off\n" },
	{ "lock: unknown value at the stop", LOCK "StopValue=ON\n",
	  "FILE:3: [DoorLock front] StopValue=ON: expected one of keep, on, off\n" },
	{ "lock: unknown state", LOCK "InitialState=open\n",
	  "FILE:3: [DoorLock front] InitialState=open: expected one of locked, unlocked, last\n" },
	{ "lock: no time", LOCK "AlertIntervalSec=often\n",
	  "FILE:3: [DoorLock front] AlertIntervalSec=often: " A_TIME },
	{ "lock: a bare number as button", LOCK "ButtonLine=3\n",
	  "FILE:3: [DoorLock front] ButtonLine=3: " A_LINE },
	{ "lock: button neither yes nor no", LOCK "ButtonActiveLow=low\n",
	  "FILE:3: [DoorLock front] ButtonActiveLow=low: " YES_OR_NO },
	{ "lock: unknown bias of the button", LOCK "ButtonBias=pullup\n",
	  "FILE:3: [DoorLock front] ButtonBias=pullup: expected one of as-is, disabled, pull-up, pull-down\n" },
	{ "lock: debounced for longer than the kernel can", LOCK "ButtonDebounceSec=2h\n",
	  "FILE:3: [DoorLock front] ButtonDebounceSec=2h: " A_DEBOUNCE_TIME },
	{ "lock: location twice, once empty", LOCK "Location=\nLocation=Door\n",
	  "FILE:4: [DoorLock front] Location=Door: expected Location= once; it is set in line 3 already\n" },

	/* --- conditions */
	{ "condition: no such state", MOTION SWITCH "OnWhen=hall moton\n",
	  "FILE:5: [Switch fan] OnWhen=hall moton: expected one of motion, clear, available, unavailable, suspect, which a "
	  "MotionSensor can be; did you mean motion?\n  hall moton\n       ^~~~~\n" },
	{ "condition: nobody of this name", MOTION SWITCH "OnWhen=hall motion and not attic open\n",
	  "FILE:5: [Switch fan] OnWhen=hall motion and not attic open: expected a component; there is no attic\n"
	  "  hall motion and not attic open\n                      ^~~~~\n" },
	{ "condition: nearly a name", MOTION SWITCH "OnWhen=hal motion\n",
	  "FILE:5: [Switch fan] OnWhen=hal motion: expected a component; there is no hal; did you mean hall?\n"
	  "  hal motion\n  ^~~\n" },
	{ "condition: several of a name", MOTION TEMPERATURE SWITCH "OnWhen=hall unavailable\n",
	  "FILE:7: [Switch fan] OnWhen=hall unavailable: expected kind and name, because several could be meant: "
	  "MotionSensor/hall, TemperatureSensor/hall\n  hall unavailable\n  ^~~~\n" },
	{ "condition: it measures nothing", MOTION SWITCH "OnWhen=hall above 5\n",
	  "FILE:5: [Switch fan] OnWhen=hall above 5: expected one of motion, clear, available, unavailable, suspect, which a "
	  "MotionSensor can be\n  hall above 5\n       ^~~~~\n" },
	{ "condition: not one", MOTION SWITCH "OnWhen=hall motion and\n",
	  "FILE:5: [Switch fan] OnWhen=hall motion and: expected a component's name, \"not\" or \"(\"; the condition ends "
	  "here\n  hall motion and\n                 ^\n" },
	{ "condition: of itself", SWITCH "OnWhen=fan on\n",
	  "FILE:3: [Switch fan] OnWhen=fan on: expected a condition that does not wait for itself; [Switch fan] is this one\n" },
	{ "condition: of one another", SWITCH "OnWhen=other on\n[Switch other]\nLine=B\nOnWhen=fan off\n",
	  "FILE:6: [Switch other] OnWhen=fan off: expected a condition that does not wait for itself; [Switch fan] has one that "
	  "comes back here\n" },
	{ "light: not a condition", LIGHT "OnlyWhen=dark\n",
	  "FILE:3: [LightController hall] OnlyWhen=dark: expected a state, such as \"open\", or \"above\" or \"below\"; the "
	  "condition ends here\n  dark\n      ^\n" },
	{ "switch: what it does when nobody knows", SWITCH "WhenUnknown=maybe\n",
	  "FILE:3: [Switch fan] WhenUnknown=maybe: expected one of off, on, keep\n" },

	{ "switch: excludes one that does not", SWITCH "Excludes=down\n[Switch down]\nLine=B\n",
	  "FILE:3: [Switch fan] Excludes=down: expected that [Switch down] has Excludes=fan, too\n" },
	{ "switch: excludes itself", SWITCH "Excludes=fan\n", "FILE:3: [Switch fan] Excludes=fan: expected others than itself\n" },
	{ "switch: excludes nobody", SWITCH "Excludes=fun\n", "FILE:3: [Switch fan] Excludes=fun: there is no [Switch fun]; did you mean fan?\n" },

	/* --- the door of a [DoorLock] */
	{ "door: two contacts", CONTACTS LOCK "Contact=front back\n",
	  "FILE:7: [DoorLock front] Contact=front back: expected the name of one contact\n" },
	{ "door: no such contact", CONTACTS LOCK "Contact=frnt\n",
	  "FILE:7: [DoorLock front] Contact=frnt: there is no [ContactSensor frnt]; did you mean front?\n" },
	{ "door: open for too long, and nobody knows", LOCK "OpenTooLongSec=1min\n",
	  "FILE:1: [DoorLock front] Contact=: expected the name of a contact, as OpenTooLongSec= is set; it is not set here\n" },
	{ "door: a strike that is on for long", LOCK "StrikeLine=STRIKE\nStrikeSec=1h\n",
	  "FILE:4: [DoorLock front] StrikeSec=1h: expected a time span from 50ms to 5min, such as 3s\n" },
	{ "door: locked before the strike is off", LOCK "StrikeLine=STRIKE\nStrikeSec=10s\nRelockSec=5s\n",
	  "FILE:5: [DoorLock front] RelockSec=5s: expected a time span of at least 1s and StrikeSec=, or 0\n" },
	{ "door: the strike's line twice", LOCK "StrikeLine=LOCK_LED\n",
	  "FILE:3: [DoorLock front] StrikeLine=LOCK_LED: expected a line that nothing else uses; [DoorLock front] has it as LedLine= "
	  "(FILE:2)\n" },

	/* --- [Schedule] */
	{ "schedule: no such time", SCHEDULE "From=6:30\nTo=23:00\n",
	  "FILE:2: [Schedule evening] From=6:30: expected a time of day, such as 06:30, sunrise, or sunset+30min (or -30min; 12 hours at "
	  "most)\n" },
	{ "schedule: the end is missing", SCHEDULE "From=18:00\n",
	  "FILE:1: [Schedule evening]: To= is missing; expected a time of day, such as 06:30, sunrise, or sunset+30min (or -30min; 12 hours "
	  "at most)\n" },
	{ "schedule: no time at all", SCHEDULE "From=18:00\nTo=18:00\n",
	  "FILE:3: [Schedule evening] To=18:00: expected another time than that of From=; the whole day is 00:00 to 24:00\n" },
	{ "schedule: begins at the end of the day", SCHEDULE "From=24:00\nTo=02:00\n",
	  "FILE:2: [Schedule evening] From=24:00: expected 00:00, as 24:00 is the end of a day\n" },
	{ "schedule: on no day", SCHEDULE "From=23:00\nTo=sunset\nLatitude=52.5\nLongitude=13.4\n",
	  "FILE:3: [Schedule evening] To=sunset: expected a time that comes after From= on some day of the year\n" },
	{ "schedule: the sun of nowhere", SCHEDULE "From=sunset\nTo=23:00\nLatitude=52.5\n",
	  "FILE:1: [Schedule evening] Longitude=: expected degrees, such as Latitude=52.5 and Longitude=13.4, as the sun is different "
	  "elsewhere; it is not set here\n" },
	{ "schedule: beyond the pole", SCHEDULE "From=18:00\nTo=23:00\nLatitude=91\n",
	  "FILE:4: [Schedule evening] Latitude=91: expected degrees from -90 to 90, north is positive, such as 52.5\n" },
	{ "schedule: no such day", SCHEDULE "From=18:00\nTo=23:00\nDays=weekend\n",
	  "FILE:4: [Schedule evening] Days=weekend: expected days of the week, such as Mon..Fri or \"Sat Sun\"\n" },

	/* --- [Fan] */
	{ "fan: nothing to drive", TEMPERATURE FAN, "FILE:3: [Fan rack] Pwm=: expected either Line= or Pwm=; it is not set here\n" },
	{ "fan: two things to drive", TEMPERATURE FAN "Line=A\nPwm=pwmchip0:1\n",
	  "FILE:8: [Fan rack] Pwm=pwmchip0:1: expected either Line= or Pwm=\n" },
	{ "fan: coldest above hottest", TEMPERATURE "[Fan rack]\nLine=A\nTemperature=hall\nOffBelow=60\nFullAbove=40\n",
	  "FILE:6: [Fan rack] OffBelow=60: expected less than FullAbove=40\n" },
	{ "fan: no such thermometer", "[Fan rack]\nLine=A\nTemperature=hall\nOffBelow=40\nFullAbove=60\n",
	  "FILE:3: [Fan rack] Temperature=hall: expected names of [TemperatureSensor ...] sections; there is no "
	  "[TemperatureSensor hall]\n" },
	{ "fan: two thermometers", TEMPERATURE "[TemperatureSensor b]\nDevice=b\n[Fan rack]\nLine=A\nTemperature=hall b\n"
	                           "OffBelow=40\nFullAbove=60\n",
	  "FILE:7: [Fan rack] Temperature=hall b: expected the name of one thermometer\n" },

	/* --- [Action] */
	{ "action: neither event nor unit", "[Action push]\n",
	  "FILE:1: [Action push]: Unit= is missing; " A_UNIT "FILE:1: [Action push] When=: " A_REASON "; it is not set here\n" },
	{ "action: neither event nor condition", "[Action push]\nOn=\nUnit=roomd-action-push.service\n",
	  "FILE:1: [Action push] When=: " A_REASON "; it is not set here\n" },
	{ "action: too often", ACTION("lock_alert", "roomd-action-push.service") "AtMostEverySec=0\n",
	  "FILE:4: [Action push] AtMostEverySec=0: expected a time span of at least 1s, such as 10s\n" },
	{ "action: event and condition", MOTION ACTION("lock_alert", "roomd-action-push.service") "When=hall motion\n",
	  "FILE:6: [Action push] When=hall motion: " A_REASON "\n" },
	{ "action: event, and what is no condition", MOTION ACTION("lock_alert", "roomd-action-push.service") "When=hall\n",
	  "FILE:6: [Action push] When=hall: " A_REASON "\n"
	  "FILE:6: [Action push] When=hall: expected a state, such as \"open\", or \"above\" or \"below\"; the condition "
	  "ends here\n  hall\n      ^\n" },
	{ "action: a condition of nobody", "[Action push]\nWhen=hall motion\nUnit=roomd-action-push.service\n",
	  "FILE:2: [Action push] When=hall motion: expected a component; there is no hall\n  hall motion\n  ^~~~\n" },
	{ "action: a condition of itself", "[Action push]\nWhen=not push running\nUnit=roomd-action-push.service\n",
	  "FILE:2: [Action push] When=not push running: expected a condition that does not wait for itself; [Action push] is "
	  "this one\n" },
	{ "action: no event", ACTION("lock_alarm", "roomd-action-push.service"),
	  "FILE:2: [Action push] On=lock_alarm: expected an event of a component, which 'lock_alarm' is not; did you mean "
	  "lock_alert?\n" },
	{ "action: no event of a component", ACTION("front opened", "roomd-action-push.service"),
	  "FILE:2: [Action push] On=front opened: expected an event of a component, which 'opened' is not\n" },
	{ "action: another unit", ACTION("lock_alert", "ssh.service"), "FILE:3: [Action push] Unit=ssh.service: " A_UNIT },
	{ "action: no service", ACTION("lock_alert", "roomd-action-push.timer"),
	  "FILE:3: [Action push] Unit=roomd-action-push.timer: " A_UNIT },
	{ "action: nothing but the beginning", ACTION("lock_alert", "roomd-action-.service"),
	  "FILE:3: [Action push] Unit=roomd-action-.service: " A_UNIT },
	{ "action: a path", ACTION("lock_alert", "roomd-action-/etc.service"),
	  "FILE:3: [Action push] Unit=roomd-action-/etc.service: " A_UNIT },
	{ "action: time", ACTION("lock_alert", "roomd-action-push.service") "AtMostEverySec=-1\n",
	  "FILE:4: [Action push] AtMostEverySec=-1: expected a time span of at least 1s, such as 10s\n" },

	/* --- keys */
	{ "key: nearly right", MOTION "Debounce=20ms\n",
	  "FILE:3: [MotionSensor hall] Debounce=20ms: unknown key; did you mean DebounceSec=?\n" },
	{ "key: unknown", MOTION "Colour=red\n",
	  "FILE:3: [MotionSensor hall] Colour=red: unknown key; expected one of " MOTION_KEYS },
	{ "key: of another kind", MOTION "Hysteresis=0.5\n",
	  "FILE:3: [MotionSensor hall] Hysteresis=0.5: unknown key; expected one of " MOTION_KEYS },
	{ "key: wrong case", MOTION "activelow=yes\n",
	  "FILE:3: [MotionSensor hall] activelow=yes: unknown key; did you mean ActiveLow=?\n" },
	{ "key: wrong case, and so missing", "[MotionSensor hall]\nline=PIR_HALL\n",
	  "FILE:2: [MotionSensor hall] line=PIR_HALL: unknown key; did you mean Line=?\n"
	  "FILE:1: [MotionSensor hall]: Line= is missing; " A_LINE_OR_REMOTE },
	{ "key: before any section", "# roomd\nLine=PIR_HALL\n" MOTION,
	  "FILE:2: expected a section, [Kind name], before the first key\n" },
	{ "key: without a value", MOTION "ActiveLow\n", "FILE:3: [MotionSensor hall]: " AN_ASSIGNMENT },
	{ "key: with a colon", MOTION "Bias: pull-up\n", "FILE:3: [MotionSensor hall]: " AN_ASSIGNMENT },
	{ "key: with a colon before the =", "[TemperatureSensor hall]\nDevice: name=tmp117\nDevice=tmp117\n",
	  "FILE:2: [TemperatureSensor hall]: " AN_ASSIGNMENT },
	{ "key: nothing before the =", MOTION " =pull-up\n", "FILE:3: [MotionSensor hall]: " AN_ASSIGNMENT },
	{ "key: twice", MOTION "Line=PIR_DOOR\n",
	  "FILE:3: [MotionSensor hall] Line=PIR_DOOR: expected Line= once; it is set in line 2 already\n" },
	{ "key: twice in two parts of a section", MOTION LIGHT "[MotionSensor hall]\nLine=PIR_DOOR\n",
	  "FILE:6: [MotionSensor hall] Line=PIR_DOOR: expected Line= once; it is set in line 2 already\n" },

	/* --- headers; what stands below a wrong one is not blamed for it */
	{ "header: nearly right", "[MotionSenser hall]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSenser hall]: unknown kind; did you mean [MotionSensor ...]?\n" },
	{ "header: wrong case", "[motionsensor hall]\nLine=PIR_HALL\n",
	  "FILE:1: [motionsensor hall]: unknown kind; did you mean [MotionSensor ...]?\n" },
	{ "header: the beginning of a kind", "[Motion hall]\nLine=PIR_HALL\n",
	  "FILE:1: [Motion hall]: unknown kind; did you mean [MotionSensor ...]?\n" },
	{ "header: unknown kind", MOTION "[Xyzzy kitchen]\nSpeed=3\n",
	  "FILE:3: [Xyzzy kitchen]: unknown kind; expected one of " KINDS },
	{ "header: empty, and not a room", "[Empty]\n[Empty hall]\n[Empty room 2]\n[Empty room]\n",
	  "FILE:1: [Empty]: " AN_EMPTY_ROOM "FILE:2: [Empty hall]: " AN_EMPTY_ROOM
	  "FILE:3: [Empty room 2]: " AN_EMPTY_ROOM },
	{ "an empty room with a key", "[Empty room]\nLine=PIR_HALL\n",
	  "FILE:2: [Empty room] Line=PIR_HALL: expected no key in [Empty room]\n" },
	{ "an empty room that is not", MOTION "[Empty room]\n",
	  "FILE:3: [Empty room]: expected no component beside it; there is [MotionSensor hall] (FILE:1)\n" },
	{ "header: a kind and no name", "[MotionSensor]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor]: " A_HEADER },
	{ "header: two names", "[MotionSensor hall stairs]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor hall stairs]: " A_HEADER },
	{ "header: empty", "[]\nLine=PIR_HALL\n", "FILE:1: []: " A_HEADER },
	{ "header: a name with other characters", "[MotionSensor hall/1]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor hall/1]: " A_HEADER },
	{ "header: a name in other letters", "[MotionSensor küche]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor küche]: " A_HEADER },
	{ "header: a name that begins with a sign", "[MotionSensor -hall]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor -hall]: " A_HEADER },
	{ "header: a name of 26", "[MotionSensor abcdefghijklmnopqrstuvwxyz]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor abcdefghijklmnopqrstuvwxyz]: " A_HEADER },
	{ "header: a name of 40", "[MotionSensor " X10 X10 X10 X10 "]\nLine=PIR_HALL\n",
	  "FILE:1: [MotionSensor " X10 X10 X10 X10 "]: " A_HEADER },
	{ "header: not closed", MOTION "[MotionSensor stairs\nLine=PIR_STAIRS\n", "FILE:3: " A_WHOLE_HEADER },
	{ "header: text behind it", MOTION "[MotionSensor stairs] Line=PIR_STAIRS\n",
	  "FILE:3: " A_WHOLE_HEADER },
	{ "header: a comment behind it", MOTION "[MotionSensor stairs] # upstairs\nLine=PIR_STAIRS\n",
	  "FILE:3: " A_WHOLE_HEADER },
	{ "header: a control character in it", MOTION "[MotionSensor st\x1b[1mairs]\nLine=PIR_STAIRS\n",
	  "FILE:3: " NO_CONTROL },
	{ "header: not UTF-8", MOTION "[MotionSensor st\xe4irs]\nLine=PIR_STAIRS\n", "FILE:3: " UTF8 },
	{ "header: longer than a line", MOTION "[MotionSensor " X4750 "]\nLine=PIR_STAIRS\n",
	  "FILE:3: " A_SHORT_LINE },
	{ "header: continued, and no name", "[Motion\\\nSensor hall]\nLine=PIR_HALL\n",
	  "FILE:1: [Motion Sensor hall]: unknown kind; did you mean [MotionSensor ...]?\n" },
	{ "header: continued, with spaces behind the backslash",
	  MOTION "[MotionSensor \\ \nstairs]\nLine=PIR_STAIRS\n", "FILE:3: " NOTHING_BEHIND },
	{ "header: continued by the end of the file", MOTION "[MotionSensor \\", "FILE:3: " ANOTHER_LINE },

	/* --- lines */
	{ "line: a comment behind a value", MOTION "Bias=pull-up # inside\n",
	  "FILE:3: [MotionSensor hall]: " A_COMMENT_LINE },
	{ "line: the other comment behind a value", MOTION "Bias=pull-up ; inside\n",
	  "FILE:3: [MotionSensor hall]: " A_COMMENT_LINE },
	{ "line: a comment instead of a value", MOTION "Location= #none\n",
	  "FILE:3: [MotionSensor hall]: " A_COMMENT_LINE },
	{ "line: a comment behind a tab", MOTION "Bias=pull-up\t# inside\n",
	  "FILE:3: [MotionSensor hall]: " A_COMMENT_LINE },
	{ "line: a comment before the =", MOTION "Location ;was=Hall\n",
	  "FILE:3: [MotionSensor hall]: " A_COMMENT_LINE },
	{ "line: too long", MOTION "Location=" X4750 "\n", "FILE:3: [MotionSensor hall]: " A_SHORT_LINE },
	{ "line: continued, and too long",
	  MOTION "Location=" X950 "\\\n" X950 "\\\n" X950 "\\\n" X950 "\\\n" X950 "\nBias=up\n",
	  "FILE:3: [MotionSensor hall]: " A_SHORT_LINE
	  "FILE:8: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, pull-down\n" },
	{ "line: a wrong value that is continued", MOTION "Bias= \\\n  # or none\n  up\nActiveLow=maybe\n",
	  "FILE:3: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, pull-down\n"
	  "FILE:6: [MotionSensor hall] ActiveLow=maybe: " YES_OR_NO },
	{ "line: a key that is continued", MOTION "\\\nActive\\\nLow=yes\n",
	  "FILE:4: [MotionSensor hall] Active Low=yes: unknown key; did you mean ActiveLow=?\n" },
	{ "line: a backslash that takes the next key", MOTION "Bias=pull-up \\\nActiveLow=yes\n",
	  "FILE:3: [MotionSensor hall] Bias=pull-up  ActiveLow=yes: expected one of as-is, disabled, pull-up, "
	  "pull-down\n" },
	{ "line: a backslash that takes the next header", LIGHT "Motion=hall \\\n" MOTION,
	  "FILE:3: [LightController hall] Motion=hall  [MotionSensor hall]: " MOTION_SENSORS
	  "FILE:5: [LightController hall] Line=PIR_HALL: expected Line= once; it is set in line 2 already\n" },
	{ "line: spaces behind the backslash", MOTION "Location=The \\ \nhall\nBias=up\n",
	  "FILE:3: [MotionSensor hall]: " NOTHING_BEHIND
	  "FILE:5: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, pull-down\n" },
	{ "line: a comment behind a part of a value",
	  MOTION LIGHT "Motion=\\\nhall # downstairs \\\nstairs\n",
	  "FILE:6: [LightController hall]: " A_COMMENT_LINE },
	{ "line: a comment that continues nothing", MOTION "# Location= \\\nColour=red\n",
	  "FILE:4: [MotionSensor hall] Colour=red: unknown key; expected one of " MOTION_KEYS },
	{ "line: a backslash at the end of the file", MOTION "Location=The \\\n# hall\n",
	  "FILE:3: [MotionSensor hall]: " ANOTHER_LINE },
	{ "line: CRLF, and a backslash at the end of the file",
	  "[MotionSensor hall]\r\nLine=\\\r\nPIR_HALL\r\nBias=pull-up\\\r\n",
	  "FILE:4: [MotionSensor hall]: " ANOTHER_LINE },
	{ "line: Latin-1 in a part of it", MOTION "Location=The\\\n B\xfcro\\\n door\n",
	  "FILE:4: [MotionSensor hall]: " UTF8 },
	{ "line: a sensor that is not there, in a continued list",
	  MOTION LIGHT "Motion=hall \\\n       garage\n",
	  "FILE:5: [LightController hall] Motion=hall         garage: expected names of [MotionSensor ...] sections; "
	  "there is no [MotionSensor garage]\n" },
	{ "line: an escape sequence", MOTION "Location=\x1b[31mHall\n",
	  "FILE:3: [MotionSensor hall]: " NO_CONTROL },
	{ "line: a delete character", MOTION "Location=Hall\x7f\n",
	  "FILE:3: [MotionSensor hall]: " NO_CONTROL },
	{ "line: a carriage return within", MOTION "Location=Hall\rX\n",
	  "FILE:3: [MotionSensor hall]: " NO_CONTROL },
	{ "line: a control character in a comment", "# \a\n" MOTION, "FILE:1: " NO_CONTROL },
	{ "line: Latin-1", MOTION "Location=B\xfcro\n", "FILE:3: [MotionSensor hall]: " UTF8 },
	{ "line: UTF-8 cut short", MOTION "Location=B\xc3\n", "FILE:3: [MotionSensor hall]: " UTF8 },
	{ "line: UTF-8 at its end cut short", MOTION "Location=\xe2\x82",
	  "FILE:3: [MotionSensor hall]: " UTF8 },
	{ "line: UTF-8 longer than needed", MOTION "Location=\xc0\xaf\n",
	  "FILE:3: [MotionSensor hall]: " UTF8 },
	{ "line: UTF-8 longer than needed, of three", MOTION "Location=\xe0\x80\xaf\n",
	  "FILE:3: [MotionSensor hall]: " UTF8 },
	{ "line: half a surrogate pair", MOTION "Location=\xed\xa0\x80\n",
	  "FILE:3: [MotionSensor hall]: " UTF8 },
	{ "line: beyond Unicode", MOTION "Location=\xf4\x90\x80\x80\n",
	  "FILE:3: [MotionSensor hall]: " UTF8 },

	/* --- what cannot be seen: the column is that of an editor */
	{ "invisible: a zero-width space behind a name", "[MotionSensor hall]\nLine=PIR_HALL\u200b\n",
	  "FILE:2: [MotionSensor hall]: " SEEN("U+200B (zero-width space) at column 14") DELETE
	  "FILE:1: [MotionSensor hall]: Line= is missing; " A_LINE_OR_REMOTE },
	{ "invisible: one in a key", MOTION "Active\u200bLow=yes\n",
	  "FILE:3: [MotionSensor hall]: " SEEN("U+200B (zero-width space) at column 7") DELETE },
	{ "invisible: a no-break space in a name", "[MotionSensor hall]\nLine=Relay\u00a01\n",
	  "FILE:2: [MotionSensor hall]: " SEEN("U+00A0 (no-break space) at column 11") A_SPACE
	  "FILE:1: [MotionSensor hall]: Line= is missing; " A_LINE_OR_REMOTE },
	{ "invisible: behind letters of more than a byte", MOTION "Location=Bür\u00ado\n",
	  "FILE:3: [MotionSensor hall]: " SEEN("U+00AD (soft hyphen) at column 13") DELETE },
	{ "invisible: behind spaces that count for nothing", MOTION "\u00a0\u00a0Location=\u200eHall\n",
	  "FILE:3: [MotionSensor hall]: " SEEN("U+200E (left-to-right mark) at column 12") DELETE },
	{ "invisible: a no-break space for that of a header", "[MotionSensor\u00a0hall]\nLine=PIR_HALL\n",
	  "FILE:1: " SEEN("U+00A0 (no-break space) at column 14") A_SPACE },
	{ "invisible: before a header, whose keys are not another section's",
	  MOTION "\ufeff[MotionSensor door]\nLine=PIR_DOOR\n",
	  "FILE:3: " SEEN("U+FEFF (byte order mark) at column 1") DELETE },
	{ "invisible: an end of line of another system",
	  MOTION "Bias=as-is\xc2\x85"
	         "DebounceSec=0\n",
	  "FILE:3: [MotionSensor hall]: " SEEN("U+0085 (next line) at column 11") DELETE },
	{ "invisible: a terminal's control sequence",
	  MOTION "Location=\xc2\x9b"
	         "1mHall\n",
	  "FILE:3: [MotionSensor hall]: " SEEN("U+009B (a control character) at column 10") DELETE },
	{ "invisible: a joiner where nothing joins", "[MotionSensor hall]\nLine=PIR\u200d_HALL\n",
	  "FILE:2: [MotionSensor hall]: " SEEN("U+200D (zero-width joiner) at column 9") DELETE
	  "FILE:1: [MotionSensor hall]: Line= is missing; " A_LINE_OR_REMOTE },
	{ "invisible: beyond 16 bits", MOTION "Location=Hall\U000e0041\n",
	  "FILE:3: [MotionSensor hall]: " SEEN("U+E0041 (a tag character) at column 14") DELETE },

	/* --- one line for two */
	{ "claim: two sensors", MOTION "[MotionSensor stairs]\nLine=PIR_HALL\n",
	  "FILE:4: [MotionSensor stairs] Line=PIR_HALL: expected a line that nothing else uses; "
	  "[MotionSensor hall] has it as Line= (FILE:2)\n" },
	{ "claim: a sensor and a light", "[LightController hall]\nLine=PIR_HALL\n" MOTION,
	  "FILE:4: [MotionSensor hall] Line=PIR_HALL: expected a line that nothing else uses; "
	  "[LightController hall] has it as Line= (FILE:2)\n" },
	{ "claim: two lights", LIGHT "[LightController stairs]\nLine=LIGHT_RELAY\n",
	  "FILE:4: [LightController stairs] Line=LIGHT_RELAY: expected a line that nothing else uses; "
	  "[LightController hall] has it as Line= (FILE:2)\n" },
	{ "claim: a light and an LED", LIGHT "[DoorLock front]\nLedLine=LIGHT_RELAY\n",
	  "FILE:4: [DoorLock front] LedLine=LIGHT_RELAY: expected a line that nothing else uses; "
	  "[LightController hall] has it as Line= (FILE:2)\n" },
	{ "claim: an LED and a light", LOCK "[LightController hall]\nLine=LOCK_LED\n",
	  "FILE:4: [LightController hall] Line=LOCK_LED: expected a line that nothing else uses; "
	  "[DoorLock front] has it as LedLine= (FILE:2)\n" },
	{ "claim: a light and a button", LIGHT LOCK "ButtonLine=LIGHT_RELAY\n",
	  "FILE:5: [DoorLock front] ButtonLine=LIGHT_RELAY: expected a line that nothing else uses; "
	  "[LightController hall] has it as Line= (FILE:2)\n" },
	{ "claim: an LED and the button of the same lock", LOCK "ButtonLine=LOCK_LED\n",
	  "FILE:3: [DoorLock front] ButtonLine=LOCK_LED: expected a line that nothing else uses; "
	  "[DoorLock front] has it as LedLine= (FILE:2)\n" },
	{ "claim: the LED and the button of two locks",
	  LOCK "[DoorLock back]\nLedLine=L\nButtonLine=LOCK_LED\n",
	  "FILE:5: [DoorLock back] ButtonLine=LOCK_LED: expected a line that nothing else uses; "
	  "[DoorLock front] has it as LedLine= (FILE:2)\n" },
	{ "claim: the buttons of two locks",
	  LOCK "ButtonLine=BELL\n[DoorLock back]\nLedLine=L\nButtonLine=BELL\n",
	  "FILE:6: [DoorLock back] ButtonLine=BELL: expected a line that nothing else uses; "
	  "[DoorLock front] has it as ButtonLine= (FILE:3)\n" },
	{ "claim: the same offset in two notations",
	  "[MotionSensor hall]\nLine=gpiochip0:7\n[LightController hall]\nLine=gpiochip0:07\n",
	  "FILE:4: [LightController hall] Line=gpiochip0:07: expected a line that nothing else uses; "
	  "[MotionSensor hall] has it as Line= (FILE:2)\n" },
	{ "claim: the same offset, once with the device's folder",
	  "[MotionSensor hall]\nLine=gpiochip0:7\n[LightController hall]\nLine=/dev/gpiochip0:7\n",
	  "FILE:4: [LightController hall] Line=/dev/gpiochip0:7: expected a line that nothing else uses; "
	  "[MotionSensor hall] has it as Line= (FILE:2)\n" },
	{ "claim: three", MOTION "[MotionSensor a]\nLine=PIR_HALL\n[MotionSensor b]\nLine=PIR_HALL\n",
	  "FILE:4: [MotionSensor a] Line=PIR_HALL: expected a line that nothing else uses; "
	  "[MotionSensor hall] has it as Line= (FILE:2)\n"
	  "FILE:6: [MotionSensor b] Line=PIR_HALL: expected a line that nothing else uses; "
	  "[MotionSensor hall] has it as Line= (FILE:2)\n" },

	/* --- several errors: all are said at once; first what cannot be read, then what makes no sense, then
	 * what does not go together */
	{ "several: one in each section",
	  "[MotionSensor hall]\nLine=17\nBias=up\n\n"
	  "[TemperatureSensor hall]\nDevice=tmp117\nHigh=warm\n\n"
	  "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=soon\n\n"
	  "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=open\n",
	  "FILE:2: [MotionSensor hall] Line=17: " A_LINE
	  "FILE:3: [MotionSensor hall] Bias=up: expected one of as-is, disabled, pull-up, pull-down\n"
	  "FILE:7: [TemperatureSensor hall] High=warm: " HIGH
	  "FILE:11: [LightController hall] OffDelaySec=soon: " A_TIME
	  "FILE:15: [DoorLock front] InitialState=open: expected one of locked, unlocked, last\n" },
	{ "several: every key of a sensor",
	  "[MotionSensor hall]\nLocation=Hall\nLocation=Hall\nLine=\nActiveLow=x\nBias=x\nDebounceSec=x\n"
	  "WarmupSec=x\nX=x\n",
	  "FILE:3: [MotionSensor hall] Location=Hall: expected Location= once; it is set in line 2 already\n"
	  "FILE:4: [MotionSensor hall] Line=: " A_LINE "FILE:5: [MotionSensor hall] ActiveLow=x: " YES_OR_NO
	  "FILE:6: [MotionSensor hall] Bias=x: expected one of as-is, disabled, pull-up, pull-down\n"
	  "FILE:7: [MotionSensor hall] DebounceSec=x: " A_DEBOUNCE_TIME
	  "FILE:8: [MotionSensor hall] WarmupSec=x: " A_TIME
	  "FILE:9: [MotionSensor hall] X=x: unknown key; expected one of " MOTION_KEYS },
	{ "several: of all three sorts",
	  "[DoorLock front]\nMotion=hall\nAlertIntervalSec=-1\nButtonLine: BELL\n[Xyzzy]\n[MotionSensor\n",
	  "FILE:4: [DoorLock front]: " AN_ASSIGNMENT "FILE:6: " A_WHOLE_HEADER
	  "FILE:3: [DoorLock front] AlertIntervalSec=-1: " A_TIME
	  "FILE:5: [Xyzzy]: unknown kind; expected one of " KINDS
	  "FILE:1: [DoorLock front]: LedLine= is missing; " A_LINE
	  "FILE:2: [DoorLock front] Motion=hall: expected names of [MotionSensor ...] sections; there is no "
	  "[MotionSensor hall]\n" },
	{ "several: sensors that are not there", MOTION LIGHT "Motion=hal garage hall garage\n",
	  "FILE:5: [LightController hall] Motion=hal garage hall garage: there is no [MotionSensor hal]; did "
	  "you mean hall?\n"
	  "FILE:5: [LightController hall] Motion=hal garage hall garage: expected names of [MotionSensor "
	  "...] "
	  "sections; there is no [MotionSensor garage]\n"
	  "FILE:5: [LightController hall] Motion=hal garage hall garage: expected each name once; garage is "
	  "there twice\n" },
	{ "several: missing everywhere",
	  "[MotionSensor hall]\n[TemperatureSensor hall]\n[LightController hall]\n"
	  "[DoorLock front]\n",
	  "FILE:1: [MotionSensor hall]: Line= is missing; " A_LINE_OR_REMOTE
	  "FILE:2: [TemperatureSensor hall]: Device= is missing; " A_DEVICE_OR_REMOTE
	  "FILE:3: [LightController hall]: Line= is missing; " A_LINE
	  "FILE:4: [DoorLock front]: LedLine= is missing; " A_LINE },
	{ "several: lines that cannot be read", "\x01\n[MotionSensor hall]\nLine=PIR_HALL\n\xff\nBias\n=\n",
	  "FILE:1: " NO_CONTROL "FILE:4: [MotionSensor hall]: " UTF8
	  "FILE:5: [MotionSensor hall]: " AN_ASSIGNMENT "FILE:6: [MotionSensor hall]: " AN_ASSIGNMENT },
	{ "several: a value and what it does not go with",
	  TEMPERATURE "IntervalSec=1us\nLow=30\nHigh=20\nOffset=x\n",
	  "FILE:3: [TemperatureSensor hall] IntervalSec=1us: " AN_INTERVAL
	  "FILE:6: [TemperatureSensor hall] Offset=x: " AN_OFFSET
	  "FILE:4: [TemperatureSensor hall] Low=30: expected less than High=20\n" },
};

const size_t bad_configs_n = sizeof bad_configs / sizeof *bad_configs;
