/* Handlers by the type of the event, and what a receiver answers. Compiled as C and as C++. */

#include <payvost_webhooks.h>
#include <pthread.h>
#include <string.h>

#include "check.h"

#define SECRET PAYVOST_LITERAL("whsec_router")

/* What the place of a result holds before a call, to see that a failure leaves it alone. */
#define UNTOUCHED ((payvost_outcome)77)

/* What a handler is registered with: it notes what it was called for. */
struct calls {
    int count;
    int result;
    char type[64];
};

static int note(const payvost_event *event, void *user) {
    struct calls *calls = (struct calls *)user;
    const payvost_str type = payvost_event_type(event);
    calls->count++;
    snprintf(calls->type, sizeof calls->type, "%.*s", (int)type.len, type.data);
    return calls->result;
}

static int count(const payvost_event *event, void *user) {
    int *counted = (int *)user;
    (void)event;
    if (counted != NULL) {
        ++*counted;
    }
    return 0;
}

/* An event of a type. It points into one of two bodies, so that two can be there at once. */
static payvost_event *event_of(const char *type) {
    static char bodies[2][256];
    static unsigned turn;
    char *body = bodies[turn++ % 2], signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event = NULL;
    const size_t length = (size_t)snprintf(
        body, sizeof bodies[0],
        "{\"id\":\"evt_1\",\"type\":\"%s\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{}}", type);

    CHECK(payvost_sign(body, length, SECRET, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_verify_webhook(body, length, signature, 64, SECRET, &event, NULL) == PAYVOST_OK);
    return event;
}

static payvost_router *new_router(void) {
    payvost_router *router = NULL;
    CHECK(payvost_router_new(&router, NULL) == PAYVOST_OK);
    return router;
}

static payvost_outcome dispatched(const payvost_router *router, const char *type) {
    payvost_outcome outcome = UNTOUCHED;
    payvost_event *event = event_of(type);
    CHECK(payvost_router_dispatch(router, event, &outcome, NULL) == PAYVOST_OK);
    payvost_event_free(event);
    return outcome;
}

static void the_most_specific_handler_runs_and_only_that_one(void) {
    static const struct {
        const char *type;
        size_t handler;
    } cases[] = {
        {"payment.succeeded", 0}, {"payment.failed", 1},      {"payment.succeeded.again", 1}, {"report.daily.ready", 2},
        {"report.weekly", 3},     {"wallet.frozen", 4},       {"payment", 4},                 {"payment.", 4},
        {"Payment.succeeded", 4}, {"payment.succeeded ", 1},
    };
    static const char *const patterns[] = {"payment.succeeded", "payment.*", "report.daily.*", "report.*", "*"};
    struct calls calls[5];
    payvost_router *router = new_router();
    size_t i, k;

    for (i = 0; i < 5; i++) {
        char pattern[32]; /* is not needed any more after the call */
        memset(&calls[i], 0, sizeof calls[i]);
        strcpy(pattern, patterns[i]);
        CHECK(payvost_router_on(router, pattern, strlen(pattern), note, &calls[i], NULL) == PAYVOST_OK);
        memset(pattern, 'x', sizeof pattern);
    }
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (k = 0; k < 5; k++) {
            calls[k].count = 0;
        }
        CHECK(dispatched(router, cases[i].type) == PAYVOST_OUTCOME_HANDLED);
        for (k = 0; k < 5; k++) {
            CHECK(calls[k].count == (k == cases[i].handler));
        }
        CHECK(strcmp(calls[cases[i].handler].type, cases[i].type) == 0);
    }
    payvost_router_free(router);
}

static void unhandled_is_told_from_handled_and_from_failed(void) {
    struct calls calls;
    payvost_router *router = new_router();
    static const int failures[] = {1, -1, 200, -2147483647 - 1};
    size_t i;

    memset(&calls, 0, sizeof calls);
    CHECK(dispatched(router, "payment.failed") == PAYVOST_OUTCOME_UNHANDLED);
    CHECK(payvost_router_on(router, PAYVOST_LITERAL("payment.*"), note, &calls, NULL) == PAYVOST_OK);
    CHECK(dispatched(router, "wallet.frozen") == PAYVOST_OUTCOME_UNHANDLED && calls.count == 0);
    CHECK(dispatched(router, "payment.failed") == PAYVOST_OUTCOME_HANDLED && calls.count == 1);
    for (i = 0; i < sizeof failures / sizeof *failures; i++) {
        calls.result = failures[i];
        CHECK(dispatched(router, "payment.failed") == PAYVOST_OUTCOME_HANDLER_FAILED);
    }
    payvost_router_free(router);
}

