/* The absence of a device. The device is tried again when the kernel reports that a device has come
 * (io/arrivals.h), without any other wake-ups. If the kernel would not report it, it is tried again with
 * back-off (io/retry.h). */
#pragma once

#include "io/arrivals.h"
#include "io/retry.h"

/* Called when it is worth another try: absence_goes_on() if that fails, absence_ends() if not. */
typedef void (*absence_handler)(void *userdata);

/* Part of its owner. */
struct absence {
	struct retry retry;
	struct arrival arrival;
	struct arrivals *arrivals; /* NULL: nothing reports that the device has come */
};

/* `arrivals` outlives the absence. NULL: the device is not this machine's, and is tried again with back-off.
 * A negative errno if there is no memory. */
int absence_init(struct absence *absence, sd_event *event, struct arrivals *arrivals, absence_handler handler,
                 void *userdata);

/* The handler is not called any more. May be called for an absence that is all zero. */
void absence_deinit(struct absence *absence);

/* The device still cannot be used. `told`: the kernel will report when that changes. Not `told`: the device
 * is there, but does not work or may not be used, so it is also tried again with back-off. */
void absence_goes_on(struct absence *absence, bool told);

/* The device is used now. May be called if it was never absent. */
void absence_ends(struct absence *absence);
