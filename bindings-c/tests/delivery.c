/* The course of a delivery with the memory store, retries by key, and what a caller may do wrong. Compiled as C and as C++.
 *
 * Which steps follow which answers is in tests/vectors/receive, which receive.c runs. */

#include <payvost_webhooks.h>
#include <string.h>

#include "check.h"

#define SECRET PAYVOST_LITERAL("whsec_delivery")

static const char payload[] =
    "{\"id\":\"evt_1\",\"type\":\"payment.succeeded\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{}}";
static const size_t payload_len = sizeof payload - 1;

/* Everything that a receiver needs. */
struct receiver {
    payvost_verifier *verifier;
    payvost_router *router;
    payvost_memory_claims *claims;
    uint64_t now;
    int returns;
    int handled;
};

/* What was answered. */
struct answer {
    uint32_t status;
    char code[32], line[512];
};

static uint64_t clock_of(void *now) {
    return *(const uint64_t *)now;
}

static int handle(const payvost_event *event, void *user) {
    struct receiver *receiver = (struct receiver *)user;
    CHECK(payvost_str_equals(payvost_event_id(event), PAYVOST_LITERAL("evt_1")));
    receiver->handled++;
    return receiver->returns;
}

static void start(struct receiver *receiver) {
    memset(receiver, 0, sizeof *receiver);
    receiver->now = 1000;
    CHECK(payvost_verifier_new(SECRET, &receiver->verifier, NULL) == PAYVOST_OK);
    CHECK(payvost_router_new(&receiver->router, NULL) == PAYVOST_OK);
    CHECK(payvost_router_on(receiver->router, PAYVOST_LITERAL("payment.*"), handle, receiver, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_new(1, &receiver->claims, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_set_clock(receiver->claims, clock_of, &receiver->now, NULL) == PAYVOST_OK);
}

static void stop(struct receiver *receiver) {
    payvost_memory_claims_free(receiver->claims);
    payvost_router_free(receiver->router);
    payvost_verifier_free(receiver->verifier);
}

/* The whole course, as a program has it. */
static struct answer drive(const struct receiver *receiver, payvost_delivery *delivery, const char *body, size_t length,
                           const char *signature) {
    struct answer answer;
    payvost_event *event = NULL;
    payvost_ask ask;
    memset(&answer, 0, sizeof answer);
    while ((ask = payvost_delivery_next(delivery)) != PAYVOST_ASK_NOTHING) {
        switch (ask) {
        case PAYVOST_ASK_VERIFY: {
            payvost_str stored = payvost_delivery_stored_payload(delivery), kept = payvost_delivery_stored_signature(delivery);
            if (stored.len > 0) {
                payvost_delivery_verify(delivery, receiver->verifier, NULL, receiver->router, stored.data, stored.len, kept.data,
                                        kept.len, &event, NULL);
            } else {
                payvost_delivery_verify_copy(delivery, receiver->verifier, NULL, receiver->router, body, length, signature,
                                             signature ? strlen(signature) : 0, &event, NULL);
            }
            break;
        }
        case PAYVOST_ASK_HANDLE: payvost_delivery_handle(delivery, receiver->router, event, NULL); break;
        case PAYVOST_ASK_LOG:
            snprintf(answer.line, sizeof answer.line, "%s", payvost_delivery_log_line(delivery));
            payvost_delivery_feed_logged(delivery, NULL);
            break;
        default: CHECK(payvost_memory_claims_step(receiver->claims, delivery, event, NULL) == PAYVOST_OK); break;
        }
    }
    answer.status = payvost_delivery_http_status(delivery);
    snprintf(answer.code, sizeof answer.code, "%s", payvost_delivery_code(delivery));
    payvost_event_free(event);
    payvost_delivery_free(delivery);
    return answer;
}

static struct answer deliver(const struct receiver *receiver, const char *body, size_t length) {
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_delivery *delivery = NULL;
    CHECK(payvost_sign(body, length, SECRET, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, length, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_OK);
    return drive(receiver, delivery, body, length, signature);
}

static struct answer retry(const struct receiver *receiver, const char *key) {
    payvost_delivery *delivery = NULL;
    CHECK(payvost_delivery_new_retry(PAYVOST_CLAIMING_LEASE, key, strlen(key), &delivery, NULL) == PAYVOST_OK);
    return drive(receiver, delivery, NULL, 0, NULL);
}

static int answers(struct answer answer, uint32_t status, const char *code, const char *line) {
    const int equal = answer.status == status && strcmp(answer.code, code) == 0 && strstr(answer.line, line) == answer.line;
    if (!equal) {
        printf("  %u %s: %s\n", (unsigned)answer.status, answer.code, answer.line);
    }
    return equal;
}

static void an_event_is_handled_once(void) {
    struct receiver receiver;
    start(&receiver);
    CHECK(answers(deliver(&receiver, payload, payload_len), 200, "handled", "webhook event handled: payment.succeeded evt_1"));
    CHECK(answers(deliver(&receiver, payload, payload_len), 200, "already_handled", "webhook event already handled"));
    CHECK(receiver.handled == 1 && payvost_memory_claims_length(receiver.claims) == 1);
    stop(&receiver);
}

static void what_failed_is_handled_again(void) {
    struct receiver receiver;
    start(&receiver);
    receiver.returns = -3;
    CHECK(answers(deliver(&receiver, payload, payload_len), 500, "handler_failed",
                  "webhook handler failed: payment.succeeded evt_1 (reason raised, error_class returned -3)"));
    CHECK(answers(retry(&receiver, "webhook:evt_1"), 500, "handler_failed", "webhook handler failed"));
    receiver.returns = 0;
    CHECK(answers(retry(&receiver, "webhook:evt_2"), 0, "", ""));
    CHECK(answers(retry(&receiver, "webhook:evt_1"), 200, "handled",
                  "webhook event handled: payment.succeeded evt_1 (attempt 3)"));
    CHECK(answers(retry(&receiver, "webhook:evt_1"), 0, "", ""));
    CHECK(receiver.handled == 3);
    stop(&receiver);
}

static void a_full_store_is_unavailable(void) {
    struct receiver receiver;
    payvost_delivery *delivery = NULL;
    payvost_event *event = NULL;
    char signature[PAYVOST_SIGNATURE_SIZE];
    static const char other[] =
        "{\"id\":\"evt_2\",\"type\":\"payment.failed\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{}}";
    start(&receiver);
    CHECK(payvost_sign(other, sizeof other - 1, SECRET, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, 0, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_verify(delivery, receiver.verifier, NULL, NULL, other, sizeof other - 1, signature, 64, &event, NULL) ==
          PAYVOST_OK);
    CHECK(payvost_memory_claims_step(receiver.claims, delivery, event, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_next(delivery) == PAYVOST_ASK_HANDLE);
    CHECK(answers(deliver(&receiver, payload, payload_len), 503, "store_unavailable",
                  "webhook store unavailable: payment.succeeded evt_1 (place claim, error_code STORE_FULL)"));
    receiver.now += 60001; /* its worker has died */
    CHECK(answers(deliver(&receiver, payload, payload_len), 200, "handled", "webhook event handled"));
    payvost_event_free(event);
    payvost_delivery_free(delivery);
    stop(&receiver);
}

static void nobody_handles_what_nobody_registered_for(void) {
    static const char wallet[] =
        "{\"id\":\"evt_1\",\"type\":\"wallet.frozen\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{}}";
    struct receiver receiver;
    start(&receiver);
    CHECK(answers(deliver(&receiver, wallet, sizeof wallet - 1), 200, "unhandled", "no handler for this event type"));
    CHECK(receiver.handled == 0 && payvost_memory_claims_length(receiver.claims) == 0);
    stop(&receiver);
}

static void what_is_set_up_wrongly_refuses_everything(void) {
    struct receiver receiver;
    start(&receiver);
    CHECK(payvost_router_on(receiver.router, PAYVOST_LITERAL("payment."), handle, &receiver, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(answers(deliver(&receiver, payload, payload_len), 500, "invalid_option", "webhook refused: invalid_option"));
    CHECK(payvost_verifier_set_max_payload_bytes(receiver.verifier, 0, NULL) == PAYVOST_INVALID_OPTION);
    CHECK(answers(deliver(&receiver, payload, payload_len), 500, "invalid_option", "webhook refused: invalid_option"));
    CHECK(receiver.handled == 0);
    stop(&receiver);
}

static void another_method_has_its_header(void) {
    payvost_delivery *delivery = NULL;
    const char *name = NULL, *value = NULL;
    CHECK(payvost_delivery_new_ended(PAYVOST_OUTCOME_METHOD_NOT_ALLOWED, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_http_status(delivery) == 405);
    CHECK(payvost_delivery_http_header(delivery, 0, &name, NULL) && strcmp(name, "content-type") == 0);
    CHECK(payvost_delivery_http_header(delivery, 1, &name, &value) && strcmp(name, "allow") == 0 && strcmp(value, "POST") == 0);
    CHECK(!payvost_delivery_http_header(delivery, 2, &name, &value) && strcmp(name, "allow") == 0);
    CHECK(payvost_delivery_next(delivery) == PAYVOST_ASK_LOG && payvost_delivery_log_level(delivery) == PAYVOST_LEVEL_INFO);
    payvost_delivery_free(delivery);

    delivery = NULL;
    CHECK(payvost_delivery_new_ended(PAYVOST_OUTCOME_REFUSED, &delivery, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_new_ended(77, &delivery, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(delivery == NULL);
}

/* The delivery is as it was: another step was asked for. */
static void an_answer_to_another_question_is_refused(void) {
    const payvost_claim claim = {PAYVOST_CLAIM_CLAIMED, 1, 0};
    struct receiver receiver;
    payvost_delivery *delivery = NULL;
    start(&receiver);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, 0, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_feed_claimed(delivery, claim, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_feed_loaded(delivery, true, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_feed_handled(delivery, PAYVOST_HANDLER_RETURNED, NULL, 0, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_feed_completed(delivery, PAYVOST_COMPLETION_COMPLETED, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_feed_released(delivery, true, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_feed_logged(delivery, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_memory_claims_step(receiver.claims, delivery, NULL, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_handle(delivery, receiver.router, NULL, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_next(delivery) == PAYVOST_ASK_VERIFY && receiver.handled == 0);
    CHECK(payvost_delivery_http_status(delivery) == 500 && !payvost_delivery_outcome(delivery, NULL));
    payvost_delivery_free(delivery);
    stop(&receiver);
}

/* Otherwise a loop that checks no result would ask for the same step forever. */
static void a_step_that_cannot_be_taken_ends_the_delivery(void) {
    struct receiver receiver;
    payvost_event *event = NULL;
    payvost_delivery *delivery = NULL;
    payvost_outcome outcome = (payvost_outcome)77;
    start(&receiver);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_NEVER, NULL, 0, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_verify(delivery, NULL, NULL, NULL, payload, payload_len, NULL, 0, &event, NULL) ==
          PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_next(delivery) == PAYVOST_ASK_NOTHING && payvost_delivery_http_status(delivery) == 500);
    CHECK(strstr(payvost_delivery_http_body(delivery), "handler_failed") != NULL);
    CHECK(!payvost_delivery_outcome(delivery, &outcome) && outcome == (payvost_outcome)77);
    CHECK(payvost_delivery_feed_logged(delivery, NULL) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_delivery_verify(delivery, receiver.verifier, NULL, NULL, payload, payload_len, NULL, 0, &event, NULL) ==
          PAYVOST_UNEXPECTED_ANSWER);
    CHECK(event == NULL);
    payvost_delivery_free(delivery);
    stop(&receiver);
}

static void replies_that_make_no_sense_are_faults(void) {
    const payvost_claim unknown = {PAYVOST_CLAIM_UNKNOWN, 0, 0}, none = {77, 1, 1};
    const payvost_claim claims[] = {unknown, none};
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_verifier *verifier = NULL;
    size_t i;
    CHECK(payvost_verifier_new(SECRET, &verifier, NULL) == PAYVOST_OK);
    CHECK(payvost_sign(payload, payload_len, SECRET, signature, NULL) == PAYVOST_OK);
    for (i = 0; i < 2; i++) {
        payvost_event *event = NULL;
        payvost_delivery *delivery = NULL;
        CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, 0, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_OK);
        CHECK(payvost_delivery_verify(delivery, verifier, NULL, NULL, payload, payload_len, signature, 64, &event, NULL) ==
              PAYVOST_OK);
        CHECK(!payvost_delivery_releases_late(delivery, claims[i]));
        CHECK(payvost_delivery_feed_claimed(delivery, claims[i], NULL) == PAYVOST_OK);
        CHECK(payvost_delivery_http_status(delivery) == 503 && strstr(payvost_delivery_log_line(delivery), "unknown_reply") != NULL);
        payvost_event_free(event);
        payvost_delivery_free(delivery);
    }
    payvost_verifier_free(verifier);
}

static void null_is_refused(void) {
    payvost_error error;
    const payvost_claim claim = {PAYVOST_CLAIM_CLAIMED, 1, 0};
    payvost_body *body = NULL;
    payvost_delivery *delivery = NULL;
    CHECK(payvost_body_new(NULL, NULL, 0, NULL, 0, &body, &error) == PAYVOST_INVALID_ARGUMENT && body == NULL);
    CHECK(payvost_body_limit(NULL) == 0 && payvost_body_limit_of_endless_stream(NULL) == 0);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, 0, PAYVOST_BODY_REACHED, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_new(9, NULL, 0, PAYVOST_BODY_REACHED, &delivery, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_new(PAYVOST_CLAIMING_LEASE, NULL, 0, 9, &delivery, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_new_retry(PAYVOST_CLAIMING_LEASE, NULL, 0, &delivery, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(delivery == NULL);
    CHECK(payvost_delivery_next(NULL) == PAYVOST_ASK_NOTHING);
    CHECK(payvost_delivery_verify(NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_verify_copy(NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_handle(NULL, NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_loaded(NULL, true, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_claimed(NULL, claim, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_handled(NULL, 0, NULL, 0, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_completed(NULL, 1, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_released(NULL, true, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_reply(NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_failed(NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_feed_logged(NULL, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_error_http_status(&error) == 500);
    CHECK(payvost_delivery_claim_request(NULL) == NULL && payvost_delivery_token(NULL).len == 0);
    CHECK(!payvost_delivery_claims_parked(NULL) && !payvost_delivery_releases_late(NULL, claim));
    CHECK(payvost_delivery_retried_key(NULL).len == 0 && payvost_delivery_handler_error(NULL).len == 0);
    CHECK(payvost_delivery_stored_payload(NULL).len == 0 && payvost_delivery_stored_signature(NULL).len == 0);
    CHECK(payvost_delivery_attempt(NULL) == 0 && strcmp(payvost_delivery_log_line(NULL), "") == 0);
    CHECK(payvost_delivery_log_level(NULL) == PAYVOST_LEVEL_ERROR && !payvost_delivery_log_field(NULL, 0, NULL));
    CHECK(!payvost_delivery_log_with_exception(NULL) && !payvost_delivery_outcome(NULL, NULL));
    CHECK(strcmp(payvost_delivery_code(NULL), "") == 0 && payvost_delivery_result(NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_delivery_http_status(NULL) == 500 && !payvost_delivery_http_header(NULL, 0, NULL, NULL));
    CHECK(strstr(payvost_delivery_http_body(NULL), "handler_failed") != NULL);
    payvost_delivery_free(NULL);
    payvost_body_free(NULL);
}

int main(void) {
    an_event_is_handled_once();
    what_failed_is_handled_again();
    a_full_store_is_unavailable();
    nobody_handles_what_nobody_registered_for();
    what_is_set_up_wrongly_refuses_everything();
    another_method_has_its_header();
    an_answer_to_another_question_is_refused();
    a_step_that_cannot_be_taken_ends_the_delivery();
    replies_that_make_no_sense_are_faults();
    null_is_refused();
    return summary();
}
