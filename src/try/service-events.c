#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "try/service-internal.h"

#define CHUNK 65536

static void add_event(struct service *service, const char *line)
{
	struct json_object *object = json_tokener_parse(line), **grown;

	if (!object)
		return;
	if (service->events_n == service->events_size) {
		size_t size = service->events_size ? 2 * service->events_size : 256;

		grown = reallocarray(service->events, size, sizeof *grown);
		if (!grown) {
			json_object_put(object);
			return;
		}
		service->events = grown;
		service->events_size = size;
	}
	service->events[service->events_n++] = object;
	if (service->watch)
		service->watch->heard(object, service->watch->userdata);
}

static size_t take_lines(struct service *service)
{
	size_t before = service->events_n, begun = 0;
	char *newline;

	while ((newline = memchr(service->pending + begun, '\n', service->pending_n - begun))) {
		*newline = '\0';
		add_event(service, service->pending + begun);
		begun = (size_t)(newline + 1 - service->pending);
	}
	service->pending_n -= begun;
	memmove(service->pending, service->pending + begun, service->pending_n);
	return service->events_n - before;
}

static bool make_room(struct service *service)
{
	char *grown;

	if (service->pending_size - service->pending_n >= CHUNK)
		return true;
	grown = realloc(service->pending, service->pending_n + CHUNK);
	if (!grown)
		return false;
	service->pending = grown;
	service->pending_size = service->pending_n + CHUNK;
	return true;
}

size_t service_take_events(struct service *service)
{
	ssize_t n = make_room(service) ? read(service->events_fd, service->pending + service->pending_n, CHUNK) : 0;

	if (n <= 0)
		return 0;
	service->pending_n += (size_t)n;
	return take_lines(service);
}

void service_forget_events(struct service *service)
{
	for (size_t i = 0; i < service->events_n; i++)
		json_object_put(service->events[i]);
	service->events_n = 0;
}
