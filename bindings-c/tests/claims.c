/* The parts for a store of your own: policy, requests, tokens, faults, the statements and scripts, and the programs that decide their order. Compiled as C and as C++. */

#include <payvost_webhooks.h>
#include <string.h>

#include "check.h"

#define SECRET PAYVOST_LITERAL("whsec_claims")

static const char payload[] =
    "{\"id\":\"evt_1\",\"type\":\"payment.succeeded\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":false,\"data\":{}}";

static payvost_event *new_event(void) {
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event = NULL;
    CHECK(payvost_sign(payload, sizeof payload - 1, SECRET, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_verify_webhook(payload, sizeof payload - 1, signature, 64, SECRET, &event, NULL) == PAYVOST_OK);
    return event;
}

static payvost_fault *new_fault(const char *code) {
    payvost_fault *fault = NULL;
    const payvost_str codes[] = {{code, strlen(code)}};
    CHECK(payvost_fault_new(PAYVOST_LITERAL("libpq"), codes, 1, NULL, 0, &fault, NULL) == PAYVOST_OK);
    return fault;
}

static void a_request_follows_the_policy(void) {
    payvost_event *event = new_event();
    payvost_claim_policy *policy = NULL;
    payvost_claim_request *request = NULL;
    CHECK(payvost_claim_request_new(NULL, event, &request, NULL) == PAYVOST_OK);
    CHECK(payvost_str_equals(payvost_claim_request_key(request), PAYVOST_LITERAL("webhook-test:evt_1")));
    CHECK(payvost_claim_request_lease_ms(request) == 60000 && payvost_claim_request_remember_ms(request) == 86400000);
    payvost_claim_request_free(request);

    CHECK(payvost_claim_policy_new(&policy, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_policy_set_lease(policy, 1.5, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_policy_set_remember(policy, 5765, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_policy_set_prefix(policy, PAYVOST_LITERAL("shop"), NULL) == PAYVOST_OK);
    CHECK(payvost_claim_request_new(policy, event, &request, NULL) == PAYVOST_OK);
    payvost_event_free(event);
    CHECK(payvost_str_equals(payvost_claim_request_key(request), PAYVOST_LITERAL("shop-test:evt_1")));
    CHECK(payvost_str_equals(payvost_claim_request_open_key(request), PAYVOST_LITERAL("shop-open")));
    CHECK(payvost_str_equals(payvost_claim_request_event_type(request), PAYVOST_LITERAL("payment.succeeded")));
    CHECK(payvost_claim_request_fingerprint(request).len == 64);
    CHECK(payvost_claim_request_lease_ms(request) == 1500 && payvost_claim_request_remember_ms(request) == 5765000);
    payvost_claim_request_free(request);
    payvost_claim_policy_free(policy);
}

static void a_mistake_in_a_policy_stays(void) {
    payvost_event *event = new_event();
    payvost_claim_policy *policy = NULL;
    payvost_claim_request *request = NULL;
    CHECK(payvost_claim_policy_new(&policy, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_policy_set_lease(policy, -1, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(payvost_claim_policy_set_lease(policy, 60, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(payvost_claim_request_new(policy, event, &request, NULL) == PAYVOST_INVALID_OPTION && request == NULL);
    payvost_claim_policy_free(policy);

    CHECK(payvost_claim_policy_new(&policy, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_policy_set_prefix(policy, NULL, 3, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(payvost_claim_policy_set_remember(policy, 86400, NULL) == PAYVOST_INVALID_OPTION);
    payvost_claim_policy_free(policy);
    payvost_event_free(event);
}

static void tokens_differ(void) {
    char one[PAYVOST_TOKEN_SIZE], other[PAYVOST_TOKEN_SIZE];
    CHECK(payvost_claim_token(one, NULL) == PAYVOST_OK && payvost_claim_token(other, NULL) == PAYVOST_OK);
    CHECK(strlen(one) == 32 && strspn(one, "0123456789abcdef") == 32 && strcmp(one, other) != 0);
    CHECK(payvost_claim_token(NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
}

static const char ticket[] = "0123456789abcdef0123456789abcdef";

static void the_token_of_a_taker_begins_with_the_ticket(void) {
    char one[PAYVOST_TAKER_TOKEN_SIZE], other[PAYVOST_TAKER_TOKEN_SIZE];
    CHECK(payvost_taker_token(ticket, 32, one, NULL) == PAYVOST_OK && payvost_taker_token(ticket, 32, other, NULL) == PAYVOST_OK);
    CHECK(strlen(one) == 64 && strspn(one, "0123456789abcdef") == 64 && memcmp(one, ticket, 32) == 0);
    CHECK(memcmp(other, ticket, 32) == 0 && strcmp(one, other) != 0);
    strcpy(one, "as it was");
    CHECK(payvost_taker_token(ticket, 31, one, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_taker_token(other, 64, one, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_taker_token("", 0, one, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_taker_token(NULL, 32, one, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_taker_token(ticket, 32, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(strcmp(one, "as it was") == 0);
}

static uint64_t clock_of(void *now) {
    return *(const uint64_t *)now;
}

/* A queue delivers a job twice; the worker has the key and the ticket alone. */
static void a_ticket_is_taken_by_one_worker_at_a_time(void) {
    payvost_event *event = new_event();
    payvost_claim_request *made = NULL, *request = NULL;
    payvost_memory_claims *claims = NULL;
    payvost_claim claim;
    payvost_taken taken;
    char one[PAYVOST_TAKER_TOKEN_SIZE], other[PAYVOST_TAKER_TOKEN_SIZE];
    bool held = false;
    uint64_t now = 1000;
    CHECK(payvost_memory_claims_new(0, &claims, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_set_clock(claims, clock_of, &now, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_request_new(NULL, event, &made, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_claim(claims, made, ticket, 32, event, NULL, 0, &claim, NULL) == PAYVOST_OK);
    CHECK(claim.kind == PAYVOST_CLAIM_CLAIMED);

    CHECK(payvost_claim_request_new_for_key(NULL, PAYVOST_LITERAL("webhook-test:evt_1"), &request, NULL) == PAYVOST_OK);
    CHECK(payvost_taker_token(ticket, 32, one, NULL) == PAYVOST_OK && payvost_taker_token(ticket, 32, other, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_take(claims, request, ticket, 32, one, 64, &taken, NULL) == PAYVOST_OK);
    CHECK(taken.kind == PAYVOST_TAKEN_CLAIMED && taken.attempt == 1 && taken.wait_ms == 0);
    now += 20;
    CHECK(payvost_memory_claims_take(claims, request, ticket, 32, other, 64, &taken, NULL) == PAYVOST_OK);
    CHECK(taken.kind == PAYVOST_TAKEN_IN_PROGRESS && taken.wait_ms == 59980);
    CHECK(payvost_memory_claims_release(claims, request, one, 64, PAYVOST_LITERAL("OrderNotFound"), &held, NULL) == PAYVOST_OK && held);
    CHECK(payvost_memory_claims_take(claims, request, ticket, 32, other, 64, &taken, NULL) == PAYVOST_OK);
    CHECK(taken.kind == PAYVOST_TAKEN_CLAIMED && taken.attempt == 2);
    CHECK(payvost_memory_claims_complete(claims, request, one, 64, &held, NULL) == PAYVOST_OK && !held);
    CHECK(payvost_memory_claims_complete(claims, request, other, 64, &held, NULL) == PAYVOST_OK && held);
    CHECK(payvost_memory_claims_take(claims, request, ticket, 32, one, 64, &taken, NULL) == PAYVOST_OK);
    CHECK(taken.kind == PAYVOST_TAKEN_DONE);

    /* A truncated ticket would match every claim. */
    taken.kind = 77;
    CHECK(payvost_memory_claims_take(claims, request, ticket, 0, one, 64, &taken, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_take(claims, request, ticket, 32, NULL, 64, &taken, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_take(claims, request, ticket, 32, one, 64, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(taken.kind == 77);
    payvost_claim_request_free(request);
    payvost_claim_request_free(made);
    payvost_memory_claims_free(claims);
    payvost_event_free(event);
}

static void a_dead_letter_is_given_up(void) {
    payvost_event *event = new_event();
    payvost_claim_request *made = NULL, *request = NULL;
    payvost_memory_claims *claims = NULL;
    payvost_dead_letters *letters = NULL;
    payvost_dead_letter letter;
    payvost_claim claim;
    bool held = true;
    CHECK(payvost_memory_claims_new(0, &claims, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_request_new(NULL, event, &made, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_discard(claims, made, &held, NULL) == PAYVOST_OK && !held);
    CHECK(payvost_memory_claims_claim(claims, made, ticket, 32, event, NULL, 0, &claim, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_discard(claims, made, &held, NULL) == PAYVOST_OK && !held);
    CHECK(payvost_memory_claims_release(claims, made, ticket, 32, NULL, 0, &held, NULL) == PAYVOST_OK && held);
    CHECK(payvost_memory_claims_dead_letters(claims, 1, &letters, NULL) == PAYVOST_OK);
    CHECK(payvost_dead_letters_at(letters, 0, &letter));
    CHECK(payvost_claim_request_new_for_key(NULL, letter.key.data, letter.key.len, &request, NULL) == PAYVOST_OK);
    payvost_dead_letters_free(letters);
    held = false;
    CHECK(payvost_memory_claims_discard(claims, request, &held, NULL) == PAYVOST_OK && held);
    CHECK(payvost_memory_claims_discard(claims, request, &held, NULL) == PAYVOST_OK && !held);
    CHECK(payvost_memory_claims_claim(claims, made, ticket, 32, event, NULL, 0, &claim, NULL) == PAYVOST_OK);
    CHECK(claim.kind == PAYVOST_CLAIM_DONE);
    payvost_claim_request_free(request);
    payvost_claim_request_free(made);
    payvost_memory_claims_free(claims);
    payvost_event_free(event);
}

/* It can do everything except claim an event. */
static void a_request_is_made_for_a_key(void) {
    payvost_claim_policy *policy = NULL;
    payvost_claim_request *request = NULL;
    payvost_memory_claims *claims = NULL;
    payvost_claim claim = {77, 0, 0};
    CHECK(payvost_claim_policy_new(&policy, NULL) == PAYVOST_OK);
    CHECK(payvost_claim_policy_set_prefix(policy, PAYVOST_LITERAL("shop"), NULL) == PAYVOST_OK);
    CHECK(payvost_claim_request_new_for_key(policy, PAYVOST_LITERAL("shop:evt_1"), &request, NULL) == PAYVOST_OK);
    CHECK(payvost_str_equals(payvost_claim_request_key(request), PAYVOST_LITERAL("shop:evt_1")));
    CHECK(payvost_str_equals(payvost_claim_request_open_key(request), PAYVOST_LITERAL("shop-open")));
    CHECK(payvost_claim_request_fingerprint(request).len == 0 && payvost_claim_request_event_type(request).len == 0);
    CHECK(payvost_claim_request_lease_ms(request) == 60000 && payvost_claim_request_remember_ms(request) == 86400000);
    CHECK(payvost_memory_claims_new(0, &claims, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_claim(claims, request, ticket, 32, NULL, NULL, 0, &claim, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(claim.kind == 77 && payvost_memory_claims_length(claims) == 0);
    payvost_memory_claims_free(claims);
    payvost_claim_request_free(request);

    request = NULL;
    CHECK(payvost_claim_request_new_for_key(policy, "", 0, &request, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_request_new_for_key(policy, NULL, 5, &request, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_request_new_for_key(policy, "\xff", 1, &request, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_policy_set_lease(policy, -1, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(payvost_claim_request_new_for_key(policy, PAYVOST_LITERAL("shop:evt_1"), &request, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(request == NULL);
    payvost_claim_policy_free(policy);
}

static void faults_say_what_they_mean(void) {
    payvost_fault *fault = NULL;
    const payvost_str codes[] = {{NULL, 5}, {PAYVOST_LITERAL("whatever")}, {PAYVOST_LITERAL("42P01")}};
    CHECK(payvost_fault_new(NULL, 0, codes, 3, PAYVOST_LITERAL("secret"), &fault, NULL) == PAYVOST_OK);
    CHECK(payvost_fault_get_kind(fault) == PAYVOST_FAULT_MISSING_TABLE && strcmp(payvost_fault_word(fault), "missing_table") == 0);
    CHECK(payvost_str_equals(payvost_fault_code(fault), PAYVOST_LITERAL("42P01")) && !payvost_fault_may_have_happened(fault));
    payvost_fault_free(fault);

    CHECK(payvost_fault_new(PAYVOST_LITERAL("sqlite3_step"), NULL, 3, PAYVOST_LITERAL("no such table: x"), &fault, NULL) ==
          PAYVOST_OK);
    CHECK(payvost_str_equals(payvost_fault_code(fault), PAYVOST_LITERAL("missing_table")));
    payvost_fault_free(fault);

    fault = new_fault("ECONNRESET");
    CHECK(payvost_fault_may_have_happened(fault));
    payvost_fault_while_connecting(fault);
    CHECK(payvost_fault_get_kind(fault) == PAYVOST_FAULT_UNREACHABLE && !payvost_fault_may_have_happened(fault));
    payvost_fault_free(fault);

    CHECK(payvost_fault_new(NULL, 0, NULL, 0, NULL, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_fault_may_have_happened(NULL) && strcmp(payvost_fault_word(NULL), "unknown") == 0);
    CHECK(payvost_fault_get_kind(NULL) == PAYVOST_FAULT_OTHER && payvost_fault_code(NULL).len == 0);
    payvost_fault_while_connecting(NULL);
    payvost_fault_free(NULL);
}

static void replies_are_read(void) {
    const payvost_claim claimed = payvost_claim_from_reply(PAYVOST_LITERAL("claimed"), 2);
    const payvost_claim waiting = payvost_claim_from_reply(PAYVOST_LITERAL("in_progress"), 1500);
    CHECK(claimed.kind == PAYVOST_CLAIM_CLAIMED && claimed.attempt == 2);
    CHECK(waiting.kind == PAYVOST_CLAIM_IN_PROGRESS && waiting.wait_ms == 1500);
    CHECK(payvost_claim_from_reply(PAYVOST_LITERAL("done"), 0).kind == PAYVOST_CLAIM_DONE);
    CHECK(payvost_claim_from_reply(PAYVOST_LITERAL("conflict"), 0).kind == PAYVOST_CLAIM_CONFLICT);
    CHECK(payvost_claim_from_reply(PAYVOST_LITERAL("parked"), 0).kind == PAYVOST_CLAIM_PARKED);
    CHECK(payvost_claim_from_reply(PAYVOST_LITERAL("OK"), 1).kind == PAYVOST_CLAIM_UNKNOWN);
    CHECK(payvost_claim_from_reply(NULL, 7, 1).kind == PAYVOST_CLAIM_UNKNOWN);
}

static void replies_to_a_taker_are_read(void) {
    const payvost_taken claimed = payvost_taken_from_reply(PAYVOST_LITERAL("claimed"), 2);
    const payvost_taken waiting = payvost_taken_from_reply(PAYVOST_LITERAL("in_progress"), 1500);
    CHECK(claimed.kind == PAYVOST_TAKEN_CLAIMED && claimed.attempt == 2 && claimed.wait_ms == 0);
    CHECK(waiting.kind == PAYVOST_TAKEN_IN_PROGRESS && waiting.wait_ms == 1500);
    CHECK(payvost_taken_from_reply(PAYVOST_LITERAL("done"), 0).kind == PAYVOST_TAKEN_DONE);
    CHECK(payvost_taken_from_reply(PAYVOST_LITERAL("lost"), 0).kind == PAYVOST_TAKEN_LOST);
    CHECK(payvost_taken_from_reply(PAYVOST_LITERAL("conflict"), 0).kind == PAYVOST_TAKEN_UNKNOWN);
    CHECK(payvost_taken_from_reply(PAYVOST_LITERAL("claimed"), -1).kind == PAYVOST_TAKEN_UNKNOWN);
    CHECK(payvost_taken_from_reply(NULL, 7, 1).kind == PAYVOST_TAKEN_UNKNOWN);
}

static void statements_name_their_parameters(void) {
    payvost_sql_statements *statements = NULL;
    payvost_sql_statement complete, each;
    size_t count = 0;
    CHECK(payvost_sql_statements_new(PAYVOST_SQL_POSTGRES, PAYVOST_SQL_NUMBERED, PAYVOST_LITERAL("shop.claims"), &statements, NULL) ==
          PAYVOST_OK);
    CHECK(payvost_sql_statements_find(statements, PAYVOST_LITERAL("complete"), &complete));
    CHECK(strcmp(complete.name, "complete") == 0 && strstr(complete.text, "shop.claims") != NULL);
    CHECK(complete.parameter_count == 3 && complete.parameters[0] == PAYVOST_PARAMETER_REMEMBER);
    CHECK(complete.parameters[1] == PAYVOST_PARAMETER_KEY && complete.parameters[2] == PAYVOST_PARAMETER_TOKEN);
    CHECK(payvost_sql_statements_find(statements, PAYVOST_LITERAL("savepoint"), &each) && each.parameter_count == 0);
    CHECK(!payvost_sql_statements_find(statements, PAYVOST_LITERAL("drop"), &complete) && complete.parameter_count == 3);
    while (payvost_sql_statements_at(statements, count, &each)) {
        CHECK(payvost_sql_statements_find(statements, each.name, strlen(each.name), NULL));
        count++;
    }
    CHECK(count > 15);
    CHECK(strstr(payvost_sql_statements_definition(statements), "CREATE TABLE IF NOT EXISTS shop.claims (") != NULL);
    payvost_sql_statements_free(statements);

    statements = NULL;
    CHECK(payvost_sql_statements_new(PAYVOST_SQL_SQLITE, PAYVOST_SQL_QUESTION, "a;b", 3, &statements, NULL) ==
          PAYVOST_INVALID_OPTION);
    CHECK(payvost_sql_statements_new(9, PAYVOST_SQL_QUESTION, NULL, 0, &statements, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_statements_new(PAYVOST_SQL_SQLITE, 9, NULL, 0, &statements, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_statements_new(PAYVOST_SQL_SQLITE, PAYVOST_SQL_QUESTION, NULL, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(statements == NULL);
    CHECK(!payvost_sql_statements_find(NULL, PAYVOST_LITERAL("claim"), NULL) && !payvost_sql_statements_at(NULL, 0, NULL));
    CHECK(strcmp(payvost_sql_statements_definition(NULL), "") == 0);
    payvost_sql_statements_free(NULL);
}

static void scripts_name_their_parameters(void) {
    static const uint32_t release[] = {PAYVOST_PARAMETER_TOKEN, PAYVOST_PARAMETER_REMEMBER, PAYVOST_PARAMETER_ERROR, 0};
    static const uint32_t take[] = {PAYVOST_PARAMETER_TICKET, PAYVOST_PARAMETER_TOKEN, PAYVOST_PARAMETER_LEASE,
                                    PAYVOST_PARAMETER_REMEMBER, 0};
    uint32_t operation;
    size_t i;
    for (operation = PAYVOST_OPERATION_CLAIM; operation <= PAYVOST_OPERATION_DISCARD; operation++) {
        CHECK(strstr(payvost_redis_script(operation), "redis.call") != NULL);
    }
    for (i = 0; i < sizeof release / sizeof *release; i++) {
        CHECK(payvost_redis_parameter(PAYVOST_OPERATION_RELEASE, i) == release[i]);
    }
    for (i = 0; i < sizeof take / sizeof *take; i++) {
        CHECK(payvost_redis_parameter(PAYVOST_OPERATION_TAKE, i) == take[i]);
    }
    CHECK(payvost_redis_script(0) == NULL && payvost_redis_script(9) == NULL && payvost_redis_parameter(9, 0) == 0);
}

/* An answer that a script's hash is unknown, a conflict, and then the reply. */
static void a_step_on_a_redis(void) {
    const int64_t one = 1;
    payvost_redis_program *program = NULL;
    payvost_fault *unknown = new_fault("NOSCRIPT"), *gone = new_fault("ECONNRESET");
    CHECK(payvost_redis_program_new(PAYVOST_OPERATION_COMPLETE, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_next(program) == PAYVOST_REDIS_EVALSHA && payvost_redis_program_reply(program) == NULL);
    CHECK(payvost_redis_program_feed_waited(program, 1, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_redis_program_feed_failed(program, unknown, 1, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_next(program) == PAYVOST_REDIS_EVAL && payvost_redis_program_wait_ms(program) == 0);
    CHECK(payvost_redis_program_feed_failed(program, gone, 2, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_next(program) == PAYVOST_REDIS_WAIT && payvost_redis_program_wait_ms(program) > 0);
    CHECK(payvost_redis_program_feed_replied(program, NULL, 0, &one, 3, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_redis_program_feed_waited(program, 9, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_feed_replied(program, NULL, 0, &one, 10, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_next(program) == PAYVOST_REDIS_DONE);
    CHECK(payvost_reply_get_kind(payvost_redis_program_reply(program)) == PAYVOST_REPLY_HELD);
    CHECK(payvost_reply_held(payvost_redis_program_reply(program)));
    CHECK(payvost_redis_program_feed_replied(program, NULL, 0, &one, 10, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    payvost_redis_program_free(program);
    payvost_fault_free(unknown);
    payvost_fault_free(gone);
    program = NULL;
    CHECK(payvost_redis_program_new(0, 0, 0, &program, NULL) == PAYVOST_INVALID_ARGUMENT && program == NULL);
}

/* The lists of open claims are split by slot, and dead letters are read from all of them. */
static void a_step_on_a_redis_cluster(void) {
    const int64_t one = 1, most = 1024;
    payvost_claim_request *request = NULL;
    payvost_redis_program *program = NULL;
    CHECK(payvost_claim_request_new_for_key(NULL, PAYVOST_LITERAL("webhook:evt_1"), &request, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_new(PAYVOST_OPERATION_COMPLETE, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_key(program).len == 0);
    CHECK(payvost_redis_program_on_cluster(program, request, NULL) == PAYVOST_OK);
    CHECK(payvost_str_equals(payvost_redis_program_key(program), PAYVOST_LITERAL("webhook:evt_1")));
    CHECK(payvost_redis_program_open_key(program).len == sizeof "webhook-open:{ABCD}" - 1);
    CHECK(payvost_redis_program_lists(program).len == 0);
    payvost_redis_program_free(program);

    CHECK(payvost_redis_program_new(PAYVOST_OPERATION_DEAD_LETTERS, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_on_cluster(program, request, NULL) == PAYVOST_OK);
    payvost_claim_request_free(request);
    CHECK(payvost_redis_program_lists(program).len > payvost_redis_program_open_key(program).len);
    CHECK(payvost_redis_program_feed_replied(program, NULL, 0, &one, 1, NULL) == PAYVOST_OK);
    int calls = 1;
    for (; payvost_redis_program_next(program) == PAYVOST_REDIS_EVALSHA; calls++)
        CHECK(payvost_redis_program_feed_replied(program, NULL, 0, &most, 1, NULL) == PAYVOST_OK);
    CHECK(calls == 17 && payvost_reply_get_kind(payvost_redis_program_reply(program)) == PAYVOST_REPLY_ROWS);
    payvost_redis_program_free(program);
    CHECK(payvost_redis_program_on_cluster(NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
}

static void a_ticket_is_taken_on_a_redis(void) {
    const int64_t attempt = 2;
    payvost_redis_program *program = NULL;
    payvost_taken taken;
    CHECK(payvost_redis_program_new(PAYVOST_OPERATION_TAKE, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_feed_replied(program, PAYVOST_LITERAL("claimed"), &attempt, 1, NULL) == PAYVOST_OK);
    CHECK(payvost_reply_get_kind(payvost_redis_program_reply(program)) == PAYVOST_REPLY_TAKEN);
    taken = payvost_reply_taken(payvost_redis_program_reply(program));
    CHECK(taken.kind == PAYVOST_TAKEN_CLAIMED && taken.attempt == 2);
    CHECK(payvost_reply_claim(payvost_redis_program_reply(program)).kind == PAYVOST_CLAIM_UNKNOWN);
    payvost_redis_program_free(program);

    CHECK(payvost_redis_program_new(PAYVOST_OPERATION_TAKE, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_redis_program_feed_replied(program, PAYVOST_LITERAL("OK"), NULL, 1, NULL) == PAYVOST_OK);
    CHECK(payvost_reply_get_kind(payvost_redis_program_reply(program)) == PAYVOST_REPLY_FAILED);
    CHECK(payvost_reply_taken(payvost_redis_program_reply(program)).kind == PAYVOST_TAKEN_UNKNOWN);
    payvost_redis_program_free(program);
}

/* Feeds what the next step asked for, which must be this one: a name of a statement, or another step. */
static void step(payvost_sql_program *program, payvost_sql_ask ask, const char *statement, const char *word, int64_t number,
                 uint64_t rows, uint64_t changed) {
    payvost_sql_ran ran;
    memset(&ran, 0, sizeof ran);
    CHECK(payvost_sql_program_next(program) == ask && strcmp(payvost_sql_program_statement(program), statement) == 0);
    if (ask != PAYVOST_SQL_RUN) {
        CHECK(payvost_sql_program_feed_ran(program, &ran, 1, NULL) == PAYVOST_UNEXPECTED_ANSWER);
        CHECK(payvost_sql_program_feed_done(program, 1, NULL) == PAYVOST_OK);
        return;
    }
    ran.rows = rows;
    ran.changed = changed;
    ran.word = word;
    ran.word_len = word != NULL ? strlen(word) : 0;
    ran.number = &number;
    CHECK(payvost_sql_program_feed_done(program, 1, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_sql_program_feed_ran(program, &ran, 1, NULL) == PAYVOST_OK);
}

static void an_inbox_on_sqlite(void) {
    payvost_sql_program *program = NULL;
    payvost_claim claim;
    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_ENTER, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_claiming(program, "token", 5, "ff", 2, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_then(program, PAYVOST_SQL_LEAVE, 0, 2000, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_BEGIN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "claim", "claimed 3 60000 99 ff token", 0, 1, 1);
    step(program, PAYVOST_SQL_RUN, "savepoint", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_next(program) == PAYVOST_SQL_DONE && payvost_sql_program_keeps_connection(program));
    claim = payvost_reply_claim(payvost_sql_program_reply(program));
    CHECK(claim.kind == PAYVOST_CLAIM_CLAIMED && claim.attempt == 3);
    CHECK(payvost_sql_program_feed_done(program, 1, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_sql_program_then(program, PAYVOST_SQL_CLAIM, 0, 2000, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_program_then(program, PAYVOST_SQL_LEAVE, 5, 2000, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_reply(program) == NULL);
    step(program, PAYVOST_SQL_RUN, "release_savepoint", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "complete", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_COMMIT, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_reply_completion(payvost_sql_program_reply(program)) == PAYVOST_COMPLETION_COMPLETED);
    CHECK(!payvost_sql_program_keeps_connection(program));
    payvost_sql_program_free(program);
}

static void a_handler_that_commits_and_fails_has_its_event_parked(void) {
    payvost_sql_program *program = NULL;
    payvost_fault *ended = new_fault("3B001");
    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_ENTER, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_claiming(program, "token", 5, "ff", 2, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_BEGIN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "claim", "claimed 1 60000 99 ff token", 0, 1, 1);
    step(program, PAYVOST_SQL_RUN, "savepoint", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_then(program, PAYVOST_SQL_FAIL, 5, 2000, NULL) == PAYVOST_OK);
    /* The savepoint went with the transaction, so the claim is looked up. */
    CHECK(strcmp(payvost_sql_program_statement(program), "release_savepoint") == 0);
    CHECK(payvost_sql_program_feed_failed(program, ended, 6, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_ROLLBACK, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_BEGIN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "extend_reply", NULL, 1, 1, 0);
    step(program, PAYVOST_SQL_RUN, "park", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_COMMIT, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_next(program) == PAYVOST_SQL_DONE);
    CHECK(payvost_reply_get_kind(payvost_sql_program_reply(program)) == PAYVOST_REPLY_HELD);
    payvost_fault_free(ended);
    payvost_sql_program_free(program);
}

static void an_inbox_notes_the_attempt_first(void) {
    payvost_sql_program *program = NULL;
    CHECK(payvost_sql_program_new(PAYVOST_SQL_POSTGRES, true, PAYVOST_SQL_ENTER, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_claiming(program, "token", 5, "ff", 2, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_note_attempts(program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_note_attempts(program, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    step(program, PAYVOST_SQL_BEGIN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "lock", NULL, 1, 1, 0);
    step(program, PAYVOST_SQL_RUN, "note", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_COMMIT, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_BEGIN, "", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_note_attempts(NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    payvost_sql_program_free(program);
}

static void an_inbox_joins_the_transaction_of_the_caller(void) {
    payvost_sql_program *program = NULL;
    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_ENTER, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_claiming(program, "token", 5, "ff", 2, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_join(program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_RUN, "claim", "claimed 1 60000 99 ff token", 0, 1, 1);
    step(program, PAYVOST_SQL_RUN, "savepoint", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_next(program) == PAYVOST_SQL_DONE);
    CHECK(payvost_sql_program_then(program, PAYVOST_SQL_LEAVE, 5, 2000, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_RUN, "release_savepoint", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "complete", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_COMMIT, "", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_next(program) == PAYVOST_SQL_DONE);
    CHECK(payvost_reply_completion(payvost_sql_program_reply(program)) == PAYVOST_COMPLETION_COMPLETED);
    payvost_sql_program_free(program);
}

static void an_inbox_leaves_transactions_to_the_caller(void) {
    payvost_sql_program *program = NULL;
    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_ENTER, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_claiming(program, "token", 5, "ff", 2, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_in_transactions(program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "claim", "claimed 1 60000 99 ff token", 0, 1, 1);
    step(program, PAYVOST_SQL_RUN, "savepoint", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_then(program, PAYVOST_SQL_LEAVE, 5, 2000, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_RUN, "release_savepoint", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "complete", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_COMMIT, "", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_next(program) == PAYVOST_SQL_DONE);
    payvost_sql_program_free(program);
}

static void a_ticket_is_taken_on_sqlite(void) {
    payvost_sql_program *program = NULL;
    payvost_taken taken;
    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_TAKE, 0, 2000, &program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "take", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_RUN, "take_reply", "claimed", 2, 1, 0);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_reply_get_kind(payvost_sql_program_reply(program)) == PAYVOST_REPLY_TAKEN);
    taken = payvost_reply_taken(payvost_sql_program_reply(program));
    CHECK(taken.kind == PAYVOST_TAKEN_CLAIMED && taken.attempt == 2);
    payvost_sql_program_free(program);

    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_TAKE, 0, 2000, &program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "take", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "take_reply", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_reply_taken(payvost_sql_program_reply(program)).kind == PAYVOST_TAKEN_LOST);
    payvost_sql_program_free(program);

    CHECK(payvost_sql_program_new(PAYVOST_SQL_SQLITE, true, PAYVOST_SQL_DISCARD_LETTER, 0, 2000, &program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "discard", NULL, 0, 0, 1);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_reply_get_kind(payvost_sql_program_reply(program)) == PAYVOST_REPLY_HELD);
    CHECK(payvost_reply_held(payvost_sql_program_reply(program)));
    payvost_sql_program_free(program);
}

/* A conflict is tried again, and the reply answers a delivery. */
static void a_claim_on_postgres_answers_a_delivery(void) {
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event = NULL;
    payvost_verifier *verifier = NULL;
    payvost_delivery *delivery = NULL;
    payvost_sql_program *program = NULL;
    payvost_fault *conflict = new_fault("40001");
    CHECK(payvost_sign(payload, sizeof payload - 1, SECRET, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_new(SECRET, &verifier, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, 0, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_verify(delivery, verifier, NULL, NULL, payload, sizeof payload - 1, signature, 64, &event, NULL) ==
          PAYVOST_OK);
    CHECK(payvost_str_equals(payvost_claim_request_key(payvost_delivery_claim_request(delivery)),
                             PAYVOST_LITERAL("webhook-test:evt_1")));

    CHECK(payvost_sql_program_new(PAYVOST_SQL_POSTGRES, true, PAYVOST_SQL_CLAIM, 0, 2000, &program, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_claiming(program, "token", 5, "ff", 2, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    CHECK(payvost_sql_program_feed_failed(program, conflict, 1, NULL) == PAYVOST_OK);
    CHECK(payvost_sql_program_wait_ms(program) > 0);
    step(program, PAYVOST_SQL_WAIT, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "claim", "claimed 1 1500 99 ff other", 0, 1, 0);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_delivery_feed_reply(delivery, payvost_sql_program_reply(program), NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_http_status(delivery) == 409);
    payvost_sql_program_free(program);
    payvost_delivery_free(delivery);
    payvost_event_free(event);
    payvost_verifier_free(verifier);
    payvost_fault_free(conflict);
}

static void what_is_forgotten_is_counted(void) {
    payvost_sql_program *program = NULL;
    CHECK(payvost_sql_program_new_forget(PAYVOST_SQL_MYSQL, true, 0, 5, 0, 2000, &program, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(program == NULL);
    CHECK(payvost_sql_program_new_forget(PAYVOST_SQL_MYSQL, true, 10, 5, 0, 2000, &program, NULL) == PAYVOST_OK);
    step(program, PAYVOST_SQL_OPEN, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "forget", NULL, 0, 0, 10);
    CHECK(payvost_sql_program_wait_ms(program) == 5);
    step(program, PAYVOST_SQL_WAIT, "", NULL, 0, 0, 0);
    step(program, PAYVOST_SQL_RUN, "forget", NULL, 0, 0, 3);
    step(program, PAYVOST_SQL_CLOSE, "", NULL, 0, 0, 0);
    CHECK(payvost_reply_get_kind(payvost_sql_program_reply(program)) == PAYVOST_REPLY_COUNT);
    CHECK(payvost_reply_count(payvost_sql_program_reply(program)) == 13);
    payvost_sql_program_free(program);
}

static void null_is_refused(void) {
    const payvost_sql_ran nothing = {0, 0, NULL, 0, NULL};
    payvost_claim claim = {77, 0, 0};
    bool held = true;
    CHECK(payvost_claim_policy_new(NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_policy_set_lease(NULL, 60, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_policy_set_remember(NULL, 86400, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_policy_set_prefix(NULL, PAYVOST_LITERAL("a"), NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_request_new(NULL, NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_request_key(NULL).len == 0 && payvost_claim_request_open_key(NULL).len == 0);
    CHECK(payvost_claim_request_fingerprint(NULL).len == 0 && payvost_claim_request_event_type(NULL).len == 0);
    CHECK(payvost_claim_request_lease_ms(NULL) == 0 && payvost_claim_request_remember_ms(NULL) == 0);
    CHECK(payvost_memory_claims_new(0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_set_clock(NULL, NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_step(NULL, NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_claim(NULL, NULL, PAYVOST_LITERAL("a"), NULL, NULL, 0, &claim, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_extend(NULL, NULL, PAYVOST_LITERAL("a"), 1, &held, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_complete(NULL, NULL, PAYVOST_LITERAL("a"), &held, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_release(NULL, NULL, PAYVOST_LITERAL("a"), NULL, 0, &held, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_take(NULL, NULL, ticket, 32, PAYVOST_LITERAL("a"), NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_memory_claims_discard(NULL, NULL, &held, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_claim_request_new_for_key(NULL, PAYVOST_LITERAL("a"), NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_reply_taken(NULL).kind == PAYVOST_TAKEN_UNKNOWN);
    CHECK(payvost_memory_claims_dead_letters(NULL, 1, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(claim.kind == 77 && held && payvost_memory_claims_length(NULL) == 0 && !payvost_dead_letters_at(NULL, 0, NULL));
    CHECK(payvost_redis_program_next(NULL) == PAYVOST_REDIS_DONE && payvost_redis_program_wait_ms(NULL) == 0);
    CHECK(payvost_redis_program_feed_replied(NULL, NULL, 0, NULL, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_redis_program_feed_waited(NULL, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_redis_program_feed_failed(NULL, NULL, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_redis_program_reply(NULL) == NULL);
    CHECK(payvost_sql_program_new(PAYVOST_SQL_MYSQL, true, 99, 0, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_program_then(NULL, PAYVOST_SQL_LEAVE, 0, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_program_next(NULL) == PAYVOST_SQL_DONE && payvost_sql_program_wait_ms(NULL) == 0);
    CHECK(payvost_sql_program_feed_done(NULL, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_program_feed_ran(NULL, &nothing, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_sql_program_feed_failed(NULL, NULL, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(strcmp(payvost_sql_program_statement(NULL), "") == 0 && payvost_sql_program_reply(NULL) == NULL);
    CHECK(!payvost_sql_program_keeps_connection(NULL));
    CHECK(payvost_reply_get_kind(NULL) == PAYVOST_REPLY_NONE && !payvost_reply_held(NULL) && payvost_reply_count(NULL) == 0);
    CHECK(payvost_reply_claim(NULL).kind == PAYVOST_CLAIM_UNKNOWN && payvost_reply_fault_code(NULL).len == 0);
    CHECK(payvost_reply_completion(NULL) == PAYVOST_COMPLETION_UNKNOWN);
    payvost_claim_policy_free(NULL);
    payvost_claim_request_free(NULL);
    payvost_memory_claims_free(NULL);
    payvost_dead_letters_free(NULL);
    payvost_redis_program_free(NULL);
    payvost_sql_program_free(NULL);
}

int main(void) {
    a_request_follows_the_policy();
    a_mistake_in_a_policy_stays();
    tokens_differ();
    the_token_of_a_taker_begins_with_the_ticket();
    a_ticket_is_taken_by_one_worker_at_a_time();
    a_dead_letter_is_given_up();
    a_request_is_made_for_a_key();
    faults_say_what_they_mean();
    replies_are_read();
    replies_to_a_taker_are_read();
    statements_name_their_parameters();
    scripts_name_their_parameters();
    a_step_on_a_redis();
    a_step_on_a_redis_cluster();
    a_ticket_is_taken_on_a_redis();
    an_inbox_on_sqlite();
    an_inbox_notes_the_attempt_first();
    an_inbox_joins_the_transaction_of_the_caller();
    an_inbox_leaves_transactions_to_the_caller();
    a_handler_that_commits_and_fails_has_its_event_parked();
    a_ticket_is_taken_on_sqlite();
    a_claim_on_postgres_answers_a_delivery();
    what_is_forgotten_is_counted();
    null_is_refused();
    return summary();
}
