/* What the broker has not answered yet: libmosquitto knows it by a number only, people by its topic. */
#include <stdlib.h>
#include <string.h>

#include "mqtt/broker-internal.h"

static struct pending *find(struct broker *broker, int id)
{
	for (size_t i = 0; i < PENDING_MAX; i++)
		if (broker->pending[i].id == id)
			return &broker->pending[i];
	return NULL;
}

/* Messages always have a place: those of subscriptions may not take it. */
static bool has_place(const struct broker *broker, bool publishes)
{
	size_t subscriptions = 0;

	for (size_t i = 0; i < PENDING_MAX; i++)
		subscriptions += broker->pending[i].id != 0 && !broker->pending[i].publishes;
	return publishes || subscriptions < PENDING_MAX - BROKER_IN_FLIGHT_MAX;
}

void broker_pend(struct broker *broker, int id, bool publishes, const char *name)
{
	struct pending *pending = has_place(broker, publishes) ? find(broker, 0) : NULL;

	if (publishes)
		broker->in_flight++;
	if (pending)
		*pending = (struct pending){ .id = id, .publishes = publishes, .name = strdup(name) };
}

bool broker_unpend(struct broker *broker, int id, bool publishes, char **ret_name)
{
	struct pending *pending = id > 0 ? find(broker, id) : NULL;

	*ret_name = NULL;
	if (!pending || pending->publishes != publishes)
		return false;
	if (publishes)
		broker->in_flight--;
	*ret_name = pending->name;
	*pending = (struct pending){ 0 };
	return true;
}

void broker_unpend_all(struct broker *broker)
{
	for (size_t i = 0; i < PENDING_MAX; i++)
		free(broker->pending[i].name);
	memset(broker->pending, 0, sizeof broker->pending);
	broker->in_flight = 0;
}
