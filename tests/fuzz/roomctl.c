/* roomctl: any arguments, and any answers of the bus to what it then asks. The words of the arguments are up to a byte 0 each; the
 * rest chooses the answers. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/text.h"
#include "peer.h"
#include "roomctl/verbs.h"

#define WORDS_MAX 8

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What is printed is nobody's business. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)argc, (void)argv;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
	text_set_up();
	return 0;
}

/* --- the bus, in a thread of its own: roomctl waits for answers ------------------------------------ */

/* A room with a light and a thermometer. */
static int append_right(sd_bus_message *reply, const char *member)
{
	if (strcmp(member, "GetNameOwner") == 0)
		return sd_bus_message_append(reply, "s", PEER_OTHER);
	if (strcmp(member, "GetManagedObjects") == 0)
		return sd_bus_message_append(
			reply, "a{oa{sa{sv}}}", 3, "/org/roomd1", 1, "org.roomd1.Manager", 3, "Version", "s", "1", "State", "s", "running",
			"Components", "a(sso)", 1, "LightController", "hall", "/org/roomd1/light_controller/hall",
			"/org/roomd1/light_controller/hall", 1, "org.roomd1.LightController", 5, "Kind", "s", "LightController", "Name", "s",
			"hall", "On", "b", 1, "Available", "b", 0, "Reason", "s", "line X: busy", "/org/roomd1/temperature_sensor/far", 1,
			"org.roomd1.TemperatureSensor", 3, "Kind", "s", "TemperatureSensor", "Name", "s", "far", "Temperature", "d", 20.5);
	if (strcmp(member, "Series") == 0)
		return sd_bus_message_append(reply, "a(sssssutt)", 2, "/org/roomd1/light_controller/hall", "On", "light", "", "b", 0,
		                             UINT64_C(1), UINT64_C(9), "/org/roomd1/temperature_sensor/far", "Temperature",
		                             "temperature", "°C", "d", 2, UINT64_C(1), UINT64_C(9));
	return -1;
}

static int on_called(struct peer *peer, sd_bus_message *call)
{
	return peer_answer(peer, call, append_right);
}

struct world {
	struct peer peer;
	struct fuzz fuzz;
	sd_event *event;
	pthread_t thread;
	int stop_fd;
};

static int on_stop(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)fd, (void)events, (void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)source, (void)fd, (void)events;
	peer_accept(userdata);
	return 0;
}

static void *run_bus(void *userdata)
{
	struct world *world = userdata;

	sd_event_loop(world->event);
	peer_end(&world->peer); /* by the thread whose it is */
	return NULL;
}

static void start_bus(struct world *world)
{
	world->peer.called = on_called;
	world->stop_fd = eventfd(0, EFD_CLOEXEC);
	FUZZ_CHECK(sd_event_new(&world->event) >= 0);
	peer_start(&world->peer, world->event, &world->fuzz);
	FUZZ_CHECK(sd_event_add_io(world->event, NULL, world->stop_fd, EPOLLIN, on_stop, NULL) >= 0);
	FUZZ_CHECK(sd_event_add_io(world->event, NULL, peer_listener(), EPOLLIN, on_connection, &world->peer) >= 0);
	FUZZ_CHECK(pthread_create(&world->thread, NULL, run_bus, world) == 0);
}

static void stop_bus(struct world *world)
{
	uint64_t one = 1;

	FUZZ_CHECK(write(world->stop_fd, &one, sizeof one) == sizeof one);
	pthread_join(world->thread, NULL);
	sd_event_unref(world->event);
	close(world->stop_fd);
}

/* --- roomctl ------------------------------------------------------------------------------------- */

/* The others wait for a person, or run another program. */
static bool can_run(const struct command_line *line)
{
	static const struct {
		enum status (*run)(const struct command_line *line);
	} those[] = { { verb_overview }, { verb_list }, { verb_show }, { verb_why },    { verb_history },
		      { verb_switch },   { verb_light }, { verb_act }, { verb_reload } };

	for (size_t i = 0; i < ELEMENTS(those); i++)
		if (line->verb->run == those[i].run)
			return line->transport == TRANSPORT_LOCAL && !line->history.svg;
	return false;
}

static const char *choose_word(struct fuzz *fuzz, char *buffer, size_t size)
{
	static const char *const words[] = { "hall", "far", "LightController/hall", "on", "off", "--json", "--json=pretty", "--for=5min",
		                             "--speed=50", "--plot", "--csv", "--sum", "--since=yesterday", "--until=now", "--full",
		                             "--property=Temperature", "--no-legend", "-q", "--no-ask-password", "--can=on", "--" };
	unsigned i = fuzz_choice(fuzz, ELEMENTS(words) + 8), n = 0;

	if (i < ELEMENTS(words))
		return words[i];
	while (verbs[n].name)
		n++;
	return i < ELEMENTS(words) + 6 ? verbs[fuzz_choice(fuzz, n)].name : fuzz_text(fuzz, buffer, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world world = { .fuzz = { data, size } };
	char buffers[WORDS_MAX][64], name[] = "roomctl", *argv[WORDS_MAX + 2] = { name };
	struct command_line line;
	int argc = 1;

	for (unsigned n = fuzz_choice(&world.fuzz, WORDS_MAX); n > 0; n--, argc++)
		argv[argc] = (char *)choose_word(&world.fuzz, buffers[n], sizeof buffers[n]);
	if (command_line_parse(argc, argv, &line) != STATUS_DONE || line.exits)
		return 0;
	FUZZ_CHECK(line.arguments_n >= line.verb->least && line.arguments_n <= line.verb->most);
	if (!can_run(&line))
		return 0;
	start_bus(&world);
	line.verb->run(&line);
	stop_bus(&world);
	return 0;
}
