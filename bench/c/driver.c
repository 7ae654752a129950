/*
 * Times the C library and the code that a user would write instead. Prints one JSON line per measurement.
 *
 *     driver FOLDER-OF-BODIES BODY...
 */

#define OPENSSL_SUPPRESS_DEPRECATED
#include <cjson/cJSON.h>
#include <float.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <payvost_webhooks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ROUNDS 31
#define LOOP_NANOSECONDS 10e6
#define MAC_BYTES 32

/* What every subject reads. */
static struct {
    char *payload;
    size_t length;
    char signature[PAYVOST_SIGNATURE_SIZE];
    unsigned char mac[MAC_BYTES];
    payvost_verifier *verifier;
    EVP_MAC_CTX *keyed;
    HMAC_CTX *restarted;
} given;

static void insist(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "driver: %s\n", what);
        exit(1);
    }
}

static void ours(void) {
    payvost_event *event;
    insist(payvost_verifier_verify(given.verifier, given.payload, given.length, given.signature, PAYVOST_SIGNATURE_SIZE - 1,
                                   &event, NULL) == PAYVOST_OK,
           "verify");
    payvost_event_free(event);
}

static void ours_once(void) {
    payvost_event *event;
    insist(payvost_verify_webhook(given.payload, given.length, given.signature, PAYVOST_SIGNATURE_SIZE - 1,
                                  PAYVOST_LITERAL(SECRET), &event, NULL) == PAYVOST_OK,
           "verify once");
    payvost_event_free(event);
}

static void refused(void) {
    payvost_event *event;
    insist(payvost_verifier_verify(given.verifier, given.payload, given.length, given.signature, PAYVOST_SIGNATURE_SIZE - 1,
                                   &event, NULL) == PAYVOST_SIGNATURE_MISMATCH,
           "refuse");
}

/* The old interface can restart a keyed context, which avoids copying it. */
static void restarted(unsigned char mac[static MAC_BYTES]) {
    insist(HMAC_Init_ex(given.restarted, NULL, 0, NULL, NULL) &&
               HMAC_Update(given.restarted, (unsigned char *)given.payload, given.length) && HMAC_Final(given.restarted, mac, NULL),
           "HMAC_CTX");
}

static void hash(void) {
    unsigned char mac[MAC_BYTES];
    restarted(mac);
}

static void openssl_one_shot(void) {
    unsigned char mac[MAC_BYTES];
    insist(HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1, (unsigned char *)given.payload, given.length, mac, NULL) != NULL, "HMAC");
    insist(CRYPTO_memcmp(mac, given.mac, sizeof mac) == 0, "HMAC");
}

static void openssl_keyed(void) {
    unsigned char mac[MAC_BYTES];
    size_t length;
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(given.keyed);
    insist(context != NULL && EVP_MAC_update(context, (unsigned char *)given.payload, given.length) &&
               EVP_MAC_final(context, mac, &length, sizeof mac),
           "EVP_MAC");
    EVP_MAC_CTX_free(context);
    insist(CRYPTO_memcmp(mac, given.mac, sizeof mac) == 0, "EVP_MAC");
}

static void openssl_restarted(void) {
    unsigned char mac[MAC_BYTES];
    restarted(mac);
    insist(CRYPTO_memcmp(mac, given.mac, sizeof mac) == 0, "HMAC_CTX");
}

static void tuned(void) {
    openssl_restarted();
    cJSON *event = cJSON_ParseWithLength(given.payload, given.length);
    insist(event != NULL, "cJSON");
    cJSON_Delete(event);
}

static void read_body(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    FILE *file = fopen(path, "rb");
    insist(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    given.length = (size_t)ftell(file);
    rewind(file);
    free(given.payload);
    given.payload = malloc(given.length);
    insist(given.payload != NULL && fread(given.payload, 1, given.length, file) == given.length, path);
    fclose(file);
}

static void sign_with(const char *secret) {
    insist(payvost_sign(given.payload, given.length, secret, strlen(secret), given.signature, NULL) == PAYVOST_OK, "sign");
    for (size_t index = 0; index < MAC_BYTES; index++) {
        unsigned int byte;
        insist(sscanf(given.signature + 2 * index, "%2x", &byte) == 1, "sign");
        given.mac[index] = (unsigned char)byte;
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

struct subject {
    const char *name;
    void (*call)(void);
    long length;
    double best;
};

static double loop(struct subject *subject) {
    double started = now();
    for (long turn = 0; turn < subject->length; turn++) subject->call();
    return now() - started;
}

/* The best of several loops. The subjects take turns, so that noise meets all of them. */
static void measure(const char *name, struct subject *subjects, size_t count) {
    for (struct subject *each = subjects; each < subjects + count; each++) {
        each->best = DBL_MAX;
        for (each->length = 1; loop(each) < LOOP_NANOSECONDS / 2;) each->length *= 2;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (struct subject *each = subjects; each < subjects + count; each++) {
            double took = loop(each) / (double)each->length;
            if (took < each->best) each->best = took;
        }
    }
    for (struct subject *each = subjects; each < subjects + count; each++) {
        printf("{\"language\":\"c\",\"case\":\"%s\",\"subject\":\"%s\",\"nanoseconds\":%.1f}\n", name, each->name, each->best);
    }
}

#define MEASURE(name, ...) \
    measure(name, (struct subject[]){__VA_ARGS__}, sizeof((struct subject[]){__VA_ARGS__}) / sizeof(struct subject))

int main(int count, char **arguments) {
    char name[64];
    insist(count >= 2, "say where the bodies are");

    insist(payvost_verifier_new(PAYVOST_LITERAL(SECRET), &given.verifier, NULL) == PAYVOST_OK, "verifier");
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    given.keyed = EVP_MAC_CTX_new(hmac);
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0), OSSL_PARAM_construct_end()};
    insist(EVP_MAC_init(given.keyed, (unsigned char *)SECRET, sizeof SECRET - 1, parameters), "key");
    given.restarted = HMAC_CTX_new();
    insist(HMAC_Init_ex(given.restarted, SECRET, sizeof SECRET - 1, EVP_sha256(), NULL), "key");

    read_body(arguments[1], "event");
    sign_with(SECRET);
    MEASURE("event", {.name = "ours", .call = ours}, {.name = "ours-once", .call = ours_once},
            {.name = "openssl-one-shot", .call = openssl_one_shot}, {.name = "openssl-keyed", .call = openssl_keyed},
            {.name = "openssl-restarted", .call = openssl_restarted}, {.name = "tuned", .call = tuned});
    for (char **body = arguments + 2; *body != NULL; body++) {
        read_body(arguments[1], *body);
        sign_with(SECRET);
        MEASURE(*body, {.name = "ours", .call = ours}, {.name = "tuned", .call = tuned});
    }
    for (const char **body = (const char *[]){"event", "32-kib", NULL}; *body != NULL; body++) {
        read_body(arguments[1], *body);
        sign_with(SECRET);
        snprintf(name, sizeof name, "refusal-%s", *body);
        sign_with("whsec_another");
        MEASURE(name, {.name = "ours", .call = refused}, {.name = "hash", .call = hash});
    }

    HMAC_CTX_free(given.restarted);
    EVP_MAC_CTX_free(given.keyed);
    EVP_MAC_free(hmac);
    payvost_verifier_free(given.verifier);
    free(given.payload);
    return 0;
}
