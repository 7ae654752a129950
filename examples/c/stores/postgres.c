/* See postgres.h. The library says which statement comes next, and this file runs it. */
#define _POSIX_C_SOURCE 200809L

#include "postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_MS 2000
#define MOST_PARAMETERS 16

/* The types of columns that are numbers, as in PostgreSQL's pg_type.dat. */
enum { INT8 = 20, INT2 = 21, INT4 = 23 };

struct inbox {
    const char *url;
    PGconn *connection;
    payvost_sql_statements *statements;
    payvost_sql_program *program;
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

inbox *inbox_new(const char *url)
{
    inbox *inbox = calloc(1, sizeof *inbox);
    if (inbox == NULL)
        return NULL;
    inbox->url = url;
    if (payvost_sql_statements_new(PAYVOST_SQL_POSTGRES, PAYVOST_SQL_NUMBERED, NULL, 0, &inbox->statements, NULL) ==
        PAYVOST_OK)
        return inbox;
    free(inbox);
    return NULL;
}

void inbox_free(inbox *inbox)
{
    if (inbox == NULL)
        return;
    payvost_sql_program_free(inbox->program);
    payvost_sql_statements_free(inbox->statements);
    PQfinish(inbox->connection);
    free(inbox);
}

PGconn *inbox_connection(inbox *inbox)
{
    return inbox->connection;
}

/* Tells the program that a step failed. */
static void failed(inbox *inbox, const PGresult *result, bool connecting)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQerrorMessage(inbox->connection);
    payvost_str code = {.data = state, .len = state == NULL ? 0 : strlen(state)};
    payvost_fault *fault = NULL;
    if (payvost_fault_new(PAYVOST_LITERAL("libpq"), &code, state == NULL ? 0 : 1, message, strlen(message), &fault,
                          NULL) != PAYVOST_OK)
        abort(); /* no memory for a few bytes */
    if (connecting)
        payvost_fault_while_connecting(fault);
    payvost_sql_program_feed_failed(inbox->program, fault, now_ms(), NULL);
    payvost_fault_free(fault);
}

/* Runs a statement without parameters that returns no rows. */
static void execute(inbox *inbox, const char *sql)
{
    PGresult *result = PQexec(inbox->connection, sql);
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        payvost_sql_program_feed_done(inbox->program, now_ms(), NULL);
    else
        failed(inbox, result, false);
    PQclear(result);
}

static void open_connection(inbox *inbox)
{
    if (inbox->connection == NULL)
        inbox->connection = PQconnectdb(inbox->url);
    if (PQstatus(inbox->connection) == CONNECTION_OK)
        payvost_sql_program_feed_done(inbox->program, now_ms(), NULL);
    else
        failed(inbox, NULL, true);
}

static void close_connection(inbox *inbox)
{
    PQfinish(inbox->connection);
    inbox->connection = NULL;
    payvost_sql_program_feed_done(inbox->program, now_ms(), NULL);
}

static void roll_back(inbox *inbox)
{
    if (PQtransactionStatus(inbox->connection) == PQTRANS_IDLE)
        payvost_sql_program_feed_done(inbox->program, now_ms(), NULL);
    else
        execute(inbox, "ROLLBACK");
}

/* The parameters of a statement, as libpq takes them: numbers as text, everything else as bytes. */
struct bound {
    const char *values[MOST_PARAMETERS];
    int lengths[MOST_PARAMETERS], formats[MOST_PARAMETERS];
    char digits[MOST_PARAMETERS][24];
};

static void bind_bytes(struct bound *bound, size_t at, const char *bytes, size_t size)
{
    bound->values[at] = bytes == NULL ? "" : bytes;
    bound->lengths[at] = (int)size;
    bound->formats[at] = 1;
}

static void bind_text(struct bound *bound, size_t at, payvost_str text)
{
    bind_bytes(bound, at, text.data, text.len);
}

static void bind_number(struct bound *bound, size_t at, uint64_t number)
{
    snprintf(bound->digits[at], sizeof bound->digits[at], "%llu", (unsigned long long)number);
    bound->values[at] = bound->digits[at];
    bound->formats[at] = 0;
}

static void bind_all(struct bound *bound, const payvost_sql_statement *statement, const payvost_delivery *delivery,
                     const struct received *received)
{
    const payvost_claim_request *request = payvost_delivery_claim_request(delivery);
    for (size_t at = 0; at < statement->parameter_count && at < MOST_PARAMETERS; at++) {
        switch (statement->parameters[at]) {
        case PAYVOST_PARAMETER_KEY:
            bind_text(bound, at, payvost_claim_request_key(request));
            break;
        case PAYVOST_PARAMETER_FINGERPRINT:
            bind_text(bound, at, payvost_claim_request_fingerprint(request));
            break;
        case PAYVOST_PARAMETER_TOKEN:
            bind_text(bound, at, payvost_delivery_token(delivery));
            break;
        case PAYVOST_PARAMETER_EVENT_TYPE:
            bind_text(bound, at, payvost_claim_request_event_type(request));
            break;
        case PAYVOST_PARAMETER_ERROR:
            bind_text(bound, at, payvost_delivery_handler_error(delivery));
            break;
        case PAYVOST_PARAMETER_PAYLOAD:
            bind_bytes(bound, at, received->payload, received->payload_size);
            break;
        case PAYVOST_PARAMETER_SIGNATURE:
            bind_bytes(bound, at, received->signature, received->signature_size);
            break;
        case PAYVOST_PARAMETER_LEASE:
            bind_number(bound, at, payvost_claim_request_lease_ms(request));
            break;
        case PAYVOST_PARAMETER_REMEMBER:
            bind_number(bound, at, payvost_claim_request_remember_ms(request));
            break;
        }
    }
}

