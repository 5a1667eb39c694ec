#define _GNU_SOURCE
#include "util/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/kept-word.h"
#include "util/problem.h"

/* Of address space; only what is used takes memory. */
#define MEMORY_SIZE (UINT64_C(64) << 20)
#define ENTRIES_MAX 4096
#define ALIGNMENT 64

/* Another one means that a successor cannot read it. The layout of fields may change without. */
#define MAGIC UINT64_C(0x31796d6d6f6f72) /* "roommy1" */

enum entry_kind {
	ENTRY_FREE, /* its space can be used again */
	ENTRY_FIELDS,
	ENTRY_BLOCK,
};

/* What is in the memfd. */
struct entry {
	_Atomic uint32_t kind; /* written last: an entry that was not finished is free */
	uint32_t fields_n;
	uint64_t offset, size;
	char name[MEMORY_NAME_MAX + 1];
};

struct header {
	uint64_t magic;
	uint64_t size;
	uint64_t entries_n;         /* that were ever used */
	uint64_t end;               /* of the space that was ever used */
	_Atomic uint64_t committed; /* how often; the last bit is the bank that holds */
	struct entry entries[ENTRIES_MAX];
};

/* Of an ENTRY_FIELDS: names, then two banks of a word for each field. */
struct stored_name {
	char name[KEPT_NAME_MAX + 1];
	uint64_t type;
};

/* A successor may be built for another size of a word. What is in a block is the affair of whose it is. */
static_assert(sizeof(struct entry) == 152 && offsetof(struct header, entries) == 40 &&
                      sizeof(struct stored_name) == 32,
              "the same on all machines");

/* What this process keeps there. */
struct kept {
	struct kept *next;
	struct entry *entry;
	const struct kept_field *fields;
	char *structure;
};

struct memory {
	int fd;
	struct header *header;
	struct kept *kept;
	bool used[ENTRIES_MAX]; /* by this process */
};

static size_t count_fields(const struct kept_field *fields)
{
	size_t n = 0;

	while (fields[n].name)
		n++;
	return n;
}

/* Aligned for anything: has_space() has seen to it, for those of a predecessor, and find_space(). */
static void *space_of(const struct memory *memory, const struct entry *entry)
{
	return (char *)memory->header + entry->offset;
}

static struct stored_name *names_of(const struct memory *memory, const struct entry *entry)
{
	return space_of(memory, entry);
}

static uint64_t *bank_of(const struct memory *memory, const struct entry *entry, uint64_t commit)
{
	void *behind_names = names_of(memory, entry) + entry->fields_n;
	uint64_t *banks = behind_names;

	return banks + (commit & 1) * entry->fields_n;
}

static uint64_t size_of_fields(size_t n)
{
	return n * (sizeof(struct stored_name) + 2 * sizeof(uint64_t));
}

/* --- one value ------------------------------------------------------------------------------- */

static void store_field(const struct kept_field *field, char *structure, uint64_t word)
{
	void *place = structure + field->offset;

	switch (field->type) {
	case KEPT_BOOL:
		*(bool *)place = word != 0;
		break;
	case KEPT_INT:
		*(int *)place = (int)(int64_t)word;
		break;
	case KEPT_U64:
	case KEPT_DOUBLE:
		memcpy(place, &word, sizeof word);
		break;
	}
}

static void save(const struct memory *memory, const struct kept *kept, uint64_t commit)
{
	uint64_t *bank = bank_of(memory, kept->entry, commit);

	for (size_t i = 0; kept->fields[i].name; i++)
		bank[i] = kept_word(&kept->fields[i], kept->structure);
}

/* By name, so that a successor may have other fields, in another order. */
static void recall(const struct memory *memory, const struct entry *entry, const struct kept_field *fields,
                   char *structure)
{
	const struct stored_name *names = names_of(memory, entry);
	const uint64_t *bank = bank_of(memory, entry, atomic_load(&memory->header->committed));

	for (const struct kept_field *field = fields; field->name; field++)
		for (size_t i = 0; i < entry->fields_n; i++)
			if (strncmp(names[i].name, field->name, sizeof names[i].name) == 0 &&
			    names[i].type == field->type)
				store_field(field, structure, bank[i]);
}

/* --- making and taking over ------------------------------------------------------------------ */

static int map(struct memory *memory)
{
	void *address = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory->fd, 0);

	if (address == MAP_FAILED)
		return -errno;
	memory->header = address;
	return 0;
}

