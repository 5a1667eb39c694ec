#define _GNU_SOURCE
#include "shim-vfs.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define FILES_MAX 8
#define SECTOR 512

/* One change that was not flushed yet: bytes that were written, or a length; of a name: that it is gone. */
struct change {
	char *bytes; /* NULL: cut, or made longer, to `offset` */
	size_t offset, length;
	bool gone;
};

/* What is on the disk of a file, and what is not. */
struct disk_file {
	char path[512];
	char *bytes; /* NULL: there is none of this name */
	size_t length;
	struct change *change;
	size_t changes;
};

struct shim_file {
	sqlite3_file base;
	struct disk_file *disk; /* NULL: a temporary one */
	sqlite3_file *real;
};

static struct {
	sqlite3_vfs vfs, *real;
	struct disk_file files[FILES_MAX];
	size_t n;
	enum shim_end end;
	unsigned at, calls, syncs, seed;
	int failing;
} shim;

static void die(const char *what)
{
	perror(what);
	abort();
}

/* --- the disk --------------------------------------------------------------------------------- */

static bool follows(void)
{
	return shim.end == SHIM_POWER_NONE || shim.end == SHIM_POWER_SOME;
}

static char *read_file(const char *path, size_t *ret_length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0)
		die("fstat");
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes || read(fd, bytes, (size_t)st.st_size) != st.st_size)
		die("read");
	close(fd);
	*ret_length = (size_t)st.st_size;
	return bytes;
}

static void forget_changes(struct disk_file *disk)
{
	for (size_t i = 0; i < disk->changes; i++)
		free(disk->change[i].bytes);
	free(disk->change);
	disk->change = NULL;
	disk->changes = 0;
}

static void set_length(struct disk_file *disk, size_t length)
{
	disk->bytes = realloc(disk->bytes, length + 1);
	if (!disk->bytes)
		die("realloc");
	if (length > disk->length)
		memset(disk->bytes + disk->length, 0, length - disk->length);
	disk->length = length;
}

static bool comes_to_the_disk(bool all)
{
	return all || (shim.end == SHIM_POWER_SOME && rand_r(&shim.seed) % 2);
}

static void apply_bytes(struct disk_file *disk, const struct change *change, bool all)
{
	for (size_t i = 0; i < change->length;) {
		size_t at = change->offset + i, n = SECTOR - at % SECTOR;

		n = n < change->length - i ? n : change->length - i;
		if (comes_to_the_disk(all)) {
			if (at + n > disk->length)
				set_length(disk, at + n);
			memcpy(disk->bytes + at, change->bytes + i, n);
		}
		i += n;
	}
}

static void apply(struct disk_file *disk, const struct change *change, bool all)
{
	if (change->bytes) {
		apply_bytes(disk, change, all);
	} else if (comes_to_the_disk(all)) {
		set_length(disk, change->offset);
		if (change->gone) {
			free(disk->bytes);
			disk->bytes = NULL;
		}
	}
}

/* The first so many changes: all, or some of them. */
static void apply_first(struct disk_file *disk, size_t n, bool all)
{
	for (size_t i = 0; i < n; i++) {
		apply(disk, &disk->change[i], all);
		free(disk->change[i].bytes);
	}
	disk->changes -= n;
	memmove(disk->change, disk->change + n, disk->changes * sizeof *disk->change);
}

static void apply_changes(struct disk_file *disk, bool all)
{
	if (disk->changes > 0)
		apply_first(disk, disk->changes, all);
}

static void add_change(struct disk_file *disk, const void *bytes, size_t offset, size_t length, bool gone)
{
	struct change change = { .offset = offset, .length = length, .gone = gone };

	if (!follows() || !disk)
		return;
	if (bytes)
		change.bytes = memcpy(malloc(length + 1), bytes, length);
	disk->change = reallocarray(disk->change, disk->changes + 1, sizeof change);
	if (!disk->change)
		die("reallocarray");
	disk->change[disk->changes++] = change;
}

static struct disk_file *disk_of(const char *path)
{
	struct disk_file *disk;

	for (size_t i = 0; i < shim.n; i++)
		if (strcmp(shim.files[i].path, path) == 0)
			return &shim.files[i];
	if (shim.n == FILES_MAX)
		abort();
	disk = &shim.files[shim.n++];
	snprintf(disk->path, sizeof disk->path, "%s", path);
	disk->bytes = read_file(path, &disk->length);
	return disk;
}

/* The files become what is on the disk. */
static void lose_power(void)
{
	for (size_t i = 0; i < shim.n; i++) {
		struct disk_file *disk = &shim.files[i];
		int fd;

		apply_changes(disk, false);
		if (!disk->bytes) {
			unlink(disk->path);
			continue;
		}
		fd = open(disk->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, disk->bytes, disk->length) != (ssize_t)disk->length)
			die("write");
		close(fd);
	}
}