/* Tells the program what a statement returned. */
static void ran(inbox *inbox, const PGresult *result)
{
    payvost_sql_ran ran = {.rows = (uint64_t)PQntuples(result),
                           .changed = strtoull(PQcmdTuples((PGresult *)result), NULL, 10)};
    int64_t number;
    for (int column = 0; ran.rows > 0 && column < PQnfields(result); column++) {
        Oid type = PQftype(result, column);
        if (PQgetisnull(result, 0, column))
            continue;
        if (type == INT8 || type == INT4 || type == INT2) {
            if (ran.number == NULL)
                number = strtoll(PQgetvalue(result, 0, column), NULL, 10);
            ran.number = &number;
        } else if (column == 0) {
            ran.word = PQgetvalue(result, 0, 0);
            ran.word_len = (size_t)PQgetlength(result, 0, 0);
        }
    }
    payvost_sql_program_feed_ran(inbox->program, &ran, now_ms(), NULL);
}

static void run(inbox *inbox, const payvost_delivery *delivery, const struct received *received)
{
    const char *name = payvost_sql_program_statement(inbox->program);
    payvost_sql_statement statement = {0};
    struct bound bound = {0};
    if (!payvost_sql_statements_find(inbox->statements, name, strlen(name), &statement))
        abort(); /* the library names only statements that it has */
    if (statement.parameter_count > 0)
        bind_all(&bound, &statement, delivery, received);
    PGresult *result = PQexecParams(inbox->connection, statement.text, (int)statement.parameter_count, NULL,
                                    bound.values, bound.lengths, bound.formats, 0);
    if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
        ran(inbox, result);
    else
        failed(inbox, result, false);
    PQclear(result);
}

/* Runs the program to its end. */
static void drive(inbox *inbox, const payvost_delivery *delivery, const struct received *received)
{
    for (;;) {
        switch (payvost_sql_program_next(inbox->program)) {
        case PAYVOST_SQL_OPEN:
            open_connection(inbox);
            break;
        case PAYVOST_SQL_BEGIN:
            execute(inbox, "BEGIN");
            break;
        case PAYVOST_SQL_RUN:
            run(inbox, delivery, received);
            break;
        case PAYVOST_SQL_COMMIT:
            execute(inbox, "COMMIT");
            break;
        case PAYVOST_SQL_ROLLBACK:
            roll_back(inbox);
            break;
        case PAYVOST_SQL_CLOSE: /* it stays open for the next delivery */
            payvost_sql_program_feed_done(inbox->program, now_ms(), NULL);
            break;
        case PAYVOST_SQL_DISCARD:
            close_connection(inbox);
            break;
        case PAYVOST_SQL_WAIT:
            pause_ms(payvost_sql_program_wait_ms(inbox->program));
            payvost_sql_program_feed_done(inbox->program, now_ms(), NULL);
            break;
        default: /* done */
            return;
        }
    }
}

static bool begin(inbox *inbox, payvost_sql_work work)
{
    payvost_sql_program_free(inbox->program);
    inbox->program = NULL;
    return payvost_sql_program_new(PAYVOST_SQL_POSTGRES, true, work, now_ms(), LIMIT_MS, &inbox->program, NULL) ==
           PAYVOST_OK;
}

/* Tells the program who claims what. */
static bool claiming(payvost_sql_program *program, const payvost_delivery *delivery)
{
    payvost_str token = payvost_delivery_token(delivery);
    payvost_str fingerprint = payvost_claim_request_fingerprint(payvost_delivery_claim_request(delivery));
    return payvost_sql_program_claiming(program, token.data, token.len, fingerprint.data, fingerprint.len, NULL) ==
           PAYVOST_OK;
}

bool inbox_create_table(inbox *inbox)
{
    if (!begin(inbox, PAYVOST_SQL_CREATE_TABLE))
        return false;
    drive(inbox, NULL, NULL);
    return payvost_reply_get_kind(payvost_sql_program_reply(inbox->program)) == PAYVOST_REPLY_CREATED;
}

void inbox_step(inbox *inbox, payvost_delivery *delivery, const struct received *received)
{
    bool ready = true;
    switch (payvost_delivery_next(delivery)) {
    case PAYVOST_ASK_CLAIM:
        ready = begin(inbox, payvost_delivery_claims_parked(delivery) ? PAYVOST_SQL_ENTER_PARKED : PAYVOST_SQL_ENTER) &&
                claiming(inbox->program, delivery) &&
                payvost_sql_program_note_attempts(inbox->program, NULL) == PAYVOST_OK;
        break;
    case PAYVOST_ASK_COMPLETE:
        payvost_sql_program_then(inbox->program, PAYVOST_SQL_LEAVE, now_ms(), LIMIT_MS, NULL);
        break;
    default:
        payvost_sql_program_then(inbox->program, PAYVOST_SQL_FAIL, now_ms(), LIMIT_MS, NULL);
    }
    if (ready)
        drive(inbox, delivery, received);
    payvost_delivery_feed_reply(delivery, ready ? payvost_sql_program_reply(inbox->program) : NULL, NULL);
}
