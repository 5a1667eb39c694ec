#include "io/uevent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define KERNEL_GROUP 1
#define MESSAGE_SIZE 8192 /* the kernel's have a path and 2 KiB at most */
#define FIRST_USER_NAMESPACE_INODE 0xeffffffdU /* PROC_USER_INIT_INO of the kernel's proc_ns.h */

/* The kernel tells those network namespaces only that belong to the first user namespace, which is all but
 * those of containers with users of their own. Whose owner may not be asked for is not the container's, for
 * it may ask: it is systemd's PrivateUsers= within. */
static bool is_told(void)
{
	int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int owner = net >= 0 ? ioctl(net, NS_GET_USERNS) : -1;
	struct stat st;
	bool told = owner < 0 || fstat(owner, &st) < 0 || st.st_ino == FIRST_USER_NAMESPACE_INODE;

	if (owner >= 0)
		close(owner);
	if (net >= 0)
		close(net);
	return told;
}

int uevent_open(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd, r;

	if (!is_told())
		return -EOPNOTSUPP;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

/* Only the kernel has the port 0. */
int uevent_read(int fd)
{
	char message[MESSAGE_SIZE];
	struct sockaddr_nl sender = { .nl_pid = 1 };
	socklen_t sender_size = sizeof sender;
	ssize_t n = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&sender, &sender_size);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return sender.nl_pid == 0 && uevent_is_of_room(message, (size_t)n);
}

static bool is_one_of(const char *text, size_t length, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == length && memcmp(text, words[i], length) == 0)
			return true;
	return false;
}

/* What follows this key, up to the zero; NULL: it is not there. A text without its zero is none. */
static const char *find_value(const char *message, size_t size, const char *key, size_t *ret_length)
{
	const char *end, *text = message;
	size_t key_length = strlen(key);

	for (; (end = memchr(text, '\0', size)); text = end + 1) {
		size_t length = (size_t)(end - text);

		if (length >= key_length && memcmp(text, key, key_length) == 0) {
			*ret_length = length - key_length;
			return text + key_length;
		}
		size -= length + 1;
	}
	return NULL;
}

bool uevent_is_of_room(const char *message, size_t size)
{
	static const char *const actions[] = { "add", "change", "remove" };
	static const char *const subsystems[] = { "gpio", "iio", "hwmon", "w1", "pwm" };
	size_t action_length, subsystem_length;
	const char *action = find_value(message, size, "ACTION=", &action_length);
	const char *subsystem = find_value(message, size, "SUBSYSTEM=", &subsystem_length);

	return action && is_one_of(action, action_length, actions, ELEMENTS(actions)) && subsystem &&
	       is_one_of(subsystem, subsystem_length, subsystems, ELEMENTS(subsystems));
}
