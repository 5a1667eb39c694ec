/* An output with a duty cycle: what it is to show, and the channel that shows it (io/pwm-channel.h), if that is
 * there.
 *
 * A worker thread finds the channel and writes to it, so that a chip that is slow, or that hangs, holds up neither
 * the loop nor the relays. Of several values that come while it writes, the last one is shown. What is wanted is
 * kept while the channel is absent, and shown when it comes.
 *
 * A channel that was exported just now may be written only once udev has given it its group: it is tried again after
 * 50 ms, 100, 200, 400 and 800 ms, and only then said to be unavailable. One that has gone, or is another one by now,
 * is seen at the next value, and when the kernel says that something has come or gone (io/arrivals.h), which is
 * listened to all the time: a chip that is plugged in again stands still, and nobody would know. What the kernel does
 * not say is tried again with back-off (io/retry.h).
 *
 * When the process ends the output goes on as it is, and the next one leaves it so if that is what it wants. */
#pragma once

#include "io/arrivals.h"
#include "io/line-keeper.h" /* struct line_availability */
#include "io/pwm-channel.h"

struct pwm;

/* What the fan's own control was, before it was set to manual: of hwmon's fans, and for pwm_give_back(). All zero:
 * nothing. Part of the output's owner; worth keeping over a restart, after which it cannot be read any more. */
struct pwm_kept {
	bool taken;
	int mode; /* pwm1_enable */
};

/* An output that is not open yet. The settings are copied; `arrivals` (NULL: nobody says what comes), `kept` and
 * `availability` outlive it. The handlers are called from the loop. -ENOMEM, -EINVAL (Pwm=, see pwm_parse()). */
int pwm_new(sd_event *event, struct arrivals *arrivals, const struct pwm_settings *settings, struct pwm_kept *kept,
            const struct line_availability *availability, void *userdata, struct pwm **ret);

/* Takes NULL; returns NULL. The output stays as it is; what was not begun yet is not shown any more, a worker that is
 * stuck is left alone, and ends when its chip lets it. */
struct pwm *pwm_free(struct pwm *pwm);
DEFINE_CLEANUP(struct pwm *, pwm_free);

/* From now on the output shows so many percent, 0 to 100; the first call opens it. Returns at once. The same value
 * again is a look whether it is still there. -EAGAIN, -ENOMEM: there is no thread; may be tried again. */
int pwm_set(struct pwm *pwm, int percent);

/* The fan is its chip's own to control again, as it was before (`kept`); one that was not, or is no hwmon fan, stays
 * as it is. For the end: pwm_wait() after it. */
void pwm_give_back(struct pwm *pwm);

/* Waits until what was asked for is done, or has failed, or until this time (CLOCK_MONOTONIC). False: not yet. For
 * the end of the service: what it is to show then must be shown. No handler is called. */
bool pwm_wait(struct pwm *pwm, uint64_t until_ns);

/* True if the output is there and shows what was asked for, or did until now. */
bool pwm_is_available(const struct pwm *pwm);
