/* When memory runs out, a call returns PAYVOST_OUT_OF_MEMORY. It neither ends the process nor returns another verdict. */
#include <payvost_webhooks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

/* The program's malloc() is the library's too. Of glibc alone, which keeps its own under another name. */
extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_calloc(size_t count, size_t size);

static long left = -1;

static bool may_allocate(void) {
    if (left > 0) left--;
    return left != 0;
}

void *malloc(size_t size) { return may_allocate() ? __libc_malloc(size) : NULL; }
void *realloc(void *memory, size_t size) { return may_allocate() ? __libc_realloc(memory, size) : NULL; }
void *calloc(size_t count, size_t size) { return may_allocate() ? __libc_calloc(count, size) : NULL; }

static const char PAYLOAD[] =
        "{\"\\u0069d\":\"\\u0065vt_1\",\"type\":\"payment.succeeded\",\"createdAt\":\"2025-11-01T10:00:00Z\","
        "\"liveMode\":true,\"data\":{\"dense\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
        "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}}";

static payvost_result failed(long allowed, payvost_result result, const payvost_error *error) {
    left = -1;
    if (result == PAYVOST_OK) return result;
    CHECK(result == PAYVOST_OUT_OF_MEMORY);
    CHECK(strcmp(payvost_error_code(error), "out_of_memory") == 0);
    CHECK(payvost_error_http_status(error) == 500);
    CHECK(strstr(payvost_error_http_body(error), "\"out_of_memory\"") != NULL);
    CHECK(allowed < 100);
    return result;
}

int main(void) {
    payvost_verifier *verifier = NULL;
    payvost_event *event = NULL;
    payvost_error error;
    char signature[PAYVOST_SIGNATURE_SIZE];
    long allowed;

    for (allowed = 1;; allowed++) {
        left = allowed;
        if (failed(allowed, payvost_verifier_new(SECRET, &verifier, &error), &error) == PAYVOST_OK) break;
        CHECK(verifier == NULL);
    }
    CHECK(allowed > 1);

    CHECK(payvost_sign(PAYLOAD, strlen(PAYLOAD), SECRET, signature, &error) == PAYVOST_OK);
    for (allowed = 1;; allowed++) {
        left = allowed;
        if (failed(allowed,
               payvost_verifier_verify_copy(verifier, PAYLOAD, strlen(PAYLOAD), signature, strlen(signature), &event, &error),
               &error) == PAYVOST_OK)
            break;
        CHECK(event == NULL);
    }
    CHECK(allowed > 4);
    payvost_event_free(event);

    /* A refusal needs memory to be described the first time alone. */
    signature[0] = signature[0] == '0' ? '1' : '0';
    CHECK(payvost_verifier_verify(verifier, PAYLOAD, strlen(PAYLOAD), signature, strlen(signature), &event, &error) ==
          PAYVOST_SIGNATURE_MISMATCH);
    left = 1;
    CHECK(payvost_verifier_verify(verifier, PAYLOAD, strlen(PAYLOAD), signature, strlen(signature), &event, &error) ==
         PAYVOST_SIGNATURE_MISMATCH);
    left = -1;
    CHECK(strstr(payvost_error_http_body(&error), "signature_mismatch") != NULL);
    payvost_verifier_free(verifier);
    return summary();
}
