#define _GNU_SOURCE
#include "config-room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config.h"
#include "fuzz.h"

#define SEPARATOR "---\n"
#define FILES_MAX 3

static char folder[64];

static char *path_of(const char *name, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static void remove_folder(void)
{
	static const char *const names[] = { "room.conf", "room.conf.d/10.conf", "room.conf.d/20.conf", "room.conf.d", "printed.conf", "" };
	char path[PATH_MAX];

	for (size_t i = 0; i < ELEMENTS(names); i++)
		remove(path_of(names[i], path));
}

static void make_folder(void)
{
	char path[PATH_MAX];

	if (*folder)
		return;
	snprintf(folder, sizeof folder, "%s/roomd-fuzz.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	FUZZ_CHECK(mkdtemp(folder) && mkdir(path_of("room.conf.d", path), 0700) == 0);
	atexit(remove_folder);
}

static void write_file(const char *name, const char *text, size_t length)
{
	char path[PATH_MAX];
	int fd = open(path_of(name, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	FUZZ_CHECK(fd >= 0 && write(fd, text, length) == (ssize_t)length);
	close(fd);
}

/* The rest of the text behind what was written. */
static const char *write_part(const char *name, const char *text, size_t *left, bool last)
{
	const char *separator = last ? NULL : memmem(text, *left, SEPARATOR, strlen(SEPARATOR));
	size_t length = separator ? (size_t)(separator - text) : *left;

	write_file(name, text, length);
	*left -= separator ? length + strlen(SEPARATOR) : length;
	return text + length + (separator ? strlen(SEPARATOR) : 0);
}

static struct config *load(const char *name)
{
	char path[PATH_MAX];
	struct config_errors errors = { 0 };
	struct config *config = NULL;
	int r = config_load(path_of(name, path), &config, &errors);

	FUZZ_CHECK(r == (errors.n > 0 ? -EBADMSG : 0) && !config == (r < 0));
	for (size_t i = 0; i < errors.n; i++)
		FUZZ_CHECK(strncmp(errors.texts[i], path, strlen(path)) == 0); /* or of a drop-in, whose name begins so */
	config_errors_free(&errors);
	return config;
}

/* Without the heading, which has the names of the files. */
static char *print(const struct config *config)
{
	char *text = NULL, *body;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	config_print(config, stream);
	FUZZ_CHECK(fclose(stream) == 0);
	body = strdup(strchr(text, '\n') + 1);
	free(text);
	return body;
}

void config_room_check(const char *text, size_t length)
{
	static const char *const names[FILES_MAX] = { "room.conf", "room.conf.d/10.conf", "room.conf.d/20.conf" };
	_cleanup_(config_freep) struct config *config = NULL, *same = NULL;
	_cleanup_(cleanup_free) char *printed = NULL, *again = NULL;

	make_folder();
	for (size_t i = 0; i < FILES_MAX; i++)
		text = write_part(names[i], text, &length, i + 1 == FILES_MAX);
	config = load(names[0]);
	if (!config)
		return;
	printed = print(config);
	write_file("printed.conf", printed, strlen(printed));
	same = load("printed.conf");
	FUZZ_CHECK(same);
	again = print(same);
	FUZZ_CHECK_SAME(again, printed);
}
