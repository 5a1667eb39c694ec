/* Prints all metrics that there are: show-room text|openmetrics. For promtool. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "sample-room.h"

int main(int argc, char **argv)
{
	_cleanup_(cleanup_free) char *text = NULL;

	if (argc != 2 || (strcmp(argv[1], "text") != 0 && strcmp(argv[1], "openmetrics") != 0)) {
		fprintf(stderr, "usage: show-room text|openmetrics\n");
		return 2;
	}
	text = sample_room_render(strcmp(argv[1], "text") == 0 ? EXPOSITION_TEXT : EXPOSITION_OPENMETRICS);
	return fputs(text, stdout) < 0;
}
