#include "io/iio-library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

/* Of all versions 0.x. */
#define SONAME "libiio.so.0"

struct iio_library libiio;

/* For packagers' tools, which see what is linked, and this: https://systemd.io/ELF_DLOPEN_METADATA/ */
#define NOTE_NAME "FDO"
#define NOTE_TYPE 0x407c0c0a
#define NOTE_TEXT                                                                     \
	"[{\"feature\":\"iio\",\"description\":\"Thermometers (TemperatureSensor)\"," \
	"\"priority\":\"recommended\",\"soname\":[\"" SONAME "\"]}]"

__attribute__((used, section(".note.dlopen"))) _Alignas(uint32_t) static const struct {
	uint32_t name_size, text_size, type;
	char name[sizeof NOTE_NAME];
	_Alignas(uint32_t) char text[sizeof NOTE_TEXT];
} note = { sizeof NOTE_NAME, sizeof NOTE_TEXT, NOTE_TYPE, NOTE_NAME, NOTE_TEXT };

int iio_load(struct problem *problem)
{
	static bool loaded;
	struct iio_library functions;
	bool complete;
	void *library;
	int r;

	if (loaded)
		return 0;
	errno = 0;
	library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	complete = library;
#define RESOLVE(name) complete = complete && (functions.name = dlsym(library, "iio_" #name));
	IIO_FUNCTIONS(RESOLVE)
#undef RESOLVE
	if (!complete) {
		r = errno == ENOMEM ? -ENOMEM : -ELIBACC; /* dlerror(3) has only words */
		problem_set(
			problem, r,
			"libiio cannot be loaded: %s; expected version 0.24 to 0.26 of it, which IIO devices are "
			"read with: install it (on Debian the package libiio0)",
			dlerror());
		if (library)
			dlclose(library);
		return r;
	}
	libiio = functions;
	loaded = true;
	return 0;
}
