/* The deliveries that all languages share, on the C interface: receive FOLDER OBSERVED
 *
 * Each is driven as a program in C would drive it, with a store and a handler that follow a script. Observations go to the
 * file OBSERVED, one line per case, and are compared there with those of the other languages. The form of the cases is described in
 * tests/vectors/receive/README.md. */

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

#define TEXT(value) json_string_value(value), json_string_length(value)

/* One case, while it runs. */
struct course {
    json_t *test, *arrived, *store, *steps;
    payvost_verifier *verifier;
    payvost_router *router;
    payvost_body *body;
    payvost_delivery *delivery;
    payvost_event *event;
};

static int never_called(const payvost_event *event, void *user) {
    (void)event, (void)user;
    CHECK(!"the script handles events itself");
    return 1;
}

static payvost_verifier *verifier_of(json_t *test) {
    payvost_verifier *verifier = NULL;
    const char *option;
    json_t *value;
    CHECK(payvost_verifier_new(PAYVOST_LITERAL("whsec_vectors"), &verifier, NULL) == PAYVOST_OK);
    json_object_foreach(json_object_get(test, "options"), option, value) {
        if (strcmp(option, "tolerance") == 0) {
            CHECK(payvost_verifier_set_tolerance(verifier, json_number_value(value), NULL) == PAYVOST_OK);
        } else if (strcmp(option, "expect_live_mode") == 0) {
            CHECK(payvost_verifier_set_expect_live_mode(verifier, json_is_true(value), NULL) == PAYVOST_OK);
        } else if (strcmp(option, "max_payload_bytes") == 0) {
            CHECK(payvost_verifier_set_max_payload_bytes(verifier, (uint64_t)json_integer_value(value), NULL) == PAYVOST_OK);
        } else {
            CHECK(!"the option can be set in C");
        }
    }
    return verifier;
}

static uint32_t claiming_of(json_t *test) {
    const char *claiming = json_string_value(json_object_get(test, "claiming"));
    return strcmp(claiming, "never") == 0   ? PAYVOST_CLAIMING_NEVER
           : strcmp(claiming, "lease") == 0 ? PAYVOST_CLAIMING_LEASE
                                            : PAYVOST_CLAIMING_INBOX;
}

static uint32_t end_of(json_t *arrived) {
    const char *end = json_string_value(json_object_get(arrived, "end"));
    return strcmp(end, "reached") == 0  ? PAYVOST_BODY_REACHED
           : strcmp(end, "broken") == 0 ? PAYVOST_BODY_BROKEN
           : strcmp(end, "consumed") == 0 ? PAYVOST_BODY_CONSUMED
                                          : PAYVOST_BODY_TIMED_OUT;
}

