/* A receiver that answers every request with 200, for measuring the sandbox: one thread, epoll, HTTP/1.1 with connections that stay
 * open. It prints its port, and ends when its standard input does. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_REQUEST = 64 * 1024, EVENTS = 256 };

static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"received\":true}";

struct connection {
    int socket;
    size_t length;
    char bytes[MAX_REQUEST + 1];
};

static void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

/* The value of Content-Length in a head that ends with a NUL, or 0. */
static size_t content_length(const char *head)
{
    static const char name[] = "\r\ncontent-length:";
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line, name, sizeof name - 1) == 0) {
            return strtoul(line + sizeof name - 1, NULL, 10);
        }
    }
    return 0;
}

/* The length of the first request, or 0 while it is not complete. */
static size_t first_request(struct connection *connection)
{
    connection->bytes[connection->length] = '\0';
    char *end = strstr(connection->bytes, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    end[2] = '\0';
    size_t body = content_length(connection->bytes);
    end[2] = '\r';
    size_t whole = (size_t)(end - connection->bytes) + 4 + body;
    return whole <= connection->length ? whole : 0;
}

static bool answer(const struct connection *connection)
{
    return send(connection->socket, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL) == (ssize_t)(sizeof ANSWER - 1);
}

/* Reads what is there and answers what is complete. Returns false when the connection has ended. */
static bool serve(struct connection *connection)
{
    size_t room = MAX_REQUEST - connection->length;
    ssize_t got = room > 0 ? recv(connection->socket, connection->bytes + connection->length, room, MSG_DONTWAIT) : 0;
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    connection->length += (size_t)got;
    for (size_t whole; (whole = first_request(connection)) > 0;) {
        if (!answer(connection)) {
            return false;
        }
        connection->length -= whole;
        memmove(connection->bytes, connection->bytes + whole, connection->length);
    }
    return true;
}

static int listen_on_loopback(unsigned *port)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        die("listen");
    }
    *port = ntohs(address.sin_port);
    return listener;
}

static void watch(int poller, int socket, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event) != 0) {
        die("epoll_ctl");
    }
}

static void accept_one(int poller, int listener)
{
    int socket = accept(listener, NULL, NULL);
    if (socket < 0) {
        return;
    }
    int yes = 1;
    (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct connection *connection = malloc(sizeof *connection);
    if (connection == NULL) {
        die("malloc");
    }
    connection->socket = socket;
    connection->length = 0;
    watch(poller, socket, connection);
}

int main(void)
{
    unsigned port;
    int listener = listen_on_loopback(&port);
    int poller = epoll_create1(0);
    if (poller < 0) {
        die("epoll_create1");
    }
    /* These two have no connection of their own: their addresses tell them apart. */
    static struct connection listening, input;
    watch(poller, listener, &listening);
    watch(poller, STDIN_FILENO, &input);
    printf("%u\n", port);
    fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(poller, events, EVENTS, -1);
        for (int index = 0; index < count; index++) {
            struct connection *connection = events[index].data.ptr;
            if (connection == &input) {
                char byte;
                if (read(STDIN_FILENO, &byte, 1) <= 0) {
                    return EXIT_SUCCESS;
                }
            } else if (connection == &listening) {
                accept_one(poller, listener);
            } else if (!serve(connection)) {
                close(connection->socket);
                free(connection);
            }
        }
    }
}
