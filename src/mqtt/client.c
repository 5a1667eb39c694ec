#define _GNU_SOURCE
#include "mqtt/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "mqtt/broker.h"
#include "mqtt/connect.h"
#include "util/clock.h"
#include "util/log.h"

/* A broker that does not answer has so long. */
#define GIVE_UP_USEC (45 * USEC_PER_SEC)

/* When nothing more has come for so long, all has come. */
#define QUIET_USEC (1500 * 1000)

struct client {
	sd_event *event;
	struct broker *broker;
	const struct mqtt_config *config;
	sd_event_source *quiet;
	bool forgets;
	char **topics; /* that are to be emptied */
	size_t n, emptied, acknowledged;
	int result;
};

static void end(struct client *client, int result)
{
	client->result = result;
	sd_event_exit(client->event, 0);
}

/* --- forgetting ------------------------------------------------------------------------------ */

/* As many as may be under way. */
static void empty_topics(struct client *client)
{
	while (client->emptied < client->n) {
		int id = broker_publish(client->broker,
		                        &(struct broker_message){
						.topic = client->topics[client->emptied], .payload = "", .retained = true },
		                        1);

		if (id == -EAGAIN)
			return;
		if (id < 0) {
			log_error("%s cannot be removed: %s", client->topics[client->emptied], problem_errno(id));
			end(client, id);
			return;
		}
		client->emptied++;
	}
	if (client->acknowledged == client->n)
		end(client, 0);
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	empty_topics(userdata);
	return 0;
}

static void wait_for_more(struct client *client)
{
	sd_event_source_set_time_relative(client->quiet, QUIET_USEC);
	sd_event_source_set_enabled(client->quiet, SD_EVENT_ONESHOT);
}

static void on_message(const struct broker_message *message, void *userdata)
{
	struct client *client = userdata;
	char **grown;

	if (!message->retained || message->length == 0)
		return;
	grown = reallocarray(client->topics, client->n + 1, sizeof *grown);
	if (!grown)
		return;
	client->topics = grown;
	grown[client->n] = strdup(message->topic);
	if (grown[client->n])
		client->n++;
	wait_for_more(client);
}

static void on_published(int id, void *userdata)
{
	struct client *client = userdata;

	(void)id;
	client->acknowledged++;
	empty_topics(client);
}

static void on_refused(int id, const char *reason, void *userdata)
{
	(void)id;
	log_error("the broker refuses: %s", reason);
	end(userdata, -EACCES);
}

static void begin_forgetting(struct client *client)
{
	char topic[TOPIC_SIZE];

	broker_subscribe(client->broker, topic_of_hub(client->config->hub_name, "#", topic), 1);
	broker_subscribe(client->broker, connect_discovery_topic(client->config, topic), 1);
	wait_for_more(client);
}

/* --- connecting ------------------------------------------------------------------------------ */

static void on_connected(bool session_present, void *userdata)
{
	struct client *client = userdata;

	(void)session_present;
	puts(broker_words(client->broker));
	if (client->forgets)
		begin_forgetting(client);
	else
		end(client, 0);
}

static void on_disconnected(bool was_connected, const char *reason, void *userdata)
{
	(void)was_connected;
	log_error("%s", reason);
	end(userdata, -ENOTCONN);
}

static int on_too_late(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source, (void)usec;
	log_error("it takes too long: %s", broker_words(client->broker));
	end(client, -ETIMEDOUT);
	return 0;
}

static const struct broker_callbacks callbacks = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.message = on_message,
	.published = on_published,
	.refused = on_refused,
};

static int on_never(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec, (void)userdata;
	return 0;
}

static int set_up(struct client *client)
{
	struct problem problem = { "no memory" };
	int r;

	r = sd_event_default(&client->event);
	if (r >= 0)
		r = sd_event_add_time_relative(client->event, NULL, CLOCK_BOOTTIME, GIVE_UP_USEC, 0, on_too_late, client);
	if (r >= 0)
		r = sd_event_add_time(client->event, &client->quiet, CLOCK_BOOTTIME, 0, 0,
		                      client->forgets ? on_quiet : on_never, client);
	if (r >= 0)
		r = sd_event_source_set_enabled(client->quiet, SD_EVENT_OFF);
	if (r >= 0)
		r = connect_to_broker(client->event, client->config, client->forgets ? "forget" : "check", NULL, &callbacks,
		                      client, &client->broker, &problem);
	if (r < 0)
		log_error("%s", problem.text);
	return r;
}

static int run(const struct mqtt_config *config, bool forgets)
{
	struct client client = { .config = config, .forgets = forgets };
	int r = set_up(&client);

	if (r >= 0)
		r = sd_event_loop(client.event);
	if (r >= 0)
		r = client.result;
	broker_free(client.broker);
	for (size_t i = 0; i < client.n; i++)
		free(client.topics[i]);
	free(client.topics);
	sd_event_source_disable_unref(client.quiet);
	sd_event_unref(client.event);
	if (r >= 0 && forgets)
		printf("%zu topics were removed\n", client.n);
	return r;
}

int mqtt_client_check(const struct mqtt_config *config)
{
	return run(config, false);
}

int mqtt_client_forget(const struct mqtt_config *config)
{
	return run(config, true);
}
