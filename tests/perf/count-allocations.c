/* For LD_PRELOAD: counts what a program takes from the heap and gives back. strdup(3), asprintf(3),
 * reallocarray(3) and whatever else allocates in a library comes through these functions. It takes nothing
 * from the heap itself, and counts with atomics only, so that it may be called from anywhere. */
#define _GNU_SOURCE
#include "count-allocations.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

/* Until the file is mapped, and without one. */
static struct allocation_counts own;
static struct allocation_counts *counts = &own;

/* After those of all libraries, before the program's own code: there is one thread. */
__attribute__((constructor)) static void map_counts(void)
{
	const char *path = getenv(COUNT_ALLOCATIONS_VARIABLE);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	struct allocation_counts *shared;
	struct timespec now;

	if (fd < 0)
		return;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	shared->loaded_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	shared->allocated = own.allocated;
	shared->live_blocks = own.live_blocks;
	shared->live_bytes = own.live_bytes;
	counts = shared;
}

static void remember(uint64_t address)
{
	for (size_t i = 0; i < ALLOCATION_CALLERS_MAX; i++) {
		uint64_t nobody = 0;

		if (counts->callers[i].address == address ||
		    atomic_compare_exchange_strong(&counts->callers[i].address, &nobody, address) ||
		    nobody == address) {
			counts->callers[i].n++;
			return;
		}
	}
}

static void *taken(void *block, const void *caller)
{
	if (!block)
		return NULL;
	counts->allocated++;
	counts->live_blocks++;
	counts->live_bytes += (int64_t)malloc_usable_size(block);
	if (counts->remember_callers)
		remember((uint64_t)(uintptr_t)caller);
	return block;
}

static void given_back(void *block)
{
	if (!block)
		return;
	counts->live_blocks--;
	counts->live_bytes -= (int64_t)malloc_usable_size(block);
}

void *malloc(size_t size)
{
	return taken(__libc_malloc(size), __builtin_return_address(0));
}

void *calloc(size_t n, size_t size)
{
	return taken(__libc_calloc(n, size), __builtin_return_address(0));
}

/* A block that grows counts as another one. */
void *realloc(void *block, size_t size)
{
	int64_t before = block ? (int64_t)malloc_usable_size(block) : 0;
	void *other = __libc_realloc(block, size);

	/* Size 0 has freed it. */
	if (block && (other || size == 0)) {
		counts->live_blocks--;
		counts->live_bytes -= before;
	}
	return taken(other, __builtin_return_address(0));
}

void *memalign(size_t alignment, size_t size)
{
	return taken(__libc_memalign(alignment, size), __builtin_return_address(0));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return taken(__libc_memalign(alignment, size), __builtin_return_address(0));
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *block = __libc_memalign(alignment, size);

	if (!block)
		return ENOMEM;
	*ret = taken(block, __builtin_return_address(0));
	return 0;
}

void free(void *block)
{
	int saved_errno = errno;

	given_back(block);
	__libc_free(block);
	errno = saved_errno;
}
