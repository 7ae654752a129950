/* The shared calls of the management API, on the C interface: manage FOLDER OBSERVED
 *
 * Observations go to the file OBSERVED, one line per case, and are compared there with those of the other languages.
 * tests/vectors/manage/README.md describes the cases. */

#include <ctype.h>
#include <glob.h>
#include <jansson.h>

#include "canonical.h"

#define START_UNIX_MS UINT64_C(1761991200000)

static const char *const FAULTS[] = {"",          "not_sent",   "connect_timed_out", "timed_out", "lost",
                                     "tls_failed", "malformed", "too_large",         "cancelled"};

static const char *const OPERATIONS[] = {"",
                                         "webhooks.create",
                                         "webhooks.list",
                                         "webhooks.get",
                                         "webhooks.update",
                                         "webhooks.delete",
                                         "webhooks.rotateSecret",
                                         "webhooks.test",
                                         "webhooks.getLogs",
                                         "testing.triggerWebhook",
                                         "testing.advanceTime",
                                         "testing.resetTime",
                                         "testing.resetAllData"};

static uint32_t number_of(const char *const *names, size_t count, const char *name) {
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return (uint32_t)i;
        }
    }
    CHECK(!"the name is known");
    return 0;
}

#define NUMBER_OF(names, name) number_of(names, sizeof(names) / sizeof *(names), name)

/* The JSON of an object with its outermost names in snake case, as this interface expects. NULL if it is not an object. */
static char *snake_json(json_t *object) {
    const char *name;
    json_t *value, *renamed;
    if (object == NULL) {
        return NULL;
    }
    renamed = json_object();
    json_object_foreach(object, name, value) {
        char snake[128];
        size_t length = 0, end = strlen(name);
        if (end > 7 && strcmp(name + end - 7, "Seconds") == 0) {
            end -= 7;
        }
        for (size_t i = 0; i < end; i++) {
            if (isupper((unsigned char)name[i])) {
                snake[length++] = '_';
            }
            snake[length++] = (char)tolower((unsigned char)name[i]);
        }
        snake[length] = '\0';
        json_object_set(renamed, snake, value);
    }
    char *text = json_dumps(renamed, JSON_COMPACT);
    json_decref(renamed);
    return text;
}

/* A call on a transport with scripted responses, and on the clock of its case. */
struct run {
    payvost_client *client;
    json_t *call;
    uint64_t *clock;
    size_t step;
    json_t *requests;
    json_t *waits;
    json_t *attempts;
};

static json_t *optional_text(const char *text) { return text != NULL ? json_string(text) : json_null(); }

static uint64_t integer_of(json_t *object, const char *name, uint64_t otherwise) {
    json_t *number = json_object_get(object, name);
    return number != NULL ? (uint64_t)json_integer_value(number) : otherwise;
}

/* The parameter that the message of a refusal names: the first text between backticks. */
static json_t *refused_call(const payvost_error *error) {
    const char *begin = strchr(payvost_error_message(error), '`');
    size_t length = begin != NULL ? strcspn(begin + 1, "`") : 0;
    CHECK(*payvost_error_hint(error) != '\0');
    return json_pack("{s:{s:s, s:s%}}", "refused", "code", payvost_error_code(error), "parameter",
                     begin != NULL ? begin + 1 : "", length);
}

static json_t *sent(const payvost_call *call) {
    json_t *headers = json_object();
    payvost_str name, value, body;
    for (size_t i = 0; payvost_call_header(call, i, &name, &value); i++) {
        char lower[64];
        size_t length = 0;
        for (; length < name.len && length < sizeof lower - 1; length++) {
            lower[length] = (char)tolower((unsigned char)name.data[length]);
        }
        lower[length] = '\0';
        if (strcmp(lower, "user-agent") == 0) {
            CHECK(value.len > 17 && memcmp(value.data, "payvost-webhooks/", 17) == 0);
        } else {
            json_object_set_new(headers, lower, json_stringn(value.data, value.len));
        }
    }
    uint64_t limit = payvost_call_time_limit_ms(call);
    json_t *request = json_pack("{s:s, s:s, s:o}", "method", payvost_call_method(call), "url", payvost_call_url(call), "headers", headers);
    json_object_set_new(request, "body", payvost_call_body(call, &body) ? json_stringn(body.data, body.len) : json_null());
    json_object_set_new(request, "time_limit_ms", limit != 0 ? json_integer((json_int_t)limit) : json_null());
    return request;
}

