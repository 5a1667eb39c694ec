/* The absence of a device: it is tried again when the kernel says that something has come (io/arrivals.h),
 * nothing else wakes anybody up; or with back-off (io/retry.h) where the kernel would not say it. */
#pragma once

#include "io/arrivals.h"
#include "io/retry.h"

/* Called when it is worth another try: absence_goes_on() if that fails, absence_ends() if not. */
typedef void (*absence_handler)(void *userdata);

/* Part of its owner. */
struct absence {
	struct retry retry;
	struct arrival arrival;
	struct arrivals *arrivals; /* NULL: nobody says anything */
};

/* `arrivals` may be NULL, for what does not come to this machine: it is tried with back-off. Else it outlives the
 * absence. A negative errno if there is no memory. */
int absence_init(struct absence *absence, sd_event *event, struct arrivals *arrivals, absence_handler handler,
                 void *userdata);

/* The handler is not called any more. Also for one that is all zero. */
void absence_deinit(struct absence *absence);

/* It cannot be used (still), and whoever is told of arrivals is told when that changes; or not `told`, because
 * it is there and does not work, or may not be used: then with back-off, too. */
void absence_goes_on(struct absence *absence, bool told);

/* It is used now. Also when it was never absent. */
void absence_ends(struct absence *absence);