/* Later registrations and dispatching report a refused registration again, and no handler runs. */
static void a_mistake_stays(void) {
    static const struct {
        const char *pattern;
        size_t length;
        payvost_handler handler;
        payvost_result result;
    } mistakes[] = {
        {PAYVOST_LITERAL("payment.succeeded"), count, PAYVOST_INVALID_OPTION}, /* has a handler already */
        {PAYVOST_LITERAL("wallet.*"), count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL("*"), count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL(""), count, PAYVOST_INVALID_OPTION}, /* can match nothing */
        {PAYVOST_LITERAL("payment*"), count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL("*.failed"), count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL(" payment.failed"), count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL("payment.failed\0"), count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL("payment.\xff"), count, PAYVOST_INVALID_OPTION}, /* not UTF-8 */
        {NULL, 0, count, PAYVOST_INVALID_OPTION},
        {NULL, 7, count, PAYVOST_INVALID_OPTION},
        {"*", SIZE_MAX, count, PAYVOST_INVALID_OPTION},
        {PAYVOST_LITERAL("user.*"), NULL, PAYVOST_INVALID_ARGUMENT},
    };
    size_t i;

    for (i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        payvost_router *router = new_router();
        payvost_event *event = event_of("payment.succeeded");
        payvost_outcome outcome = UNTOUCHED;
        payvost_error error;
        int counted = 0;

        CHECK(payvost_router_on(router, PAYVOST_LITERAL("payment.succeeded"), count, &counted, NULL) == PAYVOST_OK);
        CHECK(payvost_router_on(router, PAYVOST_LITERAL("wallet.*"), count, &counted, NULL) == PAYVOST_OK);
        CHECK(payvost_router_on(router, PAYVOST_LITERAL("*"), count, &counted, NULL) == PAYVOST_OK);
        CHECK(payvost_router_on(router, mistakes[i].pattern, mistakes[i].length, mistakes[i].handler, &counted, &error) ==
              mistakes[i].result);
        CHECK(strcmp(payvost_error_code(&error), payvost_result_code((unsigned)mistakes[i].result)) == 0);
        CHECK(payvost_router_on(router, PAYVOST_LITERAL("fraud.*"), count, &counted, NULL) == mistakes[i].result);

        CHECK(payvost_router_dispatch(router, event, &outcome, &error) == mistakes[i].result);
        CHECK(outcome == UNTOUCHED && counted == 0);
        CHECK(payvost_error_http_status(&error) == 500);
        payvost_event_free(event);
        payvost_router_free(router);
    }
}

