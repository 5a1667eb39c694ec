/* Brokers that keep silent, and a name server that does: what roomd-mqtt uses of the processor meanwhile, how soon it answers
 * on the bus, and what it says. On this machine itself, with a bus of its own and fleet-room as roomd; $ROOMD_MQTT names the
 * binary. mqtt-silent ROUNDS
 *
 * Each situation is met twice a round: once nobody asks anything for WINDOW_SEC, and once, from the moment in which roomd-mqtt
 * is on the bus, it is asked CALLS times in that time. Prints samples: mqtt-silent-processor, in ms, of all its threads, while
 * nobody asks; mqtt-silent-answer, in ms, of each call; mqtt-silent-state, what the bus says of the connection.
 *
 * The name is looked up in namespaces of roomd-mqtt's own, in which the name server is a socket that nobody reads. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "helpers.h"
#include "hostile-server.h"
#include "mosquitto-fixture.h"
#include "perf-room.h"
#include "sample.h"
#include "util/clock.h"

#define BRIDGE "org.roomd1.Mqtt"
#define BRIDGE_PATH "/org/roomd1/mqtt"
#define WINDOW_SEC 5
#define CALLS 50
#define WAIT_MS 20000
#define POLL_MS 10
#define DNS_PORT 53
#define MS_OF(ns) ((double)(ns) * 1000 / (double)NSEC_PER_SEC)

static struct mosquitto_fixture *it;

/* --- situations ------------------------------------------------------------------------------ */

enum server { FULL_PORT, LISTENS, HALF_HANDSHAKE, TLS_SILENCE, NO_NAME_SERVER };

static const struct situation {
	const char *name;
	enum server server;
	bool tls;
	const char *words; /* of the state, when it has come so far */
} situations[] = {
	{ "nobody accepts the connection", FULL_PORT, false, "looking up the name, and TCP" },
	{ "no answer to CONNECT", LISTENS, false, "CONNACK" },
	{ "no answer to the TLS handshake", LISTENS, true, ": TLS" },
	{ "half of the TLS handshake", HALF_HANDSHAKE, true, ": TLS" },
	{ "TLS, and no answer to CONNECT", TLS_SILENCE, true, "CONNACK" },
	{ "the name server does not answer", NO_NAME_SERVER, true, "looking up the name, and TCP" },
};

struct stand {
	struct hostile_server server;
	int fds[HOSTILE_FULL_FDS];
	uint16_t port;
};

static void raise_stand(struct stand *stand, const struct situation *situation)
{
	static hostile_function *const functions[] = {
		[LISTENS] = hostile_listen,
		[HALF_HANDSHAKE] = hostile_answer_half,
		[TLS_SILENCE] = hostile_keep_silent_in_tls,
	};

	*stand = (struct stand){ .port = 8883 };
	if (situation->server == FULL_PORT)
		stand->port = hostile_make_full_port("127.0.0.1", 0, stand->fds);
	else if (situation->server != NO_NAME_SERVER) {
		hostile_start(&stand->server, functions[situation->server], mosquitto_fixture_path(it, "server"));
		stand->port = stand->server.port;
	}
}

static void clear_stand(struct stand *stand, const struct situation *situation)
{
	if (situation->server == FULL_PORT)
		for (size_t i = 0; i < ELEMENTS(stand->fds); i++)
			close(stand->fds[i]);
	else if (situation->server != NO_NAME_SERVER)
		hostile_stop(&stand->server);
}

/* --- a name server that does not answer ------------------------------------------------------ */

