#define _GNU_SOURCE
#include "room-fixture.h"

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "util/log.h"
#include "util/memory.h"
#include "util/problem.h"

/* Turns of the loop: a room in which every turn makes another one is not at rest. */
#define TURNS_MAX 100000

static const char text[] =
	"[MotionSensor hall]\nLine=PIR\nLocation=Hall\n"
	"[MotionSensor lazy]\nLine=PIR2\nOnDelaySec=1h\nOffDelaySec=1h\n"
	"[ContactSensor front]\nLine=CONTACT\n"
	"[Button bell]\nLine=BUTTON\n"
	"[TemperatureSensor far]\nRemote=attic/temperature_sensor/roof\nHigh=28\n"
	"[MotionSensor gate]\nRemote=attic/motion_sensor/gate\n"
	"[Schedule night]\nFrom=22:00\nTo=06:00\n"
	"[LightController hall]\nLine=LIGHT\nMotion=hall\nOffDelaySec=1h\n"
	"[Switch rack]\nLine=RACK\nOnWhen=front open or far above 30\n"
	"[Fan attic]\nLine=FAN\nTemperature=far\nOffBelow=25\nFullAbove=40\n"
	"[DoorLock front]\nLedLine=LED\nButtonLine=LOCKBUTTON\nContact=front\nStrikeLine=STRIKE\n"
	"[Action push]\nOn=lock_alert\nUnit=roomd-action-push.service\n";

static struct config *config;

static void free_config(void)
{
	config_free(config);
}

struct config *room_fixture_config(void)
{
	struct config_errors errors = { 0 };
	char path[32];
	int fd;

	if (config)
		return config;
	fd = memfd_create("config", MFD_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	FUZZ_CHECK(config_load(path, &config, &errors) == 0);
	close(fd);
	atexit(free_config);
	return config;
}

static bool or_end(struct room_fixture *fixture, bool made)
{
	if (!made)
		room_fixture_end(fixture);
	return made;
}

bool room_fixture_make(struct room_fixture *fixture, struct config *of, struct memory *memory, struct fd_store *store)
{
	struct problem problem;

	*fixture = (struct room_fixture){ .memory = memory };
	log_open(LOG_EMERG);
	FUZZ_CHECK(sd_event_new(&fixture->event) >= 0);
	if (!memory)
		FUZZ_CHECK(memory_new(-1, &fixture->memory, &problem) >= 0);
	return or_end(fixture, room_new(fixture->event, store, fixture->memory, of, &fixture->room, &problem) >= 0);
}

bool room_fixture_start(struct room_fixture *fixture, struct config *of, struct memory *memory, struct fd_store *store)
{
	struct problem problem;

	return room_fixture_make(fixture, of, memory, store) && or_end(fixture, room_start(fixture->room, &problem) >= 0);
}

void room_fixture_end(struct room_fixture *fixture)
{
	fixture->room = room_free(fixture->room);
	fixture->memory = memory_free(fixture->memory);
	fixture->event = sd_event_unref(fixture->event);
}

void room_fixture_run(struct room_fixture *fixture)
{
	unsigned turns = 0;
	int r;

	while ((r = sd_event_run(fixture->event, 0)) > 0)
		FUZZ_CHECK(turns++ < TURNS_MAX);
	FUZZ_CHECK(r == 0);
}
