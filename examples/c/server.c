/* Receives Payvost's webhooks with libmicrohttpd. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <microhttpd.h>
#include <payvost_webhooks.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Bounds what is read into memory. More than 1 MiB is refused by the library, with a reason. */
#define MAX_BODY ((size_t)2 * 1024 * 1024)

/* A request while its body comes in, piece by piece. */
struct delivery {
    char *body;
    size_t length, capacity;
};

/* The handlers return 0 when they are done with an event; after anything else Payvost delivers it again. Their second
 * argument is what they were registered with. An event can be delivered more than once: key what you do by its id. */

static int payment_succeeded(const payvost_event *event, void *log)
{
    payvost_str id = payvost_event_id(event), amount = {0};
    payvost_value_string(payvost_event_pointer(event, PAYVOST_LITERAL("/data/amount")), &amount);
    fprintf(log, "paid: %.*s %.*s\n", (int)id.len, id.data, (int)amount.len, amount.len == 0 ? "" : amount.data);
    return 0;
}

static int any_transfer(const payvost_event *event, void *log)
{
    payvost_str id = payvost_event_id(event), type = payvost_event_type(event);
    fprintf(log, "transfer: %.*s %.*s\n", (int)id.len, id.data, (int)type.len, type.data);
    return 0;
}

static int anything_else(const payvost_event *event, void *log)
{
    payvost_str id = payvost_event_id(event), type = payvost_event_type(event);
    fprintf(log, "no handler of its own: %.*s %.*s\n", (int)id.len, id.data, (int)type.len, type.data);
    return 0;
}

/* What every request needs; made once. */
struct receiver {
    payvost_verifier *verifier;
    payvost_router *router;
};

static enum MHD_Result respond(struct MHD_Connection *connection, unsigned int status, const char *type,
                               const char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_POST);
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* The Payvost-Signature header: its letters may have any case, and headers that came twice are joined, as HTTP says. */
struct signature {
    char text[256]; /* cut off here, where it is far too long to be one */
    size_t length;
    bool present;
};

static enum MHD_Result find_signature(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct signature *signature = context;
    (void)kind;
    if (strcasecmp(name, "Payvost-Signature") != 0)
        return MHD_YES;
    if (value == NULL)
        value = "";

    size_t room = sizeof signature->text - signature->length;
    int written = snprintf(signature->text + signature->length, room, "%s%s", signature->present ? ", " : "", value);
    signature->length += written < 0 ? 0 : (size_t)written < room ? (size_t)written : room - 1;
    signature->present = true;
    return MHD_YES;
}

static enum MHD_Result webhook(struct MHD_Connection *connection, const struct receiver *receiver,
                               const struct delivery *delivery)
{
    struct signature signature = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, find_signature, &signature);

    payvost_event *event;
    payvost_error error;
    if (payvost_verifier_verify(receiver->verifier, delivery->body, delivery->length, signature.text, signature.length,
                                &event, &error) != PAYVOST_OK) {
        fprintf(stderr, "webhook refused: %s: %s. %s\n", payvost_error_code(&error), payvost_error_message(&error),
                payvost_error_hint(&error));
        return respond(connection, payvost_error_http_status(&error), "application/json",
                       payvost_error_http_body(&error));
    }

    payvost_outcome outcome;
    if (payvost_router_dispatch(receiver->router, event, &outcome, &error) != PAYVOST_OK)
        outcome = PAYVOST_OUTCOME_HANDLER_FAILED;
    payvost_event_free(event);
    return respond(connection, payvost_outcome_http_status(outcome), "application/json",
                   payvost_outcome_http_body(outcome));
}

/* Adds a piece of the body; false when it grows beyond all bounds. */
static bool receive(struct delivery *delivery, const char *piece, size_t size)
{
    if (size > MAX_BODY - delivery->length)
        return false;
    if (size > delivery->capacity - delivery->length) {
        size_t capacity = 2 * (delivery->length + size);
        char *body = realloc(delivery->body, capacity);
        if (body == NULL)
            return false;
        delivery->body = body;
        delivery->capacity = capacity;
    }
    memcpy(delivery->body + delivery->length, piece, size);
    delivery->length += size;
    return true;
}

/* libmicrohttpd calls this once with the headers, then for each piece of the body, and once after the last. */
static enum MHD_Result on_request(void *receiver, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *piece, size_t *piece_size,
                                  void **context)
{
    struct delivery *delivery = *context;
    (void)version;

    if (delivery == NULL) {
        if (strcmp(url, "/webhooks/payvost") != 0)
            return respond(connection, MHD_HTTP_NOT_FOUND, "text/plain", "Not found");
        if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
            return respond(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "Method not allowed");
        *context = calloc(1, sizeof *delivery);
        return *context == NULL ? MHD_NO : MHD_YES;
    }
    if (*piece_size > 0) {
        if (!receive(delivery, piece, *piece_size))
            return MHD_NO; /* closes the connection */
        *piece_size = 0;
        return MHD_YES;
    }
    return webhook(connection, receiver, delivery);
}

static void on_completed(void *receiver, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct delivery *delivery = *context;
    (void)receiver, (void)connection, (void)why;
    if (delivery == NULL)
        return;
    free(delivery->body);
    free(delivery);
    *context = NULL;
}

/* 0 when something cannot be used; what was made is in the receiver and is to be freed either way. */
static int set_up(struct receiver *receiver, const char *secret)
{
    payvost_error error;
    if (payvost_verifier_new(secret, secret == NULL ? 0 : strlen(secret), &receiver->verifier, &error) != PAYVOST_OK) {
        fprintf(stderr, "WEBHOOK_SECRET cannot be used: %s. %s\n", payvost_error_message(&error),
                payvost_error_hint(&error));
        return 0;
    }
    if (payvost_router_new(&receiver->router, &error) != PAYVOST_OK)
        return 0;
    payvost_router_on(receiver->router, PAYVOST_LITERAL(PAYVOST_EVENT_PAYMENT_SUCCEEDED), payment_succeeded, stdout, NULL);
    payvost_router_on(receiver->router, PAYVOST_LITERAL("transfer.*"), any_transfer, stdout, NULL);
    /* A mistake in an earlier one would be told again here. */
    if (payvost_router_on(receiver->router, PAYVOST_LITERAL("*"), anything_else, stdout, &error) != PAYVOST_OK) {
        fprintf(stderr, "The handlers cannot be used: %s\n", payvost_error_message(&error));
        return 0;
    }
    return 1;
}

static void tear_down(struct receiver *receiver)
{
    payvost_router_free(receiver->router);
    payvost_verifier_free(receiver->verifier);
}

int main(void)
{
    const char *port = getenv("PORT");
    struct receiver receiver = {0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!set_up(&receiver, getenv("WEBHOOK_SECRET"))) {
        tear_down(&receiver);
        return EXIT_FAILURE;
    }

    /* Blocked before the server's threads start, so that they are waited for here and nowhere else. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);

    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)strtoul(port == NULL ? "3000" : port, NULL, 10)),
    };
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, &receiver,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
        MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "Cannot listen on 127.0.0.1:%u\n", ntohs(address.sin_port));
        tear_down(&receiver);
        return EXIT_FAILURE;
    }

    int signal;
    sigwait(&stop, &signal);
    MHD_stop_daemon(daemon);
    tear_down(&receiver);
    return EXIT_SUCCESS;
}