/* Whoever is not root has these rights in a namespace of his own, as the same user. */
static int enter_namespaces(void)
{
	uid_t user = geteuid();
	char map[64];
	int fd;

	if (unshare(CLONE_NEWNS | CLONE_NEWNET | (user ? CLONE_NEWUSER : 0)) < 0)
		return -errno;
	if (user) {
		fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
		snprintf(map, sizeof map, "%u %u 1", user, user);
		if (fd < 0 || write(fd, map, strlen(map)) < 0)
			return -errno;
		close(fd);
	}
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

static int put_in_place(const char *name, const char *text, const char *place)
{
	mosquitto_fixture_write(it, name, text);
	return mount(mosquitto_fixture_path(it, name), place, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* Stays open until the end of the process: nobody reads it. */
static int open_name_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(DNS_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback) < 0)
		return -errno;
	return bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

static int lose_name_server(void)
{
	int r = enter_namespaces();

	if (r >= 0)
		r = put_in_place("resolv.conf", "nameserver 127.0.0.1\n", "/etc/resolv.conf");
	if (r >= 0)
		r = put_in_place("nsswitch.conf", "hosts: dns\n", "/etc/nsswitch.conf");
	return r < 0 ? r : open_name_server();
}

/* Whether that can be had here. */
static bool can_lose_name_server(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(lose_name_server() < 0);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* --- processes ------------------------------------------------------------------------------- */

static pid_t split(void)
{
	pid_t parent = getpid(), pid = fork();
	int log;

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log = open(mosquitto_fixture_path(it, "log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

static void finish(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void wait_for_bus(void)
{
	for (unsigned waited = 0; access(mosquitto_fixture_path(it, "bus-0"), F_OK) < 0; waited += POLL_MS) {
		if (waited > WAIT_MS)
			fail_msg("there is no bus; see %s/log", it->folder);
		usleep(POLL_MS * 1000);
	}
}

static pid_t start_bus(void)
{
	char config[512], address[128];
	pid_t pid;

	snprintf(config, sizeof config,
	         "<busconfig><type>system</type><listen>unix:path=%s/bus-0</listen><auth>EXTERNAL</auth>"
	         "<policy context='default'><allow user='*'/><allow own='*'/><allow send_destination='*'/>"
	         "<allow receive_sender='*'/></policy></busconfig>",
	         it->folder);
	mosquitto_fixture_write(it, "bus.conf", config);
	snprintf(address, sizeof address, "unix:path=%s/bus-0", it->folder);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	snprintf(config, sizeof config, "--config-file=%s/bus.conf", it->folder);
	pid = split();
	if (pid == 0) {
		execlp("dbus-daemon", "dbus-daemon", config, "--nofork", "--nopidfile", (char *)NULL);
		_exit(127);
	}
	wait_for_bus();
	return pid;
}

/* It is in this program's folder, and ends with its standard input. */
static pid_t start_room(void)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - sizeof "/fleet-room");
	int input[2];
	pid_t pid;

	assert_true(n > 0);
	program[n] = '\0';
	strcpy(strrchr(program, '/'), "/fleet-room");
	assert_return_code(pipe2(input, O_CLOEXEC), errno);
	pid = split();
	if (pid == 0) {
		dup2(input[0], STDIN_FILENO);
		execl(program, "fleet-room", it->folder, "1", "none", (char *)NULL);
		_exit(127);
	}
	close(input[0]);
	return pid;
}

static void write_config(const struct situation *situation, uint16_t port)
{
	bool looks_up = situation->server == NO_NAME_SERVER;
	char config[512];

	snprintf(config, sizeof config, "[Broker]\nUri=mqtt%s://%s:%u\n%s%s%s[Hub]\nName=hub-0\n", situation->tls ? "s" : "",
	         looks_up ? "silent.example.org" : "127.0.0.1", port, situation->tls ? "CaFile=" : "",
	         situation->tls ? mosquitto_fixture_path(it, "ca.pem") : "", situation->tls ? "\n" : "");
	mosquitto_fixture_write(it, "mqtt.conf", config);
}

static pid_t start_bridge(const struct situation *situation, uint16_t port)
{
	pid_t pid;

	if (!getenv("ROOMD_MQTT"))
		fail_msg("$ROOMD_MQTT does not name the bridge");
	write_config(situation, port);
	pid = split();
	if (pid == 0) {
		if (situation->server == NO_NAME_SERVER && lose_name_server() < 0)
			_exit(126);
		execl(getenv("ROOMD_MQTT"), "roomd-mqtt", "--config", mosquitto_fixture_path(it, "mqtt.conf"), "--state-directory",
		      it->folder, (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* --- asking ---------------------------------------------------------------------------------- */

/* What the bridge says of the connection; NULL: it is not on the bus. The caller frees it. */
static char *ask_state(sd_bus *bus)
{
	char *state = NULL;

	return sd_bus_get_property_string(bus, BRIDGE, BRIDGE_PATH, BRIDGE, "State", NULL, &state) < 0 ? NULL : state;
}

/* Waits until it says these words ("": anything). The caller frees what it says. */
static char *wait_for_words(sd_bus *bus, const char *words)
{
	for (unsigned waited = 0; waited < WAIT_MS; waited += POLL_MS) {
		char *state = ask_state(bus);

		if (state && strstr(state, words))
			return state;
		free(state);
		usleep(POLL_MS * 1000);
	}
	fail_msg("the bridge does not say \"%s\"; see %s/log", words, it->folder);
	return NULL;
}

/* And it knows the room. */
static void wait_for_room(sd_bus *bus)
{
	int room = 0;

	for (unsigned waited = 0; waited < WAIT_MS; waited += POLL_MS) {
		if (sd_bus_get_property_trivial(bus, BRIDGE, BRIDGE_PATH, BRIDGE, "Room", NULL, 'b', &room) >= 0 && room)
			return;
		usleep(POLL_MS * 1000);
	}
	fail_msg("the bridge does not know the room; see %s/log", it->folder);
}

static double measure_processor_ms(pid_t pid)
{
	uint64_t before_ns = perf_cpu_ns(pid);

	sleep(WINDOW_SEC);
	return MS_OF(perf_cpu_ns(pid) - before_ns);
}

static void measure_answers(sd_bus *bus, double ms[static CALLS])
{
	for (unsigned i = 0; i < CALLS; i++) {
		_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
		uint64_t begin_ns = clock_now_ns(CLOCK_MONOTONIC);

		assert_return_code(sd_bus_call_method(bus, BRIDGE, BRIDGE_PATH, "org.freedesktop.DBus.Properties", "GetAll", NULL,
		                                      &reply, "s", BRIDGE),
		                   0);
		ms[i] = MS_OF(clock_now_ns(CLOCK_MONOTONIC) - begin_ns);
		usleep(WINDOW_SEC * 1000000 / CALLS);
	}
}

/* --- rounds ---------------------------------------------------------------------------------- */

static void measure_quiet(sd_bus *bus, const struct situation *situation, const struct stand *stand, unsigned round)
{
	pid_t pid = start_bridge(situation, stand->port);
	_cleanup_(cleanup_free) char *after = NULL;

	free(wait_for_words(bus, situation->words));
	wait_for_room(bus);
	sample_print_one("mqtt-silent-processor", situation->name, round, "ms", measure_processor_ms(pid));
	after = wait_for_words(bus, situation->words); /* it was silent to the end */
	if (round == 0)
		sample_say("mqtt-silent-state", situation->name, after);
	finish(pid);
}

static void measure_asked(sd_bus *bus, const struct situation *situation, const struct stand *stand, unsigned round)
{
	pid_t pid = start_bridge(situation, stand->port);
	double ms[CALLS];

	free(wait_for_words(bus, ""));
	measure_answers(bus, ms);
	free(wait_for_words(bus, situation->words));
	sample_print("mqtt-silent-answer", situation->name, round, "ms", ms, CALLS);
	finish(pid);
}

static void measure(sd_bus *bus, const struct situation *situation, unsigned round)
{
	struct stand stand;

	if (situation->server == NO_NAME_SERVER && !can_lose_name_server()) {
		sample_skip("mqtt-silent-processor", situation->name, "this user may not make namespaces");
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		raise_stand(&stand, situation);
		(i == 0 ? measure_quiet : measure_asked)(bus, situation, &stand, round);
		clear_stand(&stand, situation);
	}
}

static void measure_all(unsigned rounds)
{
	pid_t bus_pid = start_bus(), room = start_room();
	sd_bus *bus = NULL;

	assert_return_code(sd_bus_open_system(&bus), 0);
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < ELEMENTS(situations); i++)
			measure(bus, &situations[i], round);
	sd_bus_flush_close_unref(bus);
	finish(room);
	finish(bus_pid);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc == 2 ? (unsigned)atoi(argv[1]) : 0;
	void *state;

	if (rounds < 1) {
		fprintf(stderr, "usage: mqtt-silent ROUNDS\n");
		return 2;
	}
	mosquitto_fixture_setup(&state);
	it = state;
	mosquitto_fixture_make_certificates(it);
	measure_all(rounds);
	return mosquitto_fixture_teardown(&state);
}
