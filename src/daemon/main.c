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

	descriptors_occupy_standard();
	if (arguments_parse(argc, argv, &arguments) < 0)
		return EX_USAGE;
	log_open(arguments.log_level);
	switch (arguments.mode) {
	case MODE_EXIT:
		return EXIT_SUCCESS;
	case MODE_CHECK_CONFIG:
		return exit_status(daemon_check_config(arguments.config));
	case MODE_RUN:
		break;
	}
	return exit_status(daemon_run(&arguments));
}
