/* Large and hostile bodies in a thread with a small stack, and handles that threads share: hostile [DIVISOR]
 *
 * The bodies are smaller by the divisor, for a run under a tool that is slow. */

#include <pthread.h>
#include <stdlib.h>

#include "helpers.h"

static size_t divisor = 1;

/* A body of about a MiB: a start, a piece as often as it fits, an end. */
static char *grown(const char *start, const char *piece, const char *end, size_t *length) {
    const size_t room = (1 << 20) / divisor;
    char *body = malloc(room);
    size_t used = strlen(start);
    memcpy(body, start, used);
    while (used + strlen(piece) + strlen(end) <= room) {
        memcpy(body + used, piece, strlen(piece));
        used += strlen(piece);
    }
    memcpy(body + used, end, strlen(end));
    *length = used + strlen(end);
    return body;
}

#define ENVELOPE "{\"id\":\"e\",\"type\":\"t\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{\"v\":"

static void refuses_hostile(const char *start, const char *piece, const char *end, size_t expected_offset) {
    payvost_error error;
    size_t length, offset = 0;
    char *body = grown(start, piece, end, &length);
    CHECK(refused(body, length, &error) == PAYVOST_INVALID_JSON);
    CHECK(payvost_error_offset(&error, &offset));
    CHECK(offset == (expected_offset == SIZE_MAX ? length : expected_offset));
    free(body);
}

static void accepts_large(const char *start, const char *piece, const char *end) {
    size_t length, entries = 0;
    char *body = grown(start, piece, end, &length);
    payvost_event *event = verified(body, length);
    payvost_str text;
    if (payvost_value_string(payvost_event_pointer(event, PAYVOST_LITERAL("/data/v")), &text)) {
        CHECK(text.len > 0);
    }
    payvost_value entry;
    payvost_iterator each = payvost_value_iterate(payvost_event_pointer(event, PAYVOST_LITERAL("/data/v")));
    while (payvost_iterator_next(&each, &text, &entry)) {
        entries++;
    }
    CHECK(entries == payvost_value_length(payvost_event_pointer(event, PAYVOST_LITERAL("/data/v"))));
    payvost_event_free(event);
    free(body);
}

/* Each key has an escape, so that each is decoded and kept as it is walked over. */
static void accepts_a_million_keys(void) {
    const int keys = 1000000 / (int)divisor;
    char *body = malloc((size_t)keys * sizeof ",\"\\u006b123456\":0" + sizeof ENVELOPE "{}}}");
    size_t used = (size_t)sprintf(body, ENVELOPE "{");
    for (int i = 0; i < keys; i++) {
        used += (size_t)sprintf(body + used, "%s\"\\u006b%06d\":%d", i == 0 ? "" : ",", i, i % 10);
    }
    used += (size_t)sprintf(body + used, "}}}");

    payvost_verifier *verifier = new_verifier();
    payvost_event *event = NULL;
    CHECK(payvost_verifier_set_max_payload_bytes(verifier, used, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, body, used, signed_by(body, used, SECRET), 64, &event, NULL) == PAYVOST_OK);
    payvost_iterator members = payvost_value_iterate(payvost_event_pointer(event, PAYVOST_LITERAL("/data/v")));
    payvost_str key;
    payvost_value value;
    int64_t number, sum = 0;
    while (payvost_iterator_next(&members, &key, &value)) {
        sum += payvost_value_int64(value, &number) && key.len == 7 ? number : 0;
    }
    CHECK(sum == keys / 10 * 45);
    payvost_event_free(event);
    payvost_verifier_free(verifier);
    free(body);
}

static void *hostile_bodies(void *unused) {
    refuses_hostile("", "[", "", 128);
    refuses_hostile("", "{\"a\":", "", 128 * 5);
    refuses_hostile(ENVELOPE, "[", "", strlen(ENVELOPE) + 126);
    refuses_hostile(ENVELOPE, "9", "}}", strlen(ENVELOPE));
    refuses_hostile(ENVELOPE, "-1e", "}}", strlen(ENVELOPE) + 5);
    refuses_hostile(ENVELOPE "\"", "x", "", SIZE_MAX);
    refuses_hostile(ENVELOPE "\"", "\xed\xa0\x80", "\"}}", strlen(ENVELOPE) + 1);
    refuses_hostile(ENVELOPE "\"", "\\ud800", "\"}}", strlen(ENVELOPE) + 1);
    refuses_hostile(ENVELOPE "[", "\"k\",", "\"k\"", SIZE_MAX);
    refuses_hostile(ENVELOPE "{", "\"k\":0,", "\"k\":0}}}", strlen(ENVELOPE) + 1 + 6);
    refuses_hostile("", " ", "", SIZE_MAX);

    accepts_large(ENVELOPE "\"", "\\u0041", "\"}}");
    accepts_large(ENVELOPE "\"", "\\", "\\\\\"}}");
    accepts_large(ENVELOPE "[0", ",\"\\n\"", "]}}");
    accepts_large(ENVELOPE "[0", ",[]", "]}}");
    accepts_large(ENVELOPE "0.", "3", "}}");
    accepts_a_million_keys();
    return unused;
}

static void hostile_bodies_need_no_deep_stack(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 128 * 1024) == 0);
    CHECK(pthread_create(&thread, &attributes, hostile_bodies, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

struct shared {
    const payvost_verifier *verifier;
    const payvost_event *event;
    unsigned wrong;
};

static void *use_both(void *argument) {
    struct shared *shared = argument;
    char signature[PAYVOST_SIGNATURE_SIZE];
    for (int i = 0; i < 200; i++) {
        payvost_event *event = NULL;
        shared->wrong += payvost_sign(BODY, SECRET, signature, NULL) != PAYVOST_OK;
        shared->wrong += payvost_verifier_verify(shared->verifier, BODY, signature, 64, &event, NULL) != PAYVOST_OK;
        shared->wrong += !is(payvost_event_id(event), "evt_1", 5);
        payvost_event_free(event);
        payvost_value list = payvost_event_pointer(shared->event, PAYVOST_LITERAL("/data/v"));
        shared->wrong += !reads(payvost_value_element(list, (size_t)i % 4), &"\nA\nB\nC\nD"[i % 4 * 2], 2);
    }
    return NULL;
}

static void verifier_and_event_are_shared_by_threads(void) {
    static const char body[] = ENVELOPE "[\"\\nA\",\"\\nB\",\"\\nC\",\"\\nD\"]}}";
    payvost_verifier *verifier = new_verifier();
    payvost_event *event = verified(body, sizeof body - 1);
    struct shared shared[4];
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        shared[i] = (struct shared){verifier, event, 0};
        CHECK(pthread_create(&threads[i], NULL, use_both, &shared[i]) == 0);
    }
    for (size_t i = 0; i < 4; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(shared[i].wrong == 0);
    }
    payvost_event_free(event);
    payvost_verifier_free(verifier);
}

int main(int count, char **arguments) {
    if (count > 1) {
        divisor = strtoul(arguments[1], NULL, 10);
    }
    hostile_bodies_need_no_deep_stack();
    verifier_and_event_are_shared_by_threads();
    return summary();
}
