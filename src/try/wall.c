#include "try/wall.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "try/files.h"

int wall_set(int64_t seconds)
{
	const struct timespec time = { .tv_sec = (time_t)seconds };

	return clock_settime(CLOCK_REALTIME, &time) < 0 ? -errno : 0;
}

int wall_say_synchronized(void)
{
	struct timex synchronized = { .modes = ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR };

	return adjtimex(&synchronized) < 0 ? -errno : 0;
}

static bool kernel_was_told(const char *word)
{
	char line[4096];

	return file_get("/proc/cmdline", line, sizeof line, NULL) >= 0 && strstr(line, word);
}

bool wall_is_ours(void)
{
	return kernel_was_told("TESTBED_KIND=");
}

/* Asked for with each edge. */
bool wall_is_virtual(void)
{
	static int is_virtual = -1;

	if (is_virtual < 0)
		is_virtual = kernel_was_told("TESTBED_KIND=um");
	return is_virtual;
}

bool wall_is_skipping(void)
{
	static int is_skipping = -1;

	if (is_skipping < 0)
		is_skipping = kernel_was_told("time-travel");
	return is_skipping;
}
