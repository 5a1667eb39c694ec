/* The absence of a device. It is tried again when the kernel reports that a device has come (io/arrivals.h),
 * without any other wake-ups; or with back-off (io/retry.h) if the kernel would not report it. */
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

/* The device still cannot be used. `told`: the kernel will report when that changes. Not `told`: it is there,
 * but does not work or may not be used, so it is also tried again with back-off. */
void absence_goes_on(struct absence *absence, bool told);

/* It is used now. Also when it was never absent. */
void absence_ends(struct absence *absence);
