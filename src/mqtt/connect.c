#define _GNU_SOURCE
#include "mqtt/connect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/credentials.h"
#include "util/clock.h"

static int open_broker(sd_event *event, const struct mqtt_config *config, const char *client_id, const char *key,
                       const char *password, const char *session, const struct broker_callbacks *callbacks,
                       void *userdata, struct broker **ret, struct problem *problem)
{
	const struct mqtt_broker_config *broker = config->broker;
	char will[TOPIC_SIZE];

	return broker_new(event,
	                  &(struct broker_settings){
				  .host = broker->uri->host,
				  .port = broker->uri->port,
				  .tls = broker->uri->tls,
				  .ca_file = broker->ca_file,
				  .certificate_file = broker->client_certificate,
				  .key_file = broker->client_certificate ? key : NULL,
				  .user = broker->user,
				  .password = password,
				  .client_id = client_id,
				  .keep_alive_sec = (unsigned)(broker->keep_alive_ns / NSEC_PER_SEC),
				  .will_topic = session ? topic_of_hub(config->hub_name, "availability", will) : NULL,
				  .will_payload = session ? "offline" : NULL,
				  .session = session,
				  .clean = true,
			  },
	                  callbacks, userdata, ret, problem);
}

int connect_to_broker(sd_event *event, const struct mqtt_config *config, const char *purpose, const char *session,
                      const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
                      struct problem *problem)
{
	_cleanup_(cleanup_free) char *password = NULL, *key = credential_path(CREDENTIAL_KEY);
	char client_id[TOPIC_SIZE];
	int r;

	r = credential_read(CREDENTIAL_PASSWORD, &password, problem);
	if (r < 0)
		return r;
	if (config->broker->client_certificate && !key)
		return problem_set(problem, -ENOENT,
		                   "ClientCertificate= is set, and there is no credential " CREDENTIAL_KEY
		                   "; put the key into /etc/credstore/" CREDENTIAL_KEY);
	snprintf(client_id, sizeof client_id, "roomd-%s%s%s", config->hub_name, purpose ? "-" : "", purpose ? purpose : "");
	r = open_broker(event, config, client_id, key, password, session, callbacks, userdata, ret, problem);
	if (password)
		explicit_bzero(password, strlen(password));
	return r;
}

char *connect_discovery_topic(const struct mqtt_config *config, char buffer[static TOPIC_SIZE])
{
	size_t length = (size_t)snprintf(buffer, TOPIC_SIZE, "%s/device/roomd_", config->home_assistant->prefix);

	/* An object's id there has no points. */
	for (const char *c = config->hub_name; *c && length < TOPIC_SIZE - 1; c++)
		buffer[length++] = *c == '.' ? '_' : *c;
	snprintf(buffer + length, TOPIC_SIZE - length, "/config");
	return buffer;
}
