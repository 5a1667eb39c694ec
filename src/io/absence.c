#include "io/absence.h"

int absence_init(struct absence *absence, sd_event *event, struct arrivals *arrivals, absence_handler handler,
                 void *userdata)
{
	*absence = (struct absence){
		.arrivals = arrivals,
		.arrival = { .handler = handler, .userdata = userdata },
	};
	return retry_init(&absence->retry, event, handler, userdata);
}

static void stop_listening(struct absence *absence)
{
	if (absence->arrivals)
		arrivals_leave(absence->arrivals, &absence->arrival);
}

void absence_deinit(struct absence *absence)
{
	stop_listening(absence);
	retry_deinit(&absence->retry);
}

/* Where nobody listens the kernel says nothing. */
void absence_goes_on(struct absence *absence, bool told)
{
	if (!absence->arrivals || arrivals_wait(absence->arrivals, &absence->arrival) < 0)
		told = false;
	if (told)
		retry_succeeded(&absence->retry);
	else
		retry_later(&absence->retry);
}

void absence_ends(struct absence *absence)
{
	stop_listening(absence);
	retry_succeeded(&absence->retry);
}
