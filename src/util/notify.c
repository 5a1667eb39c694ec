#define _GNU_SOURCE
#include "util/notify.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define SEND_BUFFER_SIZE (8 << 20)

static int socket_fd = -1;

/* A path, or a name of the abstract namespace behind '@'. The address's length; 0: something else. */
static socklen_t parse(const char *name, struct sockaddr_un *ret)
{
	size_t length = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof ret->sun_path)
		return 0;
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret->sun_path, name, length);
	if (name[0] == '@')
		ret->sun_path[0] = '\0';
	/* The zero belongs to a path; in an abstract name it would be a character. */
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] == '/'));
}

static void attach(struct msghdr *message, void *space, size_t size, int fd)
{
	struct cmsghdr *header;

	message->msg_control = space;
	message->msg_controllen = size;
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
}

/* With room for what systemd has not read yet, as sd_notify(3) gives it; as much as is allowed. */
static int open_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){ SEND_BUFFER_SIZE }, sizeof(int));
	return fd;
}

int notify_send(const char *text, int fd)
{
	const char *name = secure_getenv("NOTIFY_SOCKET");
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof fd)];
	} control = { 0 };
	struct iovec part = { .iov_base = (char *)text, .iov_len = strlen(text) };
	struct sockaddr_un address;
	struct msghdr message = { .msg_name = &address, .msg_iov = &part, .msg_iovlen = 1 };

	message.msg_namelen = name ? parse(name, &address) : 0;
	if (message.msg_namelen == 0) /* nothing; or a virtual machine's, or wrong: for libsystemd to say */
		return sd_pid_notify_with_fds(0, false, text, &fd, fd >= 0);
	if (socket_fd < 0)
		socket_fd = open_socket();
	if (socket_fd < 0)
		return -errno;
	if (fd >= 0)
		attach(&message, &control, sizeof control, fd);
	return sendmsg(socket_fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 1;
}

void notify_close(void)
{
	if (socket_fd >= 0)
		close(socket_fd);
	socket_fd = -1;
}