/* Feeds the fault of a step; false when it has none. */
static bool feed_fault(payvost_delivery *delivery, json_t *reply) {
    json_t *code = json_object_get(reply, "fault");
    if (code == NULL) {
        return false;
    }
    const payvost_str codes[] = {{TEXT(code)}};
    payvost_fault *fault = NULL;
    CHECK(payvost_fault_new(PAYVOST_LITERAL("ScriptedFault"), codes, 1, NULL, 0, &fault, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_feed_failed(delivery, fault, NULL) == PAYVOST_OK);
    payvost_fault_free(fault);
    return true;
}

static json_t *text_of(payvost_str text) {
    return json_stringn(text.data, text.len);
}

static void load(struct course *course) {
    json_t *kept = json_object_get(course->arrived, "kept");
    json_array_append_new(course->steps, json_pack("{s:s}", "step", "load"));
    CHECK(is(payvost_delivery_retried_key(course->delivery), TEXT(json_object_get(course->arrived, "key"))));
    if (!feed_fault(course->delivery, kept)) {
        CHECK(payvost_delivery_feed_loaded(course->delivery, kept != NULL, NULL) == PAYVOST_OK);
    }
}

static void verify(struct course *course) {
    json_t *kept = json_object_get(course->arrived, "kept"), *from = kept != NULL ? kept : course->arrived;
    json_t *payload = json_object_get(from, "payload"), *signature = json_object_get(from, "signature");
    payvost_result result = payvost_delivery_verify(course->delivery, course->verifier, NULL, course->router, TEXT(payload),
                                                    TEXT(signature), &course->event, NULL);
    CHECK((result == PAYVOST_OK) == (course->event != NULL));
    CHECK(payvost_delivery_result(course->delivery) == result);
}

static void claim(struct course *course) {
    json_t *reply = json_object_get(course->store, "claim"), *number = NULL;
    const payvost_claim_request *request = payvost_delivery_claim_request(course->delivery);
    const char *word = json_string_value(reply);
    json_array_append_new(course->steps,
                          json_pack("{s:s, s:o, s:b}", "step", "claim", "key", text_of(payvost_claim_request_key(request)), "retry",
                                    (int)payvost_delivery_claims_parked(course->delivery)));
    CHECK(payvost_delivery_token(course->delivery).len == 32);
    if (feed_fault(course->delivery, reply)) {
        return;
    }
    if (json_is_object(reply)) {
        word = json_object_iter_key(json_object_iter(reply));
        number = json_object_get(reply, word);
    }
    payvost_claim claim = payvost_claim_from_reply(word, strlen(word), json_integer_value(number));
    CHECK(payvost_delivery_feed_claimed(course->delivery, claim, NULL) == PAYVOST_OK);
}

static void handle(struct course *course) {
    json_t *handler = json_object_get(course->test, "handler"), *kind = json_object_get(handler, "raises");
    uint32_t end = kind != NULL                                  ? PAYVOST_HANDLER_FAILED
                   : json_object_get(handler, "hands_over") != NULL ? PAYVOST_HANDLER_HANDED_OVER
                                                                    : PAYVOST_HANDLER_RETURNED;
    json_array_append_new(course->steps, json_pack("{s:s, s:i}", "step", "handle", "attempt",
                                                   (int)payvost_delivery_attempt(course->delivery)));
    CHECK(payvost_delivery_feed_handled(course->delivery, end, TEXT(kind), NULL) == PAYVOST_OK);
}

static void complete(struct course *course) {
    static const char *const words[] = {"", "completed", "lost", "committed", "rolled_back", "aborted"};
    json_t *reply = json_object_get(course->store, "complete"), *held = json_object_get(reply, "held");
    const char *word = json_string_value(json_object_get(reply, "completion"));
    uint32_t completion = json_is_true(held) ? PAYVOST_COMPLETION_COMPLETED : PAYVOST_COMPLETION_LOST;
    json_array_append_new(course->steps, json_pack("{s:s}", "step", "complete"));
    if (feed_fault(course->delivery, reply)) {
        return;
    }
    for (uint32_t i = 1; word != NULL && i < sizeof words / sizeof *words; i++) {
        completion = strcmp(word, words[i]) == 0 ? i : completion;
    }
    CHECK(payvost_delivery_feed_completed(course->delivery, completion, NULL) == PAYVOST_OK);
}

static void release(struct course *course) {
    json_t *reply = json_object_get(course->store, "release");
    json_array_append_new(course->steps, json_pack("{s:s, s:o}", "step", "release", "error",
                                                   text_of(payvost_delivery_handler_error(course->delivery))));
    if (!feed_fault(course->delivery, reply)) {
        bool held = json_is_true(json_object_get(reply, "held"));
        CHECK(payvost_delivery_feed_released(course->delivery, held, NULL) == PAYVOST_OK);
    }
}

static json_t *record_of(const payvost_delivery *delivery) {
    static const char *const levels[] = {"info", "warning", "error"};
    json_t *fields = json_object();
    payvost_field field;
    for (size_t i = 0; payvost_delivery_log_field(delivery, i, &field); i++) {
        json_t *value = field.is_number ? json_integer((json_int_t)field.number) : text_of(field.text);
        json_object_set_new(fields, field.name, value);
    }
    return json_pack("{s:s, s:s, s:o, s:b}", "level", levels[payvost_delivery_log_level(delivery)], "line",
                     payvost_delivery_log_line(delivery), "fields", fields, "exception",
                     (int)payvost_delivery_log_with_exception(delivery));
}

/* Takes the steps that the delivery asks for, and gives the records that were logged. */
static json_t *drive(struct course *course) {
    json_t *records = json_array();
    payvost_ask ask;
    while ((ask = payvost_delivery_next(course->delivery)) != PAYVOST_ASK_NOTHING) {
        switch (ask) {
        case PAYVOST_ASK_LOAD: load(course); break;
        case PAYVOST_ASK_VERIFY: verify(course); break;
        case PAYVOST_ASK_CLAIM: claim(course); break;
        case PAYVOST_ASK_HANDLE: handle(course); break;
        case PAYVOST_ASK_COMPLETE: complete(course); break;
        case PAYVOST_ASK_RELEASE: release(course); break;
        case PAYVOST_ASK_LOG:
            json_array_append_new(records, record_of(course->delivery));
            CHECK(payvost_delivery_feed_logged(course->delivery, NULL) == PAYVOST_OK);
            break;
        default: CHECK(!"the step is known"); return records;
        }
    }
    return records;
}

static void arrive(struct course *course) {
    json_t *payload = json_object_get(course->arrived, "payload"), *key = json_object_get(course->arrived, "key");
    json_t *length = json_object_get(course->arrived, "content_length"),
           *coding = json_object_get(course->arrived, "transfer_encoding");
    if (key != NULL) {
        CHECK(payvost_delivery_new_retry(claiming_of(course->test), TEXT(key), &course->delivery, NULL) == PAYVOST_OK);
        return;
    }
    CHECK(payvost_body_new(course->verifier, TEXT(length), TEXT(coding), &course->body, NULL) == PAYVOST_OK);
    size_t limit = payvost_body_limit(course->body), read = json_string_length(payload);
    CHECK(payvost_delivery_new(claiming_of(course->test), course->body, read < limit ? read : limit, end_of(course->arrived),
                               &course->delivery, NULL) == PAYVOST_OK);
}

static json_t *answer_of(const payvost_delivery *delivery, const char *member) {
    if (!payvost_delivery_outcome(delivery, NULL)) {
        return json_null();
    }
    if (strcmp(member, "outcome") == 0) {
        return json_string(payvost_delivery_code(delivery));
    }
    if (strcmp(member, "status") == 0) {
        return json_integer(payvost_delivery_http_status(delivery));
    }
    if (strcmp(member, "body") == 0) {
        return json_string(payvost_delivery_http_body(delivery));
    }
    json_t *headers = json_object();
    const char *name, *value;
    for (size_t i = 0; payvost_delivery_http_header(delivery, i, &name, &value); i++) {
        json_object_set_new(headers, name, json_string(value));
    }
    return headers;
}

/* A line of OBSERVED. */
static json_t *observe(json_t *test) {
    struct course course = {test, json_object_get(test, "arrived"), json_object_get(test, "store"), json_array(), verifier_of(test),
                            NULL, NULL, NULL, NULL};
    CHECK(payvost_router_new(&course.router, NULL) == PAYVOST_OK);
    if (!json_is_false(json_object_get(test, "registered"))) {
        CHECK(payvost_router_on(course.router, PAYVOST_LITERAL("*"), never_called, NULL, NULL) == PAYVOST_OK);
    }
    arrive(&course);
    json_t *records = drive(&course), *observed = json_pack("{s:O, s:o}", "id", json_object_get(test, "id"), "steps", course.steps);
    static const char *const members[] = {"outcome", "status", "headers", "body"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_object_set_new(observed, members[i], answer_of(course.delivery, members[i]));
    }
    CHECK(json_array_size(records) == (payvost_delivery_outcome(course.delivery, NULL) ? 1 : 0));
    json_object_set_new(observed, "record", json_array_size(records) > 0 ? json_incref(json_array_get(records, 0)) : json_null());
    json_decref(records);
    payvost_event_free(course.event);
    payvost_delivery_free(course.delivery);
    payvost_body_free(course.body);
    payvost_router_free(course.router);
    payvost_verifier_free(course.verifier);
    return observed;
}

/* Equal, but for what stands behind a * in an expected text. */
static bool matches(json_t *observed, json_t *expected) {
    const char *name, *star = json_string_value(expected);
    json_t *value;
    if (json_is_object(expected) && json_is_object(observed)) {
        json_object_foreach(expected, name, value) {
            json_t *member = json_object_get(observed, name);
            if (member == NULL || !matches(member, value)) {
                return false;
            }
        }
        return json_object_size(observed) == json_object_size(expected);
    }
    star = star != NULL ? strchr(star, '*') : NULL;
    if (star != NULL && json_is_string(observed)) {
        size_t before = (size_t)(star - json_string_value(expected));
        return json_string_length(observed) > before &&
               memcmp(json_string_value(observed), json_string_value(expected), before) == 0;
    }
    return json_equal(observed, expected);
}

static void compare(json_t *test, json_t *observed) {
    static const char *const members[] = {"steps", "outcome", "status", "headers", "body", "record"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_t *expected = json_object_get(test, members[i]), *seen = json_object_get(observed, members[i]);
        bool equal = expected == NULL ? json_is_null(seen) : matches(seen, expected);
        CHECK(equal);
        if (!equal) {
            char *wanted = json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY), *got = json_dumps(seen, JSON_COMPACT | JSON_ENCODE_ANY);
            printf("  %s, %s\n  observed %.600s\n  expected %.600s\n", json_string_value(json_object_get(test, "id")), members[i], got,
                   wanted);
            free(wanted);
            free(got);
        }
    }
}

