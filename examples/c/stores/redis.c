/* See redis.h. The library has the scripts and says which comes next, and this file runs it. */
#define _POSIX_C_SOURCE 200809L

#include "redis.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_MS 2000
#define MOST_ARGUMENTS 16

struct redis_store {
    const char *host;
    int port;
    redisContext *connection;
};

/* The words of a command: the name of the script's command, the script, the number of keys, two keys, the arguments. */
struct command {
    const char *words[MOST_ARGUMENTS];
    size_t lengths[MOST_ARGUMENTS];
    int count;
    char digits[MOST_ARGUMENTS][24];
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void pause_ms(uint64_t ms)
{
    struct timespec pause = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

redis_store *redis_store_new(const char *host, int port)
{
    redis_store *store = calloc(1, sizeof *store);
    if (store != NULL) {
        store->host = host;
        store->port = port;
    }
    return store;
}

void redis_store_free(redis_store *store)
{
    if (store == NULL)
        return;
    redisFree(store->connection);
    free(store);
}

static void add(struct command *command, payvost_str word)
{
    if (command->count == MOST_ARGUMENTS)
        abort(); /* no script has that many */
    command->words[command->count] = word.data == NULL ? "" : word.data;
    command->lengths[command->count++] = word.len;
}

static void add_text(struct command *command, const char *text)
{
    add(command, (payvost_str){.data = text, .len = strlen(text)});
}

static void add_number(struct command *command, uint64_t number)
{
    char *digits = command->digits[command->count];
    snprintf(digits, sizeof command->digits[0], "%llu", (unsigned long long)number);
    add_text(command, digits);
}

static void add_argument(struct command *command, uint32_t parameter, const payvost_delivery *delivery,
                         const struct received *received)
{
    const payvost_claim_request *request = payvost_delivery_claim_request(delivery);
    switch (parameter) {
    case PAYVOST_PARAMETER_FINGERPRINT:
        add(command, payvost_claim_request_fingerprint(request));
        break;
    case PAYVOST_PARAMETER_TOKEN:
        add(command, payvost_delivery_token(delivery));
        break;
    case PAYVOST_PARAMETER_LEASE:
        add_number(command, payvost_claim_request_lease_ms(request));
        break;
    case PAYVOST_PARAMETER_REMEMBER:
        add_number(command, payvost_claim_request_remember_ms(request));
        break;
    case PAYVOST_PARAMETER_EVENT_TYPE:
        add(command, payvost_claim_request_event_type(request));
        break;
    case PAYVOST_PARAMETER_PAYLOAD:
        add(command, (payvost_str){.data = received->payload, .len = received->payload_size});
        break;
    case PAYVOST_PARAMETER_SIGNATURE:
        add(command, (payvost_str){.data = received->signature, .len = received->signature_size});
        break;
    case PAYVOST_PARAMETER_ERROR:
        add(command, payvost_delivery_handler_error(delivery));
        break;
    }
}

/* Runs the script of a step. Returns NULL when the connection failed. */
static redisReply *evaluate(redis_store *store, payvost_operation operation, const payvost_delivery *delivery,
                            const struct received *received)
{
    const payvost_claim_request *request = payvost_delivery_claim_request(delivery);
    struct command command = {0};
    /* A script travels once per step here. A store in a hurry sends its hash with EVALSHA. */
    add_text(&command, "EVAL");
    add_text(&command, payvost_redis_script(operation));
    add_text(&command, "2");
    add(&command, payvost_claim_request_key(request));
    add(&command, payvost_claim_request_open_key(request));
    for (size_t at = 0; payvost_redis_parameter(operation, at) != 0; at++)
        add_argument(&command, payvost_redis_parameter(operation, at), delivery, received);
    if (store->connection == NULL || store->connection->err != 0) {
        struct timeval limit = {.tv_sec = LIMIT_MS / 1000};
        redisFree(store->connection);
        store->connection = redisConnectWithTimeout(store->host, store->port, limit);
        if (store->connection == NULL || store->connection->err != 0)
            return NULL;
        redisSetTimeout(store->connection, limit);
    }
    return redisCommandArgv(store->connection, command.count, command.words, command.lengths);
}

/* Tells the program that a step failed. The code of an error is its first word, as in "NOSCRIPT No matching script". */
static void failed(const redis_store *store, payvost_redis_program *program, const redisReply *reply)
{
    const char *message = reply != NULL ? reply->str : store->connection != NULL ? store->connection->errstr : "";
    payvost_str code = {.data = message, .len = reply == NULL ? 0 : strcspn(message, " ")};
    payvost_fault *fault = NULL;
    if (payvost_fault_new(PAYVOST_LITERAL("hiredis"), &code, reply == NULL ? 0 : 1, message, strlen(message), &fault,
                          NULL) != PAYVOST_OK)
        abort(); /* no memory for a few bytes */
    payvost_redis_program_feed_failed(program, fault, now_ms(), NULL);
    payvost_fault_free(fault);
}

/* Tells the program what a script returned: a number, or a list that begins with a word. */
static void replied(payvost_redis_program *program, const redisReply *reply)
{
    const redisReply *first = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 ? reply->element[0] : reply;
    const char *word = first->type == REDIS_REPLY_STRING ? first->str : NULL;
    const int64_t *number = NULL;
    int64_t found = 0;
    for (size_t at = 0; at < (reply == first ? 1 : reply->elements); at++) {
        const redisReply *each = reply == first ? reply : reply->element[at];
        if (number == NULL && each->type == REDIS_REPLY_INTEGER) {
            found = each->integer;
            number = &found;
        }
    }
    payvost_redis_program_feed_replied(program, word, word == NULL ? 0 : first->len, number, now_ms(), NULL);
}

static payvost_operation operation(payvost_ask ask)
{
    return ask == PAYVOST_ASK_CLAIM      ? PAYVOST_OPERATION_CLAIM
           : ask == PAYVOST_ASK_COMPLETE ? PAYVOST_OPERATION_COMPLETE
                                         : PAYVOST_OPERATION_RELEASE;
}

void redis_store_step(redis_store *store, payvost_delivery *delivery, const struct received *received)
{
    payvost_operation step = operation(payvost_delivery_next(delivery));
    payvost_redis_program *program = NULL;
    if (payvost_redis_program_new(step, now_ms(), LIMIT_MS, &program, NULL) != PAYVOST_OK) {
        payvost_delivery_feed_reply(delivery, NULL, NULL);
        return;
    }
    for (payvost_redis_ask ask; (ask = payvost_redis_program_next(program)) != PAYVOST_REDIS_DONE;) {
        if (ask == PAYVOST_REDIS_WAIT) {
            pause_ms(payvost_redis_program_wait_ms(program));
            payvost_redis_program_feed_waited(program, now_ms(), NULL);
            continue;
        }
        redisReply *reply = evaluate(store, step, delivery, received);
        if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
            failed(store, program, reply);
        else
            replied(program, reply);
        freeReplyObject(reply);
    }
    payvost_delivery_feed_reply(delivery, payvost_redis_program_reply(program), NULL);
    payvost_redis_program_free(program);
}