static void null_is_refused_everywhere(void) {
    payvost_router *router = new_router();
    payvost_event *event = event_of("payment.succeeded");
    payvost_outcome outcome = UNTOUCHED;
    payvost_error error;
    int counted = 0;

    CHECK(payvost_router_new(NULL, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(strcmp(payvost_error_code(&error), "invalid_argument") == 0);
    CHECK(payvost_router_new(NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_router_on(NULL, PAYVOST_LITERAL("*"), count, &counted, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_router_on(router, PAYVOST_LITERAL("*"), count, &counted, NULL) == PAYVOST_OK);

    CHECK(payvost_router_dispatch(NULL, event, &outcome, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_error_http_status(&error) == 500);
    CHECK(payvost_router_dispatch(router, NULL, &outcome, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_router_dispatch(router, event, NULL, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_router_dispatch(NULL, NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(outcome == UNTOUCHED && counted == 0);

    /* The user pointer may be NULL, and that router was not spoilt. */
    CHECK(payvost_router_on(router, PAYVOST_LITERAL("payment.*"), count, NULL, NULL) == PAYVOST_OK);
    CHECK(payvost_router_dispatch(router, event, &outcome, NULL) == PAYVOST_OK && outcome == PAYVOST_OUTCOME_HANDLED);
    payvost_event_free(event);
    payvost_router_free(router);
    payvost_router_free(NULL);
}

/* A handler that dispatches another event with the same router. */
struct nesting {
    const payvost_router *router;
    payvost_outcome inner;
};

static int dispatch_another(const payvost_event *event, void *user) {
    struct nesting *nesting = (struct nesting *)user;
    (void)event;
    nesting->inner = dispatched(nesting->router, "wallet.frozen");
    return 0;
}

static void a_handler_may_dispatch(void) {
    payvost_router *router = new_router();
    struct nesting nesting;
    int counted = 0;

    nesting.router = router;
    nesting.inner = UNTOUCHED;
    CHECK(payvost_router_on(router, PAYVOST_LITERAL("payment.*"), dispatch_another, &nesting, NULL) == PAYVOST_OK);
    CHECK(payvost_router_on(router, PAYVOST_LITERAL("wallet.*"), count, &counted, NULL) == PAYVOST_OK);
    CHECK(dispatched(router, "payment.created") == PAYVOST_OUTCOME_HANDLED);
    CHECK(nesting.inner == PAYVOST_OUTCOME_HANDLED && counted == 1);
    payvost_router_free(router);
}

enum { THREADS = 8, ROUNDS = 200 };

struct work {
    const payvost_router *router;
    const payvost_event *event;
    int handled;
};

static int count_atomically(const payvost_event *event, void *user) {
    (void)event;
    __atomic_fetch_add((int *)user, 1, __ATOMIC_RELAXED);
    return 0;
}

static void *dispatch_often(void *argument) {
    struct work *work = (struct work *)argument;
    int round;
    for (round = 0; round < ROUNDS; round++) {
        payvost_outcome outcome = UNTOUCHED;
        work->handled += payvost_router_dispatch(work->router, work->event, &outcome, NULL) == PAYVOST_OK &&
                         outcome == PAYVOST_OUTCOME_HANDLED;
    }
    return NULL;
}

static void many_threads_dispatch_at_once(void) {
    payvost_router *router = new_router();
    payvost_event *event = event_of("transfer.completed");
    pthread_t threads[THREADS];
    struct work work[THREADS];
    int counted = 0, i;

    CHECK(payvost_router_on(router, PAYVOST_LITERAL("transfer.*"), count_atomically, &counted, NULL) == PAYVOST_OK);
    for (i = 0; i < THREADS; i++) {
        work[i].router = router;
        work[i].event = event;
        work[i].handled = 0;
        CHECK(pthread_create(&threads[i], NULL, dispatch_often, &work[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(work[i].handled == ROUNDS);
    }
    CHECK(counted == THREADS * ROUNDS);
    payvost_event_free(event);
    payvost_router_free(router);
}

static void every_outcome_has_an_answer(void) {
    static const struct {
        unsigned outcome, status;
        const char *part;
    } answers[] = {
        {PAYVOST_OUTCOME_HANDLED, 200, "{\"received\":true}"},
        {PAYVOST_OUTCOME_UNHANDLED, 200, "{\"received\":true}"},
        {PAYVOST_OUTCOME_HANDLER_FAILED, 500, "\"handler_failed\""},
        {PAYVOST_OUTCOME_IN_PROGRESS, 409, "\"in_progress\""},
        {PAYVOST_OUTCOME_STORE_UNAVAILABLE, 503, "\"store_unavailable\""},
        {PAYVOST_OUTCOME_CONFLICT, 409, "\"event_conflict\""},
        {4711, 500, "\"handler_failed\""},
    };
    size_t i;

    /* The numbers are part of the binary interface. */
    CHECK(PAYVOST_OUTCOME_HANDLED == 0 && PAYVOST_OUTCOME_UNHANDLED == 1 && PAYVOST_OUTCOME_HANDLER_FAILED == 2);
    CHECK(PAYVOST_OUTCOME_IN_PROGRESS == 3 && PAYVOST_OUTCOME_STORE_UNAVAILABLE == 4 && PAYVOST_OUTCOME_CONFLICT == 5);
    for (i = 0; i < sizeof answers / sizeof *answers; i++) {
        CHECK(payvost_outcome_http_status(answers[i].outcome) == answers[i].status);
        CHECK(strstr(payvost_outcome_http_body(answers[i].outcome), answers[i].part) != NULL);
    }
}

static void every_refusal_has_an_answer(void) {
    static const char body[] = "{}";
    payvost_verifier *verifier = NULL;
    payvost_event *event = NULL;
    payvost_error error, none;
    char signature[PAYVOST_SIGNATURE_SIZE];

    memset(&none, 0, sizeof none);
    CHECK(payvost_error_http_status(NULL) == 200 && payvost_error_http_status(&none) == 200);
    CHECK(strcmp(payvost_error_http_body(NULL), "{\"received\":true}") == 0);
    CHECK(strcmp(payvost_error_http_body(&none), "{\"received\":true}") == 0);

    CHECK(payvost_verifier_new(NULL, 0, &verifier, &error) == PAYVOST_INVALID_SECRET);
    CHECK(payvost_error_http_status(&error) == 500);
    CHECK(strcmp(payvost_error_http_body(&error),
                 "{\"error\":{\"code\":\"invalid_secret\",\"message\":\"secret is missing: pass the webhook's secret, for "
                 "example from the WEBHOOK_SECRET environment variable\"}}") == 0);

    CHECK(payvost_verifier_new(SECRET, &verifier, &error) == PAYVOST_OK);
    CHECK(payvost_error_http_status(&error) == 200);
    CHECK(strcmp(payvost_error_http_body(&error), "{\"received\":true}") == 0);

    CHECK(payvost_verifier_verify(verifier, body, 2, NULL, 0, &event, &error) == PAYVOST_MISSING_SIGNATURE);
    CHECK(payvost_error_http_status(&error) == 400);
    CHECK(strstr(payvost_error_http_body(&error), "\"code\":\"missing_signature\"") != NULL);
    CHECK(payvost_sign(body, 2, SECRET, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, body, 2, signature, 64, &event, &error) == PAYVOST_INVALID_EVENT);
    CHECK(payvost_error_http_status(&error) == 400);
    CHECK(payvost_verifier_set_max_payload_bytes(verifier, 1, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, body, 2, signature, 64, &event, &error) == PAYVOST_PAYLOAD_TOO_LARGE);
    CHECK(payvost_error_http_status(&error) == 413);
    CHECK(payvost_verifier_verify(NULL, body, 2, signature, 64, &event, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_error_http_status(&error) == 500);
    CHECK(strstr(payvost_error_http_body(&error), "\"error\"") != NULL);
    payvost_verifier_free(verifier);
}

static void the_secret_that_matched_is_named(void) {
    static const char *const secrets[] = {"whsec_old", "whsec_new", "whsec_third"};
    static const char body[] =
        "{\"id\":\"e\",\"type\":\"t\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{}}";
    payvost_verifier *verifier = NULL;
    char signature[PAYVOST_SIGNATURE_SIZE];
    size_t i;

    CHECK(payvost_verifier_new(secrets[0], strlen(secrets[0]), &verifier, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_add_secret(verifier, secrets[1], strlen(secrets[1]), NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_add_secret(verifier, secrets[2], strlen(secrets[2]), NULL) == PAYVOST_OK);
    for (i = 0; i < 3; i++) {
        payvost_event *event = NULL;
        CHECK(payvost_sign(body, sizeof body - 1, secrets[i], strlen(secrets[i]), signature, NULL) == PAYVOST_OK);
        CHECK(payvost_verifier_verify(verifier, body, sizeof body - 1, signature, 64, &event, NULL) == PAYVOST_OK);
        CHECK(payvost_event_matching_secret(event) == i);
        payvost_event_free(event);
    }
    CHECK(payvost_event_matching_secret(NULL) == 0);
    payvost_verifier_free(verifier);
}

int main(void) {
    the_most_specific_handler_runs_and_only_that_one();
    unhandled_is_told_from_handled_and_from_failed();
    a_mistake_stays();
    null_is_refused_everywhere();
    a_handler_may_dispatch();
    many_threads_dispatch_at_once();
    every_outcome_has_an_answer();
    every_refusal_has_an_answer();
    the_secret_that_matched_is_named();
    return summary();
}
