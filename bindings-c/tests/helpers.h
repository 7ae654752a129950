/* Shared helpers of the C tests. */

#ifndef HELPERS_H
#define HELPERS_H

#include <payvost_webhooks.h>
#include <string.h>

#include "check.h"

#define SECRET PAYVOST_LITERAL("whsec_contract")
#define BODY PAYVOST_LITERAL("{\"id\":\"evt_1\",\"type\":\"payment.succeeded\",\"createdAt\":\"2025-11-01T10:00:00Z\"," \
                             "\"liveMode\":true,\"data\":{}}")

/* The value of a handle's place before a call, to check that a failure leaves it unchanged. */
static char untouched_byte;
#define UNTOUCHED ((void *)&untouched_byte)

static inline payvost_verifier *new_verifier(void) {
    payvost_verifier *verifier = NULL;
    CHECK(payvost_verifier_new(SECRET, &verifier, NULL) == PAYVOST_OK);
    return verifier;
}

static inline const char *signed_by(const char *body, size_t length, const char *secret, size_t secret_len) {
    static _Thread_local char signature[PAYVOST_SIGNATURE_SIZE];
    CHECK(payvost_sign(body, length, secret, secret_len, signature, NULL) == PAYVOST_OK);
    return signature;
}

/* The event of a correctly signed body; NULL and a failed check if it is refused. */
static inline payvost_event *verified(const char *body, size_t length) {
    payvost_verifier *verifier = new_verifier();
    payvost_event *event = NULL;
    payvost_error error;
    CHECK(payvost_verifier_verify(verifier, body, length, signed_by(body, length, SECRET), 64, &event, &error) ==
          PAYVOST_OK);
    if (event == NULL) {
        printf("  %s\n", payvost_error_message(&error));
    }
    payvost_verifier_free(verifier);
    return event;
}

/* Why a correctly signed body is refused. */
static inline payvost_result refused(const char *body, size_t length, payvost_error *error) {
    payvost_verifier *verifier = new_verifier();
    payvost_event *event = UNTOUCHED;
    CHECK(payvost_verifier_set_max_payload_bytes(verifier, 1 << 25, NULL) == PAYVOST_OK);
    payvost_result result =
        payvost_verifier_verify(verifier, body, length, signed_by(body, length, SECRET), 64, &event, error);
    CHECK(result != PAYVOST_OK && (void *)event == UNTOUCHED);
    payvost_verifier_free(verifier);
    return result;
}

static inline int is(payvost_str text, const char *expected, size_t length) {
    return text.len == length && memcmp(text.data, expected, length) == 0;
}

static inline int reads(payvost_value value, const char *expected, size_t length) {
    payvost_str text;
    return payvost_value_string(value, &text) && is(text, expected, length);
}

#endif
