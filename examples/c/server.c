/* Receives Payvost webhooks with libmicrohttpd. Each event is handled once, no matter how often it is delivered. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <microhttpd.h>
#include <payvost_webhooks.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A handler returns 0 when it is done with an event. After anything else, Payvost delivers the event again. The second
 * argument is the one that was registered with the handler. */

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
    fprintf(log, "other: %.*s %.*s\n", (int)id.len, id.data, (int)type.len, type.data);
    return 0;
}

/* Shared by all requests, and made once. The store lives in this process; several processes share a database instead. */
struct receiver {
    payvost_verifier *verifier;
    payvost_router *router;
    payvost_memory_claims *claims;
};

/* How much of a body over the limit is read and dropped, so that the sender can read the response. */
#define MAX_IGNORED ((size_t)2 * 1024 * 1024)

/* The body of a request while it arrives in pieces. */
struct upload {
    payvost_body *body;
    char *bytes;
    size_t length, capacity, ignored;
};

/* The Payvost-Signature header, in any letter case. Duplicate headers are joined with a comma (RFC 9110 §5.3). */
struct signature {
    char text[256]; /* longer values cannot be signatures, and are cut off */
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

/* Runs one delivery: the library says what comes next, and this function does it. */
static void run(const struct receiver *receiver, payvost_delivery *delivery, const struct upload *upload,
                const struct signature *signature)
{
    payvost_event *event = NULL;
    for (;;) {
        switch (payvost_delivery_next(delivery)) {
        case PAYVOST_ASK_VERIFY:
            payvost_delivery_verify(delivery, receiver->verifier, NULL, receiver->router, upload->bytes, upload->length,
                                    signature->text, signature->length, &event, NULL);
            break;
        case PAYVOST_ASK_HANDLE:
            payvost_delivery_handle(delivery, receiver->router, event, NULL);
            break;
        case PAYVOST_ASK_CLAIM:
        case PAYVOST_ASK_COMPLETE:
        case PAYVOST_ASK_RELEASE:
            payvost_memory_claims_step(receiver->claims, delivery, event, NULL);
            break;
        case PAYVOST_ASK_LOG:
            fprintf(stderr, "%s\n", payvost_delivery_log_line(delivery));
            payvost_delivery_feed_logged(delivery, NULL);
            break;
        default: /* done */
            payvost_event_free(event);
            return;
        }
    }
}

static enum MHD_Result answer(struct MHD_Connection *connection, payvost_delivery *delivery)
{
    const char *name, *value, *body = payvost_delivery_http_body(delivery);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), (void *)body, MHD_RESPMEM_MUST_COPY);
    for (size_t i = 0; response != NULL && payvost_delivery_http_header(delivery, i, &name, &value); i++)
        MHD_add_response_header(response, name, value);
    enum MHD_Result result =
        response == NULL ? MHD_NO : MHD_queue_response(connection, payvost_delivery_http_status(delivery), response);
    MHD_destroy_response(response);
    payvost_delivery_free(delivery);
    return result;
}

static enum MHD_Result webhook(struct MHD_Connection *connection, const struct receiver *receiver,
                               const struct upload *upload)
{
    struct signature signature = {0};
    payvost_delivery *delivery;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, find_signature, &signature);
    if (payvost_delivery_new(PAYVOST_CLAIMING_LEASE, upload->body, upload->length, PAYVOST_BODY_REACHED, &delivery,
                             NULL) != PAYVOST_OK)
        return MHD_NO;
    run(receiver, delivery, upload, &signature);
    return answer(connection, delivery);
}

static enum MHD_Result wrong_method(struct MHD_Connection *connection, const struct receiver *receiver)
{
    payvost_delivery *delivery;
    if (payvost_delivery_new_ended(PAYVOST_OUTCOME_METHOD_NOT_ALLOWED, &delivery, NULL) != PAYVOST_OK)
        return MHD_NO;
    run(receiver, delivery, NULL, NULL);
    return answer(connection, delivery);
}

