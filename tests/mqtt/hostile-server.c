#define _GNU_SOURCE
#include "hostile-server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"

/* --- the process ----------------------------------------------------------------------------- */

static void serve(int listener, struct hostile_seen *seen, hostile_function *function, const void *userdata)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	for (unsigned nth = 0;; nth++) {
		struct hostile_connection connection = { .nth = nth, .seen = seen, .userdata = userdata };

		connection.fd = accept(listener, NULL, NULL);
		if (connection.fd < 0)
			_exit(1);
		seen->connections++;
		function(&connection);
		close(connection.fd);
		seen->ended++;
	}
}

static int make_listener(uint16_t *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

void hostile_start(struct hostile_server *it, hostile_function *function, const void *userdata)
{
	int listener = make_listener(&it->port);

	it->seen = mmap(NULL, sizeof *it->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(it->seen != MAP_FAILED);
	it->pid = fork();
	assert_true(it->pid >= 0);
	if (it->pid == 0)
		serve(listener, it->seen, function, userdata);
	close(listener);
}

void hostile_stop(struct hostile_server *it)
{
	kill(it->pid, SIGKILL);
	waitpid(it->pid, NULL, 0);
	munmap(it->seen, sizeof *it->seen);
}

/* --- for the functions ----------------------------------------------------------------------- */

void hostile_listen(struct hostile_connection *connection)
{
	char buffer[4096];

	while (read(connection->fd, buffer, sizeof buffer) > 0)
		;
}

void hostile_send(struct hostile_connection *connection, const void *data, size_t length)
{
	(void)!send(connection->fd, data, length, MSG_NOSIGNAL);
}

/* From the socket, or, if there is one, from TLS. */
static bool read_all(int fd, SSL *ssl, uint8_t *buffer, size_t length)
{
	while (length > 0) {
		ssize_t n = ssl ? SSL_read(ssl, buffer, (int)length) : read(fd, buffer, length);

		if (n <= 0)
			return false;
		buffer += n;
		length -= (size_t)n;
	}
	return true;
}

static int read_packet(int fd, SSL *ssl, uint8_t *body, size_t size)
{
	uint8_t first, byte = 0x80;
	size_t length = 0;

	if (!read_all(fd, ssl, &first, 1))
		return -1;
	for (unsigned shift = 0; byte & 0x80; shift += 7) {
		if (shift > 21 || !read_all(fd, ssl, &byte, 1))
			return -1;
		length |= (size_t)(byte & 0x7f) << shift;
	}
	return length <= size && read_all(fd, ssl, body, length) ? first : -1;
}

int hostile_read_packet(struct hostile_connection *connection)
{
	uint8_t body[65536];
	int first = read_packet(connection->fd, NULL, body, sizeof body);

	if (first == 0x10 && connection->nth < ELEMENTS(connection->seen->protocol))
		connection->seen->protocol[connection->nth] = body[6];
	return first;
}

int hostile_tls_read_packet(SSL *ssl)
{
	uint8_t body[65536];

	return read_packet(-1, ssl, body, sizeof body);
}

SSL *hostile_tls_new(struct hostile_connection *connection)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	char path[256];

	snprintf(path, sizeof path, "%s.pem", (const char *)connection->userdata);
	SSL_CTX_use_certificate_chain_file(context, path);
	snprintf(path, sizeof path, "%s.key", (const char *)connection->userdata);
	SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM);
	return SSL_new(context);
}

SSL *hostile_tls(struct hostile_connection *connection)
{
	SSL *ssl = hostile_tls_new(connection);
	const char *name;

	SSL_set_fd(ssl, connection->fd);
	if (SSL_accept(ssl) != 1)
		return NULL;
	name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	snprintf(connection->seen->name, sizeof connection->seen->name, "%s", name ? name : "");
	return ssl;
}

/* --- silence --------------------------------------------------------------------------------- */

void hostile_answer_half(struct hostile_connection *connection)
{
	SSL *ssl = hostile_tls_new(connection);
	char hello[4096], *answer;
	ssize_t n;

	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	n = read(connection->fd, hello, sizeof hello);
	BIO_write(SSL_get_rbio(ssl), hello, (int)n);
	SSL_accept(ssl);
	n = BIO_get_mem_data(SSL_get_wbio(ssl), &answer);
	hostile_send(connection, answer, (size_t)n / 2);
	hostile_listen(connection);
}

void hostile_keep_silent_in_tls(struct hostile_connection *connection)
{
	SSL *ssl = hostile_tls(connection);

	while (ssl && hostile_tls_read_packet(ssl) >= 0)
		;
}

uint16_t hostile_make_full_port(const char *at, uint16_t port, int fds[static HOSTILE_FULL_FDS])
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t length = sizeof address;

	assert_int_equal(inet_pton(AF_INET, at, &address.sin_addr), 1);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fds[0], (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fds[0], 0), 0);
	assert_int_equal(getsockname(fds[0], (struct sockaddr *)&address, &length), 0);
	for (int i = 1; i < HOSTILE_FULL_FDS; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)!connect(fds[i], (struct sockaddr *)&address, sizeof address);
	}
	return ntohs(address.sin_port);
}