static struct buffer body_of(json_t *step) {
    struct buffer body = {0};
    json_t *text = json_object_get(step, "body"), *parts = json_object_get(step, "body_repeat"), *part;
    size_t i;
    append(&body, "", 0);
    if (text != NULL) {
        append(&body, json_string_value(text), json_string_length(text));
    } else if (parts == NULL) {
        append_unhexed(&body, json_string_value(json_object_get(step, "body_hex")));
    }
    json_array_foreach(parts, i, part) {
        json_t *piece = json_array_get(part, 0);
        for (json_int_t left = json_integer_value(json_array_get(part, 1)); left > 0; left--) {
            append(&body, json_string_value(piece), json_string_length(piece));
        }
    }
    return body;
}

static json_t *next_step(struct run *run) {
    json_t *step = json_array_get(json_object_get(run->call, "script"), run->step++);
    CHECK(step != NULL);
    return step;
}

static void answer(struct run *run, payvost_call *call) {
    json_t *step = next_step(run), *fault = json_object_get(step, "fault"), *header;
    payvost_error error;
    size_t i;
    *run->clock += integer_of(step, "takes", 0);
    payvost_call_set_random(call, (uint32_t)integer_of(step, "random", 0));
    uint64_t now = *run->clock;
    if (fault != NULL) {
        uint32_t number = NUMBER_OF(FAULTS, json_string_value(fault));
        CHECK(payvost_call_feed_fault(call, number, now, START_UNIX_MS + now, &error) == PAYVOST_OK);
    } else {
        struct buffer body = body_of(step);
        json_array_foreach(json_object_get(step, "headers"), i, header) {
            json_t *name = json_array_get(header, 0), *value = json_array_get(header, 1);
            payvost_call_feed_header(call, json_string_value(name), json_string_length(name), json_string_value(value),
                                     json_string_length(value));
        }
        CHECK(payvost_call_feed_response(call, (uint32_t)integer_of(step, "status", 0), body.data, body.length, now,
                                         START_UNIX_MS + now, &error) == PAYVOST_OK);
        free(body.data);
    }
    uint32_t status = payvost_call_status(call);
    json_t *attempt = json_pack("{s:i, s:I}", "attempt", (int)payvost_call_attempts(call), "duration_ms",
                                (json_int_t)payvost_call_duration_ms(call));
    json_object_set_new(attempt, "status", status != 0 ? json_integer(status) : json_null());
    json_object_set(attempt, "fault", fault != NULL ? fault : json_null());
    json_object_set_new(attempt, "request_id", optional_text(payvost_call_request_id(call)));
    json_array_append_new(run->attempts, attempt);
}

static void wait_for(struct run *run, payvost_call *call) {
    uint64_t pause = payvost_call_wait_ms(call);
    json_t *script = json_object_get(run->call, "script");
    json_t *wait = json_object_get(json_array_get(script, run->step), "wait");
    json_array_append_new(run->waits, json_integer((json_int_t)pause));
    run->step += wait != NULL;
    *run->clock += integer_of(wait, "lasts", pause);
    uint64_t now = *run->clock;
    if (json_is_true(json_object_get(wait, "cancelled"))) {
        CHECK(payvost_call_feed_fault(call, PAYVOST_CALL_CANCELLED, now, START_UNIX_MS + now, NULL) == PAYVOST_OK);
    } else {
        CHECK(payvost_call_feed_waited(call, now, START_UNIX_MS + now, NULL) == PAYVOST_OK);
    }
}

static json_t *error_of(const payvost_call *call) {
    uint64_t seconds;
    uint32_t status = payvost_call_status(call);
    CHECK(*payvost_call_error_message(call) != '\0' && *payvost_call_error_hint(call) != '\0');
    json_t *error = json_pack("{s:s, s:s, s:i}", "code", payvost_call_error_code(call), "message",
                              payvost_call_error_message(call), "attempts", (int)payvost_call_attempts(call));
    json_object_set_new(error, "cause", optional_text(payvost_call_error_cause(call)));
    json_object_set_new(error, "status", status != 0 ? json_integer(status) : json_null());
    json_object_set_new(error, "field", optional_text(payvost_call_error_field(call)));
    json_object_set_new(error, "request_id", optional_text(payvost_call_request_id(call)));
    bool asked = payvost_call_error_retry_after(call, &seconds);
    json_object_set_new(error, "retry_after", asked ? json_integer((json_int_t)seconds) : json_null());
    return error;
}

static json_t *canonical_json(payvost_value value) {
    struct buffer text = {0};
    append_canonical(&text, value);
    json_t *made = json_stringn(text.data, text.length);
    free(text.data);
    return made;
}

