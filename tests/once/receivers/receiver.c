/* The receiver in C of tests/once: on Redis with leases, or on PostgreSQL as an inbox. Each handler adds a row to "effects". */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <microhttpd.h>
#include <payvost_webhooks.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postgres.h"
#include "redis.h"

#define THREADS 4

static const char *database, *name;
static int redis_port; /* 0: the claims are in the database */
static payvost_verifier *verifier;
static payvost_claim_policy *policy;

/* Each thread of the server has its own connections. */
static _Thread_local inbox *claims;
static _Thread_local redis_store *leases;
static _Thread_local PGconn *effects;

struct upload {
    payvost_body *body;
    char *bytes;
    size_t length, capacity;
};

static int handle(const payvost_event *event)
{
    payvost_str id = payvost_event_id(event);
    const char *values[] = {name, id.data};
    int lengths[] = {0, (int)id.len}, formats[] = {0, 1};
    if (redis_port != 0 && PQstatus(effects) != CONNECTION_OK) {
        PQfinish(effects);
        effects = PQconnectdb(database);
    }
    PGconn *connection = redis_port != 0 ? effects : inbox_connection(claims);
    PGresult *result = PQexecParams(connection, "INSERT INTO effects (receiver, event) VALUES ($1, $2)", 2, NULL, values,
                                    lengths, formats, 0);
    int status = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : 1;
    PQclear(result);
    return status;
}

static void take_step(payvost_delivery *delivery, const struct received *received)
{
    if (redis_port != 0) {
        if (leases == NULL)
            leases = redis_store_new("127.0.0.1", redis_port);
        redis_store_step(leases, delivery, received);
    } else {
        if (claims == NULL)
            claims = inbox_new(database);
        inbox_step(claims, delivery, received);
    }
}

static void run(payvost_delivery *delivery, const struct received *received)
{
    payvost_event *event = NULL;
    for (;;) {
        switch (payvost_delivery_next(delivery)) {
        case PAYVOST_ASK_VERIFY:
            payvost_delivery_verify(delivery, verifier, policy, NULL, received->payload, received->payload_size,
                                    received->signature, received->signature_size, &event, NULL);
            break;
        case PAYVOST_ASK_HANDLE:
            payvost_delivery_feed_handled(delivery, handle(event) == 0 ? PAYVOST_HANDLER_RETURNED : PAYVOST_HANDLER_FAILED,
                                          PAYVOST_LITERAL("DatabaseError"), NULL);
            break;
        case PAYVOST_ASK_LOG:
            fprintf(stderr, "%s\n", payvost_delivery_log_line(delivery));
            payvost_delivery_feed_logged(delivery, NULL);
            break;
        case PAYVOST_ASK_NOTHING:
            payvost_event_free(event);
            return;
        default:
            take_step(delivery, received);
        }
    }
}

static enum MHD_Result answer(struct MHD_Connection *connection, const struct upload *upload)
{
    const char *signature = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Payvost-Signature");
    const char *header, *value;
    payvost_delivery *delivery;
    struct received received = {.payload = upload->bytes,
                                .payload_size = upload->length,
                                .signature = signature == NULL ? "" : signature,
                                .signature_size = signature == NULL ? 0 : strlen(signature)};
    if (payvost_delivery_new(redis_port != 0 ? PAYVOST_CLAIMING_LEASE : PAYVOST_CLAIMING_INBOX, upload->body,
                             upload->length, PAYVOST_BODY_REACHED, &delivery, NULL) != PAYVOST_OK)
        return MHD_NO;
    run(delivery, &received);
    const char *body = payvost_delivery_http_body(delivery);
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(body), (void *)body, MHD_RESPMEM_MUST_COPY);
    for (size_t at = 0; payvost_delivery_http_header(delivery, at, &header, &value); at++)
        MHD_add_response_header(response, header, value);
    enum MHD_Result result = MHD_queue_response(connection, payvost_delivery_http_status(delivery), response);
    MHD_destroy_response(response);
    payvost_delivery_free(delivery);
    return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *piece, size_t *size, void **state)
{
    struct upload *upload = *state;
    (void)context, (void)url, (void)method, (void)version;
    if (upload == NULL) {
        const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
        *state = upload = calloc(1, sizeof *upload);
        return upload != NULL && payvost_body_new(verifier, length, length == NULL ? 0 : strlen(length), NULL, 0,
                                                  &upload->body, NULL) == PAYVOST_OK
                   ? MHD_YES
                   : MHD_NO;
    }
    if (*size == 0)
        return answer(connection, upload);
    if (*size > upload->capacity - upload->length) {
        size_t capacity = 2 * (upload->length + *size);
        char *bytes = realloc(upload->bytes, capacity);
        if (bytes == NULL)
            return MHD_NO;
        upload->bytes = bytes;
        upload->capacity = capacity;
    }
    memcpy(upload->bytes + upload->length, piece, *size);
    upload->length += *size;
    *size = 0;
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct upload *upload = *state;
    (void)context, (void)connection, (void)why;
    if (upload == NULL)
        return;
    payvost_body_free(upload->body);
    free(upload->bytes);
    free(upload);
    *state = NULL;
}

static bool set_up(void)
{
    const char *secret = getenv("WEBHOOK_SECRET"), *lease = getenv("LEASE");
    database = getenv("DATABASE_URL");
    name = getenv("RECEIVER");
    redis_port = getenv("REDIS_PORT") == NULL ? 0 : atoi(getenv("REDIS_PORT"));
    if (secret == NULL || lease == NULL || database == NULL || name == NULL)
        return false;
    if (payvost_verifier_new(secret, strlen(secret), &verifier, NULL) != PAYVOST_OK ||
        payvost_claim_policy_new(&policy, NULL) != PAYVOST_OK ||
        payvost_claim_policy_set_lease(policy, atof(lease), NULL) != PAYVOST_OK ||
        payvost_claim_policy_set_prefix(policy, name, strlen(name), NULL) != PAYVOST_OK)
        return false;
    inbox *maker = inbox_new(database);
    bool made = redis_port != 0 || (maker != NULL && inbox_create_table(maker));
    inbox_free(maker);
    return made;
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sigset_t stop;
    int number;
    if (!set_up()) {
        fputs("The receiver cannot be set up.\n", stderr);
        return EXIT_FAILURE;
    }
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    address.sin_port = htons((uint16_t)strtoul(getenv("PORT"), NULL, 10));
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_THREAD_POOL_SIZE, THREADS, MHD_OPTION_END);
    if (daemon == NULL)
        return EXIT_FAILURE;
    sigwait(&stop, &number);
    return EXIT_SUCCESS; /* as it is: this is a test */
}
