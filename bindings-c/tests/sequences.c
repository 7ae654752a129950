/* The sequences of steps that every store goes through, on the memory store of the C interface: sequences FOLDER OBSERVED
 *
 * Observations go to the file OBSERVED, one line per sequence, and are compared there with those of the other languages. The form
 * of the sequences is described in tests/vectors/claims/README.md. A body there stands for an event with that text in it. */

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

static const payvost_str tokens[] = {{PAYVOST_LITERAL("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
                                     {PAYVOST_LITERAL("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")}};

static uint64_t clock_of(void *now) {
    return *(const uint64_t *)now;
}

/* The payload of a step's event, with its body in it. */
static char *payload_of(json_t *step) {
    json_t *body = json_object_get(step, "body"), *event;
    event = json_pack("{s:O, s:s, s:s, s:b, s:{s:O}}", "id", json_object_get(step, "event"), "type", "payment.succeeded", "createdAt",
                      "2025-11-01T10:00:00Z", "liveMode", 1, "data", "body", body != NULL ? body : json_null());
    char *payload = json_dumps(event, JSON_COMPACT);
    CHECK(payload != NULL);
    json_decref(event);
    return payload;
}

static json_t *claimed(const payvost_memory_claims *claims, const payvost_claim_request *request, payvost_str token,
                       const payvost_event *event) {
    payvost_claim claim = {0};
    CHECK(payvost_memory_claims_claim(claims, request, token.data, token.len, event, PAYVOST_LITERAL("signature"), &claim, NULL) ==
          PAYVOST_OK);
    switch (claim.kind) {
    case PAYVOST_CLAIM_CLAIMED: return json_pack("{s:i}", "claimed", (int)claim.attempt);
    case PAYVOST_CLAIM_IN_PROGRESS: CHECK(claim.wait_ms > 0); return json_string("in_progress");
    case PAYVOST_CLAIM_DONE: return json_string("done");
    case PAYVOST_CLAIM_CONFLICT: return json_string("conflict");
    default: return json_null();
    }
}

/* What a retry by the key would load: the body that is kept. */
static json_t *kept(const payvost_memory_claims *claims, const payvost_claim_request *request) {
    payvost_str key = payvost_claim_request_key(request), body;
    payvost_delivery *delivery = NULL;
    payvost_event *event = NULL;
    json_t *found = json_null();
    CHECK(payvost_delivery_new_retry(PAYVOST_CLAIMING_LEASE, key.data, key.len, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_step(claims, delivery, NULL, NULL) == PAYVOST_OK);
    payvost_str payload = payvost_delivery_stored_payload(delivery);
    if (payvost_delivery_next(delivery) == PAYVOST_ASK_VERIFY) {
        CHECK(is(payvost_delivery_stored_signature(delivery), PAYVOST_LITERAL("signature")));
        event = verified(payload.data, payload.len);
        CHECK(payvost_value_string(payvost_event_pointer(event, PAYVOST_LITERAL("/data/body")), &body));
        found = json_stringn(body.data, body.len);
    }
    payvost_event_free(event);
    payvost_delivery_free(delivery);
    return found;
}

static json_t *dead_letters(const payvost_memory_claims *claims) {
    static const char *const reasons[] = {"failed", "abandoned", "parked"};
    payvost_dead_letters *letters = NULL;
    payvost_dead_letter letter;
    json_t *all = json_array();
    CHECK(payvost_memory_claims_dead_letters(claims, 100, &letters, NULL) == PAYVOST_OK);
    for (size_t i = 0; payvost_dead_letters_at(letters, i, &letter); i++) {
        size_t prefix = strlen("webhook:");
        CHECK(is(letter.event_type, PAYVOST_LITERAL("payment.succeeded")));
        json_array_append_new(all, json_pack("[o, s, i, o]", json_stringn(letter.key.data + prefix, letter.key.len - prefix),
                                             reasons[letter.reason], (int)letter.attempts,
                                             letter.error.len > 0 ? json_stringn(letter.error.data, letter.error.len) : json_null()));
    }
    payvost_dead_letters_free(letters);
    return all;
}

static json_t *taken(const payvost_memory_claims *claims, const payvost_claim_request *request, payvost_str ticket, payvost_str token) {
    payvost_taken taken = {0};
    CHECK(payvost_memory_claims_take(claims, request, ticket.data, ticket.len, token.data, token.len, &taken, NULL) == PAYVOST_OK);
    switch (taken.kind) {
    case PAYVOST_TAKEN_CLAIMED: return json_pack("{s:i}", "claimed", (int)taken.attempt);
    case PAYVOST_TAKEN_IN_PROGRESS: CHECK(taken.wait_ms > 0); return json_string("in_progress");
    case PAYVOST_TAKEN_DONE: return json_string("done");
    case PAYVOST_TAKEN_LOST: return json_string("lost");
    default: return json_null();
    }
}

static bool may_be_prefix(json_t *prefix) {
    payvost_claim_policy *policy = NULL;
    CHECK(payvost_claim_policy_new(&policy, NULL) == PAYVOST_OK);
    payvost_result result = payvost_claim_policy_set_prefix(policy, json_string_value(prefix), json_string_length(prefix), NULL);
    CHECK(result == PAYVOST_OK || result == PAYVOST_INVALID_OPTION);
    payvost_claim_policy_free(policy);
    return result == PAYVOST_OK;
}

static payvost_str token_of(json_t *worker) {
    return tokens[worker != NULL && json_string_value(worker)[0] == 'B'];
}

static json_t *run_step(const payvost_memory_claims *claims, const payvost_claim_policy *policy, json_t *step, uint64_t *now) {
    const char *todo = json_string_value(json_object_get(step, "do"));
    json_t *ticket_of = json_object_get(step, "ticket_of"), *kind = json_object_get(step, "error"), *reply = json_null();
    payvost_str token = token_of(json_object_get(step, "worker")), ticket = token_of(ticket_of);
    char taker[PAYVOST_TAKER_TOKEN_SIZE];
    if (ticket_of != NULL) {
        token.len = (size_t)sprintf(taker, "%.32s%.32s", ticket.data, token.data);
        token.data = taker;
    }
    uint64_t milliseconds = (uint64_t)json_integer_value(json_object_get(step, "milliseconds"));
    if (strcmp(todo, "wait") == 0) {
        *now += milliseconds;
        return reply;
    }
    if (strcmp(todo, "dead_letters") == 0) {
        return dead_letters(claims);
    }
    if (strcmp(todo, "prefix") == 0) {
        return json_boolean(may_be_prefix(json_object_get(step, "prefix")));
    }

    bool held = false;
    char *payload = payload_of(step);
    payvost_claim_request *request = NULL;
    payvost_event *event = verified(payload, strlen(payload));
    CHECK(payvost_claim_request_new(policy, event, &request, NULL) == PAYVOST_OK);
    if (strcmp(todo, "claim") == 0) {
        reply = claimed(claims, request, token, event);
    } else if (strcmp(todo, "delivery") == 0) {
        reply = kept(claims, request);
    } else if (strcmp(todo, "take") == 0) {
        reply = taken(claims, request, ticket, token);
    } else if (strcmp(todo, "discard") == 0) {
        CHECK(payvost_memory_claims_discard(claims, request, &held, NULL) == PAYVOST_OK);
        reply = json_boolean(held);
    } else if (strcmp(todo, "complete") == 0) {
        CHECK(payvost_memory_claims_complete(claims, request, token.data, token.len, &held, NULL) == PAYVOST_OK);
        reply = json_boolean(held);
    } else if (strcmp(todo, "extend") == 0) {
        CHECK(payvost_memory_claims_extend(claims, request, token.data, token.len, milliseconds, &held, NULL) == PAYVOST_OK);
        reply = json_boolean(held);
    } else {
        CHECK(strcmp(todo, "release") == 0);
        CHECK(payvost_memory_claims_release(claims, request, token.data, token.len, json_string_value(kind),
                                            json_string_length(kind), &held, NULL) == PAYVOST_OK);
        reply = json_boolean(held);
    }
    payvost_claim_request_free(request);
    payvost_event_free(event);
    free(payload);
    return reply;
}

static void run_sequence(json_t *test, FILE *log) {
    json_t *lease = json_object_get(json_object_get(test, "policy"), "lease_seconds"), *step, *replies = json_array();
    uint64_t now = 1000;
    size_t i;
    payvost_claim_policy *policy = NULL;
    payvost_memory_claims *claims = NULL;
    CHECK(payvost_claim_policy_new(&policy, NULL) == PAYVOST_OK);
    CHECK(lease == NULL || payvost_claim_policy_set_lease(policy, json_number_value(lease), NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_new(0, &claims, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_set_clock(claims, clock_of, &now, NULL) == PAYVOST_OK);
    json_array_foreach(json_object_get(test, "steps"), i, step) {
        json_t *reply = run_step(claims, policy, step, &now), *expected = json_object_get(step, "expect");
        bool equal = expected == NULL || json_equal(reply, expected);
        CHECK(equal);
        if (!equal) {
            char *got = json_dumps(reply, JSON_ENCODE_ANY);
            printf("  %s, step %zu: %s\n", json_string_value(json_object_get(test, "id")), i, got);
            free(got);
        }
        json_array_append_new(replies, reply);
    }
    json_t *observed = json_pack("{s:o, s:o}", "id", json_sprintf("memory/%s", json_string_value(json_object_get(test, "id"))),
                                 "replies", replies);
    char *line = json_dumps(observed, JSON_COMPACT);
    fprintf(log, "%s\n", line);
    free(line);
    json_decref(observed);
    payvost_memory_claims_free(claims);
    payvost_claim_policy_free(policy);
}

int main(int count, char **arguments) {
    glob_t files;
    size_t cases = 0;
    char pattern[4096];
    if (count != 3) {
        fprintf(stderr, "usage: sequences FOLDER OBSERVED\n");
        return 2;
    }
    FILE *log = fopen(arguments[2], "w");
    if (log == NULL) {
        perror(arguments[2]);
        return 2;
    }
    snprintf(pattern, sizeof pattern, "%s/*.json", arguments[1]);
    CHECK(glob(pattern, 0, NULL, &files) == 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        json_t *file = json_load_file(files.gl_pathv[i], 0, NULL), *test;
        size_t k;
        json_array_foreach(json_object_get(file, "cases"), k, test) {
            run_sequence(test, log);
            cases++;
        }
        json_decref(file);
    }
    globfree(&files);
    CHECK(fclose(log) == 0);
    CHECK(cases > 0);
    printf("%zu sequences\n", cases);
    return summary();
}