/* The call of a page; NULL and the refusal if it is refused. */
static payvost_call *single(struct run *run, const char *parameters, json_t **refused) {
    unsigned char random[16];
    const char *hex = json_string_value(json_object_get(run->call, "random"));
    char *options = snake_json(json_object_get(run->call, "options"));
    payvost_call *call = NULL;
    payvost_error error;
    for (size_t i = 0; i < sizeof random; i++) {
        unsigned byte = 0;
        CHECK(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        random[i] = (unsigned char)byte;
    }
    uint32_t operation = NUMBER_OF(OPERATIONS, json_string_value(json_object_get(run->call, "operation")));
    payvost_result result =
        payvost_call_new(run->client, operation, parameters, strlen(parameters), options, options != NULL ? strlen(options) : 0,
                         random, *run->clock, START_UNIX_MS + *run->clock, &call, &error);
    free(options);
    if (result != PAYVOST_OK) {
        *refused = refused_call(&error);
        return NULL;
    }
    for (;;) {
        switch (payvost_call_next(call)) {
        case PAYVOST_CALL_REQUEST:
            json_array_append_new(run->requests, sent(call));
            answer(run, call);
            break;
        case PAYVOST_CALL_WAIT:
            wait_for(run, call);
            break;
        default:
            return call;
        }
    }
}

static json_t *observe_call(payvost_client *client, json_t *given, uint64_t *clock) {
    struct run run = {client, given, clock, 0, json_array(), json_array(), json_array()};
    bool iterates = json_is_true(json_object_get(given, "iterate"));
    char *parameters = snake_json(json_object_get(given, "parameters"));
    json_t *observed = json_object(), *entries = json_array(), *refused = NULL;
    for (;;) {
        payvost_call *call = single(&run, parameters, &refused);
        free(parameters);
        parameters = NULL;
        if (call == NULL) {
            break;
        }
        if (!payvost_call_succeeded(call)) {
            json_object_set_new(observed, "error", error_of(call));
        } else if (!iterates) {
            uint64_t total;
            json_t *result = json_pack("{s:o, s:i}", "data", canonical_json(payvost_call_data(call)), "attempts",
                                       (int)payvost_call_attempts(call));
            if (payvost_call_total(call, &total)) {
                json_object_set_new(result, "total", json_integer((json_int_t)total));
            }
            CHECK(strcmp(payvost_call_error_code(call), "ok") == 0);
            json_object_set_new(observed, "result", result);
        } else {
            payvost_iterator each = payvost_value_iterate(payvost_call_data(call));
            payvost_value entry;
            while (payvost_iterator_next(&each, NULL, &entry)) {
                json_array_append_new(entries, canonical_json(entry));
            }
            const char *next = payvost_call_next_page(call);
            if (next != NULL) {
                size_t size = strlen(next) + 1;
                parameters = malloc(size);
                if (parameters == NULL) {
                    abort();
                }
                memcpy(parameters, next, size);
            } else {
                json_object_set(observed, "entries", entries);
            }
        }
        payvost_call_free(call);
        if (parameters == NULL) {
            break;
        }
    }
    CHECK(run.step == json_array_size(json_object_get(given, "script")));
    json_object_set(observed, "requests", run.requests);
    json_object_set(observed, "waits", run.waits);
    json_object_set(observed, "attempts", run.attempts);
    if (refused != NULL) {
        json_decref(observed);
        observed = refused;
    }
    json_decref(entries);
    json_decref(run.requests);
    json_decref(run.waits);
    json_decref(run.attempts);
    return observed;
}

static json_t *observe(json_t *test) {
    json_t *client_of = json_object_get(test, "client"), *key = json_object_get(client_of, "apiKey");
    char *options = snake_json(json_object_get(client_of, "options"));
    json_t *observed = json_array(), *call;
    payvost_client *client = NULL;
    payvost_error error;
    uint64_t clock = 0;
    size_t i;
    payvost_result result = payvost_client_new(json_string_value(key), json_string_length(key), options,
                                               options != NULL ? strlen(options) : 0, &client, &error);
    free(options);
    json_array_foreach(json_object_get(test, "calls"), i, call) {
        for (uint64_t left = integer_of(call, "repeat", 1); left > 0; left--) {
            json_array_append_new(observed,
                                  result == PAYVOST_OK ? observe_call(client, call, &clock) : refused_call(&error));
        }
    }
    payvost_client_free(client);
    return json_pack("{s:O, s:o}", "id", json_object_get(test, "id"), "calls", observed);
}

/* Mistakes in the use of this interface, which the vectors do not cover. */
static void check_misuse(void) {
    payvost_client *client = UNTOUCHED;
    payvost_call *call = UNTOUCHED;
    payvost_error error;
    payvost_str text;
    uint64_t number;
    CHECK(payvost_client_new(NULL, 0, NULL, 0, &client, &error) == PAYVOST_INVALID_OPTION);
    CHECK((void *)client == UNTOUCHED && strstr(payvost_error_message(&error), "`api_key`") != NULL);
    CHECK(payvost_client_new(PAYVOST_LITERAL("sk_test_x"), NULL, 0, NULL, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_client_new(PAYVOST_LITERAL("sk_test_x"), NULL, 0, &client, &error) == PAYVOST_OK);
    CHECK(*payvost_error_message(&error) == '\0');
    CHECK(payvost_call_new(NULL, PAYVOST_CALL_WEBHOOKS_LIST, NULL, 0, NULL, 0, NULL, 0, 0, &call, &error) ==
          PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_call_new(client, 0, NULL, 0, NULL, 0, NULL, 0, 0, &call, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_call_new(client, 99, NULL, 0, NULL, 0, NULL, 0, 0, &call, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_call_new(client, PAYVOST_CALL_WEBHOOKS_LIST, NULL, 0, NULL, 0, NULL, 0, 0, NULL, &error) ==
          PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_call_new(client, PAYVOST_CALL_WEBHOOKS_LIST, PAYVOST_LITERAL("{"), NULL, 0, NULL, 0, 0, &call, &error) ==
          PAYVOST_INVALID_OPTION);
    CHECK((void *)call == UNTOUCHED);
    CHECK(payvost_call_new(client, PAYVOST_CALL_WEBHOOKS_LIST, NULL, 0, NULL, 0, NULL, 0, 0, &call, NULL) == PAYVOST_OK);
    payvost_client_free(client); /* the call stays valid */
    CHECK(payvost_call_next(call) == PAYVOST_CALL_REQUEST && payvost_call_wait_ms(call) == 0);
    CHECK(strstr(payvost_call_dry_run(call), "sk_test_[redacted]") != NULL && strstr(payvost_call_dry_run(call), "sk_test_x") == NULL);
    CHECK(!payvost_call_body(call, &text) && payvost_value_kind(payvost_call_data(call)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_call_feed_waited(call, 0, 0, &error) == PAYVOST_UNEXPECTED_ANSWER);
    CHECK(payvost_call_feed_fault(call, 0, 0, 0, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_call_feed_response(call, 70000, NULL, 0, 0, 0, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_call_feed_response(NULL, 200, NULL, 0, 0, 0, &error) == PAYVOST_INVALID_ARGUMENT);
    payvost_call_feed_header(call, NULL, 5, NULL, 5);
    payvost_call_feed_header(call, PAYVOST_LITERAL("retry-after"), PAYVOST_LITERAL("\xff"));
    CHECK(payvost_call_next(call) == PAYVOST_CALL_REQUEST);
    payvost_call_feed_header(call, PAYVOST_LITERAL("X-RateLimit-Limit"), PAYVOST_LITERAL("100"));
    payvost_call_drop_headers(call);
    CHECK(payvost_call_feed_response(call, 503, NULL, 0, 10, 10, &error) == PAYVOST_OK);
    CHECK(payvost_call_next(call) == PAYVOST_CALL_WAIT && payvost_call_wait_ms(call) <= PAYVOST_FIRST_RETRY_PAUSE_MS);
    CHECK(!payvost_call_rate_limit(call, &number, NULL, NULL));
    CHECK(payvost_call_feed_fault(call, PAYVOST_CALL_CANCELLED, 20, 20, &error) == PAYVOST_OK);
    CHECK(payvost_call_next(call) == PAYVOST_CALL_DONE && !payvost_call_succeeded(call));
    CHECK(strcmp(payvost_call_error_code(call), "cancelled") == 0 && payvost_call_next_page(call) == NULL);
    CHECK(payvost_call_feed_waited(call, 0, 0, &error) == PAYVOST_UNEXPECTED_ANSWER);
    payvost_call_free(call);
    payvost_call_free(NULL);
    payvost_client_free(NULL);
    CHECK(payvost_call_next(NULL) == PAYVOST_CALL_DONE && *payvost_call_url(NULL) == '\0' && *payvost_call_dry_run(NULL) == '\0');
    CHECK(!payvost_call_header(NULL, 0, NULL, NULL) && !payvost_call_succeeded(NULL) && payvost_call_request_id(NULL) == NULL);
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
        fprintf(stderr, "usage: manage FOLDER OBSERVED\n");
        return 2;
    }
    check_misuse();
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
    printf("%zu cases\n", cases);
    return summary();
}