static size_t run_file(const char *path, FILE *log) {
    json_error_t problem;
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &problem), *tests = json_object_get(file, "cases"), *test;
    size_t i;
    if (file == NULL) {
        printf("%s:%d: %s\n", path, problem.line, problem.text);
    }
    CHECK(json_array_size(tests) > 0);
    json_array_foreach(tests, i, test) {
        json_t *observed = observe(test);
        char *line = json_dumps(observed, JSON_COMPACT);
        fprintf(log, "%s\n", line);
        compare(test, observed);
        free(line);
        json_decref(observed);
    }
    i = json_array_size(tests);
    json_decref(file);
    return i;
}

int main(int count, char **arguments) {
    glob_t files;
    size_t cases = 0;
    char pattern[4096];
    if (count != 3) {
        fprintf(stderr, "usage: receive FOLDER OBSERVED\n");
        return 2;
    }
    snprintf(pattern, sizeof pattern, "%s/*.json", arguments[1]);
    CHECK(glob(pattern, 0, NULL, &files) == 0);
    FILE *log = fopen(arguments[2], "w");
    if (log == NULL) {
        perror(arguments[2]);
        return 2;
    }
    for (size_t i = 0; i < files.gl_pathc; i++) {
        cases += run_file(files.gl_pathv[i], log);
    }
    globfree(&files);
    CHECK(fclose(log) == 0);
    printf("%zu deliveries\n", cases);
    return summary();
}