/* One more call that changes something. True: it is the one at which the process ends. */
static bool is_the_one(void)
{
	return ++shim.calls == shim.at && shim.end != SHIM_GOES_ON;
}

static void end(void)
{
	if (follows())
		lose_power();
	kill(getpid(), SIGKILL);
	abort();
}

/* Names that are gone are gone on the disk, too. */
static void sync_names(void)
{
	for (size_t i = 0; i < shim.n; i++) {
		struct disk_file *disk = &shim.files[i];

		for (size_t n = disk->changes; n > 0; n--)
			if (disk->change[n - 1].gone) {
				apply_first(disk, n, true);
				break;
			}
	}
}

int __wrap_database_file_sync_folder(const char *folder);
int __wrap_database_file_sync_folder(const char *folder)
{
	shim.syncs++;
	if (is_the_one())
		end();
	sync_names();
	(void)folder;
	return 0;
}

/* --- files ------------------------------------------------------------------------------------ */

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct shim_file *)(void *)file)->real;
}

static struct disk_file *disk_of_file(sqlite3_file *file)
{
	return ((struct shim_file *)(void *)file)->disk;
}

static int shim_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int shim_read(sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), bytes, n, offset);
}

static int shim_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
	bool the_one = is_the_one();

	if (shim.failing)
		return shim.failing;
	if (the_one && shim.end == SHIM_KILL_WITHIN)
		real_of(file)->pMethods->xWrite(real_of(file), bytes, n / 2, offset);
	add_change(disk_of_file(file), bytes, (size_t)offset, (size_t)n, false);
	if (the_one)
		end();
	return real_of(file)->pMethods->xWrite(real_of(file), bytes, n, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 length)
{
	if (is_the_one())
		end();
	add_change(disk_of_file(file), NULL, (size_t)length, 0, false);
	return real_of(file)->pMethods->xTruncate(real_of(file), length);
}

/* Of a new file its name, too. */
static int shim_sync(sqlite3_file *file, int flags)
{
	struct disk_file *disk = disk_of_file(file);

	shim.syncs++;
	if (is_the_one())
		end();
	if (shim.failing)
		return shim.failing;
	if (disk && follows()) {
		if (!disk->bytes)
			set_length(disk, 0);
		apply_changes(disk, true);
	}
	(void)flags;
	return SQLITE_OK;
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int shim_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int shim_check_lock(sqlite3_file *file, int *ret)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int shim_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int shim_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

/* A card promises nothing, whatever the file system below says. */
static int shim_character(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_lock,
	.xFileControl = shim_control,
	.xSectorSize = shim_sector,
	.xDeviceCharacteristics = shim_character,
};

/* --- names ------------------------------------------------------------------------------------ */

static int shim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
	struct shim_file *opened = (struct shim_file *)(void *)file;
	int code;

	(void)vfs;
	if (is_the_one())
		end();
	opened->real = (sqlite3_file *)(void *)(opened + 1);
	opened->disk = path && follows() ? disk_of(path) : NULL;
	code = shim.real->xOpen(shim.real, path, opened->real, flags, ret_flags);
	opened->base.pMethods = opened->real->pMethods ? &methods : NULL;
	return code;
}

static int shim_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	struct disk_file *disk = follows() ? disk_of(path) : NULL;

	(void)vfs;
	if (is_the_one())
		end();
	add_change(disk, NULL, 0, 0, true);
	if (disk && sync_folder)
		apply_changes(disk, true);
	return shim.real->xDelete(shim.real, path, sync_folder);
}

void shim_set_up(void)
{
	shim.real = sqlite3_vfs_find(NULL);
	shim.vfs = *shim.real;
	shim.vfs.zName = "shim";
	shim.vfs.pNext = NULL;
	shim.vfs.szOsFile = (int)sizeof(struct shim_file) + shim.real->szOsFile;
	shim.vfs.xOpen = shim_open;
	shim.vfs.xDelete = shim_delete;
	if (sqlite3_vfs_register(&shim.vfs, 1) != SQLITE_OK)
		abort();
}

void shim_begin(enum shim_end how, unsigned at, unsigned seed)
{
	for (size_t i = 0; i < shim.n; i++) {
		forget_changes(&shim.files[i]);
		free(shim.files[i].bytes);
		shim.files[i] = (struct disk_file){ 0 };
	}
	shim.n = 0;
	shim.calls = shim.syncs = 0;
	shim.end = how;
	shim.at = at;
	shim.seed = seed;
	shim.failing = 0;
}

unsigned shim_calls(void)
{
	return shim.calls;
}

unsigned shim_syncs(void)
{
	return shim.syncs;
}

void shim_fail_writes(int code)
{
	shim.failing = code;
}
