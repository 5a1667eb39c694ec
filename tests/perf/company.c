#define _GNU_SOURCE
#include "company.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "files.h"
#include "util/clock.h"

#define FOLDER "/tmp/company"
#define PORT 18830
#define PORT_TEXT "18830"
#define TOPIC "roomd/pi/switch/lamp/set"
#define BRIDGE "org.roomd1.Mqtt"
#define BRIDGE_PATH "/org/roomd1/mqtt"
#define WAIT_MS 60000
#define POLL_MS 20
/* In the emulator, beside a flood, on a machine that does other things besides. */
#define ANSWER_USEC (120 * USEC_PER_SEC)
/* That is a flood, and not the few messages that the broker has for whoever connects. */
#define FLOOD_MESSAGES 100

static const char broker_config[] = "listener " PORT_TEXT " 127.0.0.1\nallow_anonymous true\nuser root\n"
				    "persistence false\nlog_dest none\n";
static const char bridge_config[] = "[Broker]\nUri=mqtt://127.0.0.1:" PORT_TEXT "\n[Hub]\nName=pi\n";

/* --- processes ------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* 0 in the child, which does not outlive us, and says nothing. */
static pid_t split(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int log = open(FOLDER "/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, STDOUT_FILENO);
		dup2(log, STDERR_FILENO);
	}
	return pid;
}

static void finish(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

/* --- the flood ------------------------------------------------------------------------------- */

static int dial(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

/* A PUBLISH of QoS 0, as MQTT 3.1.1 has it; its length. */
static size_t make_message(char *buffer, const char *payload)
{
	size_t topic = strlen(TOPIC), length = strlen(payload);

	buffer[0] = 0x30;
	buffer[1] = (char)(2 + topic + length);
	buffer[2] = 0;
	buffer[3] = (char)topic;
	memcpy(buffer + 4, TOPIC, topic);
	memcpy(buffer + 4 + topic, payload, length);
	return 4 + topic + length;
}

/* Many in one write: nobody is faster, and who is slower costs less. The broker holds it up when it cannot follow. */
static void publish_for_ever(const char *const payloads[2])
{
	static const char hello[] = "\x10\x11\0\4MQTT\4\2\0\0\0\5flood"; /* no keep-alive */
	static char block[64 * 1024];
	int fd = dial();
	size_t n = 0;

	if (fd < 0 || write(fd, hello, sizeof hello - 1) < 0 || read(fd, block, 4) != 4)
		_exit(1);
	for (unsigned i = 0; n < sizeof block - 256; i++)
		n += make_message(block + n, payloads[i % 2]);
	for (;;)
		for (size_t at = 0; at < n;) {
			ssize_t sent = write(fd, block + at, n - at);

			if (sent < 0)
				_exit(1);
			at += (size_t)sent;
		}
}

static void start_flood(struct company *company, enum company_kind kind)
{
	static const char *const nonsense[2] = { "COFFEE", "TEA" }, *const commands[2] = { "ON", "OFF" };

	company->flood = split();
	if (company->flood == 0)
		publish_for_ever(kind == COMPANY_COMMANDS ? commands : nonsense);
}

/* --- broker and bridge ----------------------------------------------------------------------- */

static void start_broker(struct company *company)
{
	write_file(FOLDER "/broker.conf", broker_config);
	company->broker = split();
	if (company->broker == 0) {
		execl("/usr/sbin/mosquitto", "mosquitto", "-c", FOLDER "/broker.conf", (char *)NULL);
		_exit(127);
	}
	for (unsigned waited = 0; waited < WAIT_MS; waited += POLL_MS) {
		int fd = dial();

		if (fd >= 0) {
			close(fd);
			return;
		}
		let_pass_ms(POLL_MS);
	}
	fail_msg("mosquitto does not listen");
}

static void start_bridge(struct company *company, int nice)
{
	if (!getenv("ROOMD_MQTT"))
		fail_msg("$ROOMD_MQTT does not name the bridge");
	write_file(FOLDER "/mqtt.conf", bridge_config);
	company->bridge = split();
	if (company->bridge == 0) {
		setpriority(PRIO_PROCESS, 0, nice);
		execl(getenv("ROOMD_MQTT"), "roomd-mqtt", "--config", FOLDER "/mqtt.conf", "--state-directory", FOLDER "/state",
		      (char *)NULL);
		_exit(127);
	}
}

static bool is_true(const struct company *company, const char *property)
{
	int value = 0;

	return sd_bus_get_property_trivial(company->bus, BRIDGE, BRIDGE_PATH, BRIDGE, property, NULL, 'b', &value) >= 0 && value;
}

static bool is_settled(struct company *company)
{
	return is_true(company, "Connected") && is_true(company, "Room");
}

static uint64_t count_received(struct company *company)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	static char log[8192];
	uint64_t n = 0;

	if (sd_bus_get_property_trivial(company->bus, BRIDGE, BRIDGE_PATH, BRIDGE, "Received", &error, 't', &n) < 0) {
		file_read(log, sizeof log, FOLDER "/log");
		fail_msg("the bridge does not say how much it has received: %s\n%s", error.message, log);
	}
	return n;
}

static bool is_flooded(struct company *company)
{
	return count_received(company) >= FLOOD_MESSAGES;
}

static void wait_until(struct company *company, bool (*condition)(struct company *company), const char *what)
{
	for (unsigned waited = 0; !condition(company); waited += POLL_MS) {
		if (waited >= WAIT_MS || waitpid(company->bridge, NULL, WNOHANG) == company->bridge)
			fail_msg("the bridge is not %s; see " FOLDER "/log", what);
		let_pass_ms(POLL_MS);
	}
}

/* --- all of it ------------------------------------------------------------------------------- */

void company_start(struct company *company, enum company_kind kind, int nice)
{
	*company = (struct company){ 0 };
	if (kind == COMPANY_NONE)
		return;
	if (kind == COMPANY_SCRAPED || kind == COMPANY_STORM) {
		company_start_scrapers(company, kind, nice);
		return;
	}
	run_program("rm", "-rf", FOLDER, NULL);
	run_program("mkdir", "-p", FOLDER "/state", NULL);
	assert_return_code(sd_bus_open_system(&company->bus), 0);
	assert_return_code(sd_bus_set_method_call_timeout(company->bus, ANSWER_USEC), 0);
	start_broker(company);
	start_bridge(company, nice);
	wait_until(company, is_settled, "connected");
	if (kind == COMPANY_BRIDGE)
		return;
	start_flood(company, kind);
	wait_until(company, is_flooded, "flooded");
	company->received = count_received(company);
	company->since_ns = clock_now_ns(CLOCK_MONOTONIC);
}

double company_stop(struct company *company)
{
	double rate = 0;

	if (company->scraper > 0)
		return company_stop_scrapers(company);
	if (company->since_ns > 0)
		rate = (double)(count_received(company) - company->received) * (double)NSEC_PER_SEC /
		       (double)(clock_now_ns(CLOCK_MONOTONIC) - company->since_ns);
	finish(&company->flood);
	finish(&company->bridge);
	finish(&company->broker);
	company->bus = sd_bus_flush_close_unref(company->bus);
	return rate;
}