static enum MHD_Result not_found(struct MHD_Connection *connection)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = response == NULL ? MHD_NO : MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, response);
    MHD_destroy_response(response);
    return result;
}

/* Begins to receive a body. Returns NULL when memory runs out. */
static struct upload *begin(struct MHD_Connection *connection, const payvost_verifier *verifier)
{
    struct upload *upload = calloc(1, sizeof *upload);
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *coding = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    if (upload != NULL && payvost_body_new(verifier, length, length == NULL ? 0 : strlen(length), coding,
                                           coding == NULL ? 0 : strlen(coding), &upload->body, NULL) == PAYVOST_OK)
        return upload;
    free(upload);
    return NULL;
}

/* Adds a piece of the body, up to the library's limit. Returns false when memory runs out, or the body is far too long. */
static bool receive(struct upload *upload, const char *piece, size_t size)
{
    size_t room = payvost_body_limit(upload->body) - upload->length;
    if (size > room) {
        upload->ignored += size - room;
        size = room;
    }
    if (upload->ignored > MAX_IGNORED)
        return false;
    if (size > upload->capacity - upload->length) {
        size_t capacity = 2 * (upload->length + size);
        char *bytes = realloc(upload->bytes, capacity);
        if (bytes == NULL)
            return false;
        upload->bytes = bytes;
        upload->capacity = capacity;
    }
    if (size > 0)
        memcpy(upload->bytes + upload->length, piece, size);
    upload->length += size;
    return true;
}

/* libmicrohttpd calls this once with the headers, then for each piece of the body, and once after the last piece. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *piece, size_t *piece_size,
                                  void **state)
{
    const struct receiver *receiver = context;
    struct upload *upload = *state;
    (void)version;

    if (upload == NULL) {
        if (strcmp(url, "/webhooks/payvost") != 0)
            return not_found(connection);
        if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
            return wrong_method(connection, receiver);
        *state = begin(connection, receiver->verifier);
        return *state == NULL ? MHD_NO : MHD_YES;
    }
    if (*piece_size > 0) {
        if (!receive(upload, piece, *piece_size))
            return MHD_NO; /* closes the connection */
        *piece_size = 0;
        return MHD_YES;
    }
    return webhook(connection, receiver, upload);
}

static void on_completed(void *receiver, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct upload *upload = *state;
    (void)receiver, (void)connection, (void)why;
    if (upload == NULL)
        return;
    payvost_body_free(upload->body);
    free(upload->bytes);
    free(upload);
    *state = NULL;
}

/* Returns 0 when the configuration is invalid. Free the receiver in either case. */
static int set_up(struct receiver *receiver, const char *secret)
{
    payvost_error error;
    if (payvost_verifier_new(secret, secret == NULL ? 0 : strlen(secret), &receiver->verifier, &error) != PAYVOST_OK) {
        fprintf(stderr, "WEBHOOK_SECRET cannot be used: %s. %s\n", payvost_error_message(&error),
                payvost_error_hint(&error));
        return 0;
    }
    if (payvost_router_new(&receiver->router, &error) != PAYVOST_OK ||
        payvost_memory_claims_new(0, &receiver->claims, &error) != PAYVOST_OK)
        return 0;
    payvost_router_on(receiver->router, PAYVOST_LITERAL(PAYVOST_EVENT_PAYMENT_SUCCEEDED), payment_succeeded, stdout, NULL);
    payvost_router_on(receiver->router, PAYVOST_LITERAL("transfer.*"), any_transfer, stdout, NULL);
    /* The last registration reports a mistake in an earlier one too. */
    if (payvost_router_on(receiver->router, PAYVOST_LITERAL("*"), anything_else, stdout, &error) != PAYVOST_OK) {
        fprintf(stderr, "The handlers cannot be used: %s\n", payvost_error_message(&error));
        return 0;
    }
    return 1;
}

static void tear_down(struct receiver *receiver)
{
    payvost_memory_claims_free(receiver->claims);
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

    /* Block these signals before the server's threads start, so that only sigwait() below receives them. */
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
