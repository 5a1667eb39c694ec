/* An output with a duty cycle: the value that is wanted, and the channel that shows it (io/pwm-channel.h), if
 * it is there.
 *
 * A worker thread finds the channel and writes to it. So a chip that is slow, or hangs, holds up neither the
 * loop nor the relays. If several values come while it writes, only the last one is shown. While the channel
 * is absent, the wanted value is kept, and shown when the channel comes.
 *
 * A channel that was just exported may be written only when udev has given it its group: it is tried again
 * after 50, 100, 200, 400 and 800 ms, and only then reported as unavailable. A channel that has gone, or has
 * been replaced, is noticed at the next value, and when the kernel reports that a device has come or gone
 * (io/arrivals.h). That is listened to all the time: the fan of a chip that was plugged in again stands
 * still, and nothing else would show it. If the kernel would not report the device, it is tried again with
 * back-off (io/retry.h).
 *
 * When the process ends, the output goes on as it is. The next process does not touch it if it wants the same
 * value. */
#pragma once

#include "io/arrivals.h"
#include "io/line-keeper.h" /* struct line_availability */
#include "io/pwm-channel.h"

struct pwm;

/* The mode of a hwmon fan before it was set to manual control, for pwm_give_back(). All zero: none. Part of
 * the output's owner; worth keeping over a restart, because it cannot be read any more after that. */
struct pwm_kept {
	bool taken;
	int mode; /* pwm1_enable */
};

/* Makes an output that is not open yet. The settings are copied; `arrivals` (NULL: nothing reports which
 * devices come), `kept` and `availability` outlive it. The handlers are called from the loop. 0, -ENOMEM, or
 * -EINVAL (Pwm=, see pwm_parse()). */
int pwm_new(sd_event *event, struct arrivals *arrivals, const struct pwm_settings *settings, struct pwm_kept *kept,
            const struct line_availability *availability, void *userdata, struct pwm **ret);

/* Takes NULL; returns NULL. The output stays as it is. A value that the worker has not begun to write is
 * dropped. A worker that is stuck is left alone, and ends when its chip lets it. */
struct pwm *pwm_free(struct pwm *pwm);
DEFINE_CLEANUP(struct pwm *, pwm_free);

/* From now on the output shows this many percent, 0 to 100; the first call opens it. Returns at once. Setting
 * the same value again checks whether the output is still there. -EAGAIN, -ENOMEM: there is no thread; may be
 * tried again. */
int pwm_set(struct pwm *pwm, int percent);

/* Lets the chip control the fan itself again, as it did before (`kept`). A fan that its chip did not control,
 * and a channel of the pwm class, stay as they are. For the end of the service, followed by pwm_wait(). */
void pwm_give_back(struct pwm *pwm);

/* Waits until the last value has been written, or has failed, or until this time (CLOCK_MONOTONIC). False: it
 * is still not written. For the end of the service, which must not end before its last value is shown. Calls
 * no handler. */
bool pwm_wait(struct pwm *pwm, uint64_t until_ns);

/* True if the output is there and shows the last value, as far as is known. */
bool pwm_is_available(const struct pwm *pwm);
