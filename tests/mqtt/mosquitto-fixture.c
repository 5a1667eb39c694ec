#define _GNU_SOURCE
#include "mosquitto-fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"

#define MOSQUITTO "/usr/sbin/mosquitto"

/* EC keys: made in a moment. A certificate of "-1 days" has expired yesterday. */
static const char make_certificates[] =
	"cd \"$1\" && exec 2>openssl.log && set -e\n"
	"ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
	"authority() { openssl req -x509 $ec -keyout $1.key -out $1.pem -days 30 -subj \"/CN=$1\"; }\n"
	"sign() { # NAME CA DAYS ALTERNATIVE-NAMES\n"
	"  openssl req -new $ec -keyout $1.key -out $1.csr -subj \"/CN=$1\"\n"
	"  echo \"subjectAltName=$4\" >$1.ext\n"
	"  openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days $3 -extfile $1.ext -out $1.pem\n"
	"}\n"
	"authority ca; authority stranger-ca\n"
	"sign server ca 30 DNS:localhost,IP:127.0.0.1\n"
	"sign expired ca -1 DNS:localhost,IP:127.0.0.1\n"
	"sign other ca 30 DNS:other.example.org\n"
	"sign client ca 30 DNS:client\n"
	"sign stranger stranger-ca 30 DNS:localhost,IP:127.0.0.1\n"
	"chmod 644 *\n";

/* --- files ----------------------------------------------------------------------------------- */

const char *mosquitto_fixture_path(const struct mosquitto_fixture *it, const char *name)
{
	static char paths[64][128];
	static unsigned next;
	char *path = paths[next++ % ELEMENTS(paths)];

	snprintf(path, sizeof paths[0], "%s/%s", it->folder, name);
	return path;
}

void mosquitto_fixture_write(const struct mosquitto_fixture *it, const char *name, const char *text)
{
	FILE *file = fopen(mosquitto_fixture_path(it, name), "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	chmod(mosquitto_fixture_path(it, name), 0644);
}

/* --- processes ------------------------------------------------------------------------------- */

/* Its output goes to `log`. It does not outlive us. */
static pid_t spawn(const char *log, const char *const *argv)
{
	pid_t parent = getpid(), pid = fork();
	int fd;

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (getppid() == parent)
		execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static void run(const struct mosquitto_fixture *it, const char *const *argv)
{
	int status;

	assert_true(waitpid(spawn(mosquitto_fixture_path(it, "run.log"), argv), &status, 0) > 0);
	if (status != 0)
		fail_msg("%s has failed; see %s", argv[0], it->folder);
}

void mosquitto_fixture_add_user(const struct mosquitto_fixture *it, const char *user, const char *password)
{
	const char *path = mosquitto_fixture_path(it, "passwords");

	if (access(path, F_OK) != 0)
		mosquitto_fixture_write(it, "passwords", "");
	run(it, (const char *const[]){ "mosquitto_passwd", "-b", path, user, password, NULL });
	chmod(path, 0644);
}

void mosquitto_fixture_make_certificates(const struct mosquitto_fixture *it)
{
	run(it, (const char *const[]){ "sh", "-c", make_certificates, "sh", it->folder, NULL });
}

/* --- mosquitto ------------------------------------------------------------------------------- */

static int connect_or_bind(uint16_t port, bool connects)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = (connects ? connect : bind)(fd, (struct sockaddr *)&address, sizeof address);

	if (r == 0)
		return fd;
	close(fd);
	return -1;
}

uint16_t free_port(void)
{
	struct sockaddr_in address;
	socklen_t length = sizeof address;
	int fd = connect_or_bind(0, false);

	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static void wait_until_it_listens(struct mosquitto_fixture *it)
{
	for (int i = 0; i < 1000; i++) {
		int fd = connect_or_bind(it->port, true);

		if (fd >= 0) {
			close(fd);
			return;
		}
		assert_int_equal(waitpid(it->pid, NULL, WNOHANG), 0);
		usleep(10000);
	}
	fail_msg("mosquitto does not listen; see %s", it->folder);
}

static void write_config(const struct mosquitto_fixture *it, const char *lines)
{
	FILE *file = fopen(mosquitto_fixture_path(it, "mosquitto.conf"), "w");

	assert_non_null(file);
	fprintf(file, "user root\nlog_type all\nlistener %u 127.0.0.1\n", it->port);
	if (!strstr(lines, "allow_anonymous"))
		fputs("allow_anonymous true\n", file);
	for (const char *c = lines; *c; c++)
		if (strncmp(c, "%s", 2) == 0) {
			fputs(it->folder, file);
			c++;
		} else {
			fputc(*c, file);
		}
	assert_int_equal(fclose(file), 0);
}

void mosquitto_fixture_start(struct mosquitto_fixture *it, const char *lines)
{
	mosquitto_fixture_signal(it, SIGKILL);
	write_config(it, lines);
	it->pid = spawn(mosquitto_fixture_path(it, "mosquitto.log"),
	                (const char *const[]){ MOSQUITTO, "-c", mosquitto_fixture_path(it, "mosquitto.conf"), NULL });
	wait_until_it_listens(it);
}

void mosquitto_fixture_signal(struct mosquitto_fixture *it, int signal)
{
	if (it->pid <= 0)
		return;
	kill(it->pid, signal);
	if (signal != SIGKILL && signal != SIGTERM)
		return;
	waitpid(it->pid, NULL, 0);
	it->pid = 0;
}

/* --- life ------------------------------------------------------------------------------------ */

int mosquitto_fixture_setup(void **state)
{
	struct mosquitto_fixture *it = calloc(1, sizeof *it);

	assert_non_null(it);
	if (access(MOSQUITTO, X_OK) != 0)
		fail_msg(MOSQUITTO " is not installed");
	strcpy(it->folder, "/tmp/roomd-mosquitto.XXXXXX");
	assert_non_null(mkdtemp(it->folder));
	chmod(it->folder, 0755);
	it->port = free_port();
	*state = it;
	return 0;
}

int mosquitto_fixture_teardown(void **state)
{
	struct mosquitto_fixture *it = *state;
	pid_t pid;

	mosquitto_fixture_signal(it, SIGKILL);
	if (!getenv("KEEP")) {
		pid = spawn("/dev/null", (const char *const[]){ "rm", "-rf", it->folder, NULL });
		waitpid(pid, NULL, 0);
	}
	free(it);
	return 0;
}
