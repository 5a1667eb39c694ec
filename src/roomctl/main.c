/* roomctl: arguments in, exit status out. */
#include <errno.h>
#include <stdio.h>

#include "roomctl/command-line.h"
#include "client/text.h"
#include "util/descriptors.h"
#include "util/problem.h"

int main(int argc, char **argv)
{
	struct command_line line;
	enum status status;

	descriptors_occupy_standard();
	text_set_up();
	status = command_line_parse(argc, argv, &line);
	if (status == STATUS_DONE && !line.exits)
		status = line.verb->run(&line);
	if (fflush(stdout) != 0 && errno != EPIPE && status == STATUS_DONE)
		status = say(STATUS_FAILED, "standard output cannot be written: %s", problem_errno(errno));
	return (int)status;
}
