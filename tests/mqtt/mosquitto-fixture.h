/* Debian's mosquitto as a process, on 127.0.0.1 and a port that was free, in a folder of its own; and certificates that
 * openssl(1) makes. Whatever fails here fails the test. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mosquitto_fixture {
	char folder[48];
	uint16_t port;
	pid_t pid; /* 0: it does not run */
};

/* The setup and teardown of a group of tests; *state is the fixture. */
int mosquitto_fixture_setup(void **state);
int mosquitto_fixture_teardown(void **state);

/* Starts it, and waits until it listens. `lines` of its configuration follow `listener`; "%s" in them is the folder. It is
 * killed before if it runs. Anonymous clients are allowed if `lines` has no "allow_anonymous". */
void mosquitto_fixture_start(struct mosquitto_fixture *it, const char *lines);

/* SIGKILL or SIGTERM, and waits for its end; others are only sent. Nothing if it does not run. */
void mosquitto_fixture_signal(struct mosquitto_fixture *it, int signal);

/* Writes a file in the folder that mosquitto can read. */
void mosquitto_fixture_write(const struct mosquitto_fixture *it, const char *name, const char *text);

/* Adds a user to the file "passwords". */
void mosquitto_fixture_add_user(const struct mosquitto_fixture *it, const char *user, const char *password);

/* Once a fixture: ca.pem; server.pem for localhost and 127.0.0.1; expired.pem; other.pem for other.example.org;
 * client.pem of the CA; stranger-ca.pem, which signed stranger.pem (as server.pem, and to be a client with). Each has its
 * NAME.key. */
void mosquitto_fixture_make_certificates(const struct mosquitto_fixture *it);

/* Path of a file in the folder; valid until many have come after it. */
const char *mosquitto_fixture_path(const struct mosquitto_fixture *it, const char *name);

/* A port of 127.0.0.1 that nobody listens to. */
uint16_t free_port(void);
