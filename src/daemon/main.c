/* roomd: arguments in, exit status out. */
#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>

#include "daemon/arguments.h"
#include "daemon/daemon.h"
#include "util/descriptors.h"
#include "util/log.h"

static int exit_status(int r)
{
	return r >= 0 ? EXIT_SUCCESS : r == -EBADMSG ? EX_CONFIG : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct arguments arguments;
	int r = 0;

	descriptors_occupy_standard();
	if (arguments_parse(argc, argv, &arguments) < 0)
		return EX_USAGE;
	log_open(arguments.log_level);
	switch (arguments.mode) {
	case MODE_EXIT:
		return EXIT_SUCCESS;
	case MODE_CHECK_CONFIG:
		r = daemon_check_config(arguments.config);
		break;
	case MODE_RUN:
		r = daemon_run(&arguments);
		break;
	}
	if (r < 0)
		log_drain();
	return exit_status(r);
}