/* Sealed, so that nobody can cut it under our feet. */
static int make(struct memory *memory, struct problem *problem)
{
	int r;

	memory->fd = memfd_create("roomd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memory->fd < 0 || ftruncate(memory->fd, (off_t)MEMORY_SIZE) < 0 ||
	    fcntl(memory->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		r = -errno;
	else
		r = map(memory);
	if (r < 0)
		return problem_set(problem, r, "no memory for what has to survive a restart: %s",
		                   problem_errno(r));
	memory->header->magic = MAGIC;
	memory->header->size = MEMORY_SIZE;
	memory->header->end = sizeof *memory->header;
	return 0;
}

/* Also of a free one: its space is given to somebody. And what is beyond the end is nobody's, and zero. */
static bool has_space(const struct header *header, const struct entry *entry)
{
	return entry->offset % ALIGNMENT == 0 && entry->offset >= sizeof(struct header) &&
	       entry->size <= header->end && entry->offset <= header->end - entry->size;
}

static bool entry_is_whole(const struct header *header, const struct entry *entry)
{
	if (!has_space(header, entry))
		return false;
	return atomic_load(&entry->kind) == ENTRY_FREE ||
	       (entry->kind <= ENTRY_BLOCK && memchr(entry->name, 0, sizeof entry->name) &&
	        (entry->kind != ENTRY_FIELDS || entry->size == size_of_fields(entry->fields_n)));
}

static const char *what_is_wrong(const struct header *header)
{
	if (header->magic != MAGIC || header->size != MEMORY_SIZE)
		return "it was not written by roomd, or by a version that is too different";
	if (header->entries_n > ENTRIES_MAX || header->end > MEMORY_SIZE || header->end < sizeof *header)
		return "it is damaged";
	for (size_t i = 0; i < header->entries_n; i++)
		if (!entry_is_whole(header, &header->entries[i]))
			return "it is damaged";
	return NULL;
}

static int take_over(struct memory *memory, int fd, struct problem *problem)
{
	int seals = fcntl(fd, F_GET_SEALS);
	const char *wrong = NULL;
	struct stat st;
	int r;

	r = fstat(fd, &st) < 0 ? -errno : 0;
	if (problem_passes(r))
		return problem_set(problem, r, "what was kept over the restart cannot be looked at: %s", problem_errno(r));
	if (r < 0 || seals < 0 || !(seals & F_SEAL_SHRINK) || st.st_size != (off_t)MEMORY_SIZE)
		return problem_set(problem, -EBADMSG, "not a sealed memfd of the right size");
	memory->fd = fd;
	r = map(memory);
	if (r >= 0)
		wrong = what_is_wrong(memory->header);
	if (r < 0 || wrong)
		memory->fd = -1;
	if (wrong)
		return problem_set(problem, -EBADMSG, "%s", wrong);
	return r < 0 ? problem_set(problem, r, "it cannot be mapped: %s", problem_errno(r)) : 0;
}

int memory_new(int fd, struct memory **ret, struct problem *problem)
{
	_cleanup_(memory_freep) struct memory *memory = calloc(1, sizeof *memory);
	int r;

	if (!memory)
		return problem_set(problem, -ENOMEM, "out of memory");
	memory->fd = -1;
	r = fd >= 0 ? take_over(memory, fd, problem) : make(memory, problem);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(memory);
	return 0;
}

struct memory *memory_free(struct memory *memory)
{
	if (!memory)
		return NULL;
	while (memory->kept) {
		struct kept *kept = memory->kept;

		memory->kept = kept->next;
		free(kept);
	}
	if (memory->header)
		munmap(memory->header, MEMORY_SIZE);
	if (memory->fd >= 0)
		close(memory->fd);
	free(memory);
	return NULL;
}

int memory_fd(const struct memory *memory)
{
	return memory->fd;
}

/* --- entries --------------------------------------------------------------------------------- */

static struct entry *find(struct memory *memory, const char *name)
{
	for (size_t i = 0; i < memory->header->entries_n; i++) {
		struct entry *entry = &memory->header->entries[i];

		if (entry->kind != ENTRY_FREE && strcmp(entry->name, name) == 0)
			return entry;
	}
	return NULL;
}

static bool *used(struct memory *memory, const struct entry *entry)
{
	return &memory->used[entry - memory->header->entries];
}

static void set_free(struct memory *memory, struct entry *entry)
{
	*used(memory, entry) = false;
	atomic_store(&entry->kind, ENTRY_FREE);
}

/* A free one whose space is as large, made zero; or a new one at the end, where all is zero: nobody was there
 * yet. */
static struct entry *find_space(struct memory *memory, uint64_t size)
{
	struct header *header = memory->header;
	struct entry *entry;

	for (size_t i = 0; i < header->entries_n; i++)
		if (header->entries[i].kind == ENTRY_FREE && header->entries[i].size == size) {
			memset(space_of(memory, &header->entries[i]), 0, size);
			return &header->entries[i];
		}
	if (header->entries_n == ENTRIES_MAX || size > MEMORY_SIZE - ALIGNMENT ||
	    header->end > MEMORY_SIZE - ALIGNMENT - size)
		return NULL;
	entry = &header->entries[header->entries_n];
	entry->offset = (header->end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	entry->size = size;
	header->end = entry->offset + size;
	header->entries_n++;
	/* Before anybody writes there: what is beyond the end has to be zero for a successor, too. */
	atomic_signal_fence(memory_order_seq_cst);
	return entry;
}

/* Space of this name and size, all zero; ENTRY_FREE until the caller has filled it. */
static int add(struct memory *memory, const char *name, uint64_t size, struct entry **ret)
{
	struct entry *entry;

	if (strlen(name) > MEMORY_NAME_MAX)
		return -EINVAL;
	entry = find_space(memory, size);
	if (!entry)
		return -ENOSPC;
	strcpy(entry->name, name);
	*used(memory, entry) = true;
	*ret = entry;
	return 0;
}

static bool has_these_fields(const struct memory *memory, const struct entry *entry,
                             const struct kept_field *fields)
{
	const struct stored_name *names = names_of(memory, entry);

	if (entry->kind != ENTRY_FIELDS || entry->fields_n != count_fields(fields))
		return false;
	for (size_t i = 0; i < entry->fields_n; i++)
		if (strncmp(names[i].name, fields[i].name, sizeof names[i].name) != 0 ||
		    names[i].type != fields[i].type)
			return false;
	return true;
}

static int add_fields(struct memory *memory, const char *name, const struct kept_field *fields,
                      struct kept *kept)
{
	size_t n = count_fields(fields);
	struct stored_name *names;
	int r;

	r = add(memory, name, size_of_fields(n), &kept->entry);
	if (r < 0)
		return r;
	kept->entry->fields_n = (uint32_t)n;
	names = names_of(memory, kept->entry);
	for (size_t i = 0; i < n; i++) {
		if (strlen(fields[i].name) > KEPT_NAME_MAX)
			return -EINVAL;
		strcpy(names[i].name, fields[i].name);
		names[i].type = fields[i].type;
	}
	save(memory, kept, 0);
	save(memory, kept, 1);
	atomic_store(&kept->entry->kind, ENTRY_FIELDS);
	return 0;
}

int memory_keep(struct memory *memory, const char *name, const struct kept_field *fields, void *structure)
{
	struct entry *before = find(memory, name);
	struct kept *kept = malloc(sizeof *kept);
	bool known = before && before->kind == ENTRY_FIELDS;
	int r = 0;

	if (!kept)
		return -ENOMEM;
	*kept = (struct kept){
		.next = memory->kept, .entry = before, .fields = fields, .structure = structure
	};
	if (known)
		recall(memory, before, fields, structure);
	if (known && has_these_fields(memory, before, fields)) {
		*used(memory, before) = true;
	} else {
		r = add_fields(memory, name, fields, kept);
		if (r >= 0 && before)
			set_free(memory, before);
	}
	if (r < 0) {
		free(kept);
		return r;
	}
	memory->kept = kept;
	return known;
}

int memory_block(struct memory *memory, const char *name, size_t size, void **ret)
{
	struct entry *before = find(memory, name), *entry = before;
	bool known = before && before->kind == ENTRY_BLOCK && before->size == size;
	int r;

	if (known) {
		*used(memory, before) = true;
	} else {
		r = add(memory, name, size, &entry);
		if (r < 0)
			return r;
		if (before)
			set_free(memory, before);
		atomic_store(&entry->kind, ENTRY_BLOCK);
	}
	*ret = space_of(memory, entry);
	return known;
}

void memory_leave(struct memory *memory, const char *name)
{
	for (struct kept **k = &memory->kept; *k; k = &(*k)->next)
		if (strcmp((*k)->entry->name, name) == 0) {
			struct kept *kept = *k;
			uint64_t committed = atomic_load(&memory->header->committed);

			/* The other bank too: nobody writes it at the next commit. */
			memcpy(bank_of(memory, kept->entry, committed + 1),
			       bank_of(memory, kept->entry, committed),
			       kept->entry->fields_n * sizeof(uint64_t));
			*k = kept->next;
			free(kept);
			return;
		}
}

void memory_forget(struct memory *memory, const char *name)
{
	struct entry *entry = find(memory, name);

	if (!entry)
		return;
	memory_leave(memory, name);
	set_free(memory, entry);
}

void memory_forget_below(struct memory *memory, const char *prefix)
{
	for (size_t i = 0; i < memory->header->entries_n; i++) {
		struct entry *entry = &memory->header->entries[i];

		if (entry->kind != ENTRY_FREE && strncmp(entry->name, prefix, strlen(prefix)) == 0) {
			memory_leave(memory, entry->name);
			set_free(memory, entry);
		}
	}
}

void memory_forget_unused(struct memory *memory)
{
	for (size_t i = 0; i < memory->header->entries_n; i++)
		if (!memory->used[i])
			set_free(memory, &memory->header->entries[i]);
}

void memory_commit(struct memory *memory)
{
	uint64_t next = atomic_load_explicit(&memory->header->committed, memory_order_relaxed) + 1;

	for (const struct kept *kept = memory->kept; kept; kept = kept->next)
		save(memory, kept, next);
	atomic_store_explicit(&memory->header->committed, next, memory_order_release);
}
