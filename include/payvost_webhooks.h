/**
 * @file
 * Payvost Webhooks: verify the webhooks of Payvost over their raw bytes, and read the event.
 *
 *     payvost_verifier *verifier;
 *     const char *secret = getenv("WEBHOOK_SECRET");
 *     if (payvost_verifier_new(secret, secret ? strlen(secret) : 0, &verifier, NULL) != PAYVOST_OK) { ... }
 *
 *     payvost_event *event;
 *     payvost_error error;
 *     if (payvost_verifier_verify(verifier, body, body_len, header, header_len, &event, &error) == PAYVOST_OK) {
 *         if (payvost_str_equals(payvost_event_type(event), PAYVOST_LITERAL("payment.succeeded"))) { ... }
 *         payvost_event_free(event);
 *     } else {
 *         fprintf(stderr, "%s: %s\n", payvost_error_message(&error), payvost_error_hint(&error));
 *     }
 *
 * What holds everywhere:
 *
 * - Text and bytes come as a pointer and a length. Text of an event (payvost_str) is UTF-8, may hold NULs and does not end in one.
 *   Texts of the library (codes, messages, hints) do end in NUL.
 * - AN EVENT POINTS INTO THE PAYLOAD that it was read from: keep the payload, unchanged, until payvost_event_free().
 * - Results are written on success only, so that what was there before stays there on failure. A payvost_error is always written.
 * - NULL for a handle or for the place of a result is refused with PAYVOST_INVALID_ARGUMENT; a function that cannot fail gives its
 *   empty value (0, false, an empty text, an absent value). Where NULL means something, the function says so.
 * - What the ..._new() and the verify functions give is freed with the ..._free() of its type, once. Nothing else is.
 * - A verifier or a router that is set up and an event that is read may be used by any number of threads at once.
 */

#ifndef PAYVOST_WEBHOOKS_H
#define PAYVOST_WEBHOOKS_H

/* Generated from bindings-c/src: do not edit. `make generate` makes it anew. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Marks results that must be looked at: whoever ignores one takes what was not verified for genuine. */
#if defined(__cplusplus) && __cplusplus >= 201703L
#define PAYVOST_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define PAYVOST_MUST_USE __attribute__((warn_unused_result))
#else
#define PAYVOST_MUST_USE
#endif

/** A string literal as the two arguments that it is for this interface: its text and its length. */
#define PAYVOST_LITERAL(text) ("" text), (sizeof(text) - 1)

/* The documented types of events: payvost_str_equals(type, PAYVOST_LITERAL(PAYVOST_EVENT_PAYMENT_SUCCEEDED)). */

/** A payment was created and waits to be paid. */
#define PAYVOST_EVENT_PAYMENT_CREATED "payment.created"

/** A payment was paid. */
#define PAYVOST_EVENT_PAYMENT_SUCCEEDED "payment.succeeded"

/** A payment failed and no money moved. */
#define PAYVOST_EVENT_PAYMENT_FAILED "payment.failed"

/** A payment was paid back, in whole or in part. */
#define PAYVOST_EVENT_PAYMENT_REFUNDED "payment.refunded"

/** A transfer between two wallets was initiated. */
#define PAYVOST_EVENT_TRANSFER_CREATED "transfer.created"

/** A transfer arrived. */
#define PAYVOST_EVENT_TRANSFER_COMPLETED "transfer.completed"

/** A transfer failed and no money moved. */
#define PAYVOST_EVENT_TRANSFER_FAILED "transfer.failed"

/** A wallet was opened. */
#define PAYVOST_EVENT_WALLET_CREATED "wallet.created"

/** The balance of a wallet changed. */
#define PAYVOST_EVENT_WALLET_BALANCE_UPDATED "wallet.balance_updated"

/** A wallet was frozen: nothing goes in or out. */
#define PAYVOST_EVENT_WALLET_FROZEN "wallet.frozen"

/** A user signed up. */
#define PAYVOST_EVENT_USER_CREATED "user.created"

/** A user handed in identity documents. */
#define PAYVOST_EVENT_USER_KYC_SUBMITTED "user.kyc_submitted"

/** A user's identity was verified. */
#define PAYVOST_EVENT_USER_KYC_VERIFIED "user.kyc_verified"

/** A user's identity could not be verified. */
#define PAYVOST_EVENT_USER_KYC_REJECTED "user.kyc_rejected"

/** Suspicious activity was detected. */
#define PAYVOST_EVENT_FRAUD_ALERT_CREATED "fraud.alert_created"

/** A transaction was blocked before money moved. */
#define PAYVOST_EVENT_FRAUD_TRANSACTION_BLOCKED "fraud.transaction_blocked"


/**
 * The version of this header: its first number.
 */
#define PAYVOST_VERSION_MAJOR 0

/**
 * The version of this header: its second number.
 */
#define PAYVOST_VERSION_MINOR 1

/**
 * The version of this header: its third number.
 */
#define PAYVOST_VERSION_PATCH 0

/**
 * The room that `payvost_sign()` needs: 64 hexadecimal digits and a NUL.
 */
#define PAYVOST_SIGNATURE_SIZE 65

/**
 * Whose mistake it was, and so which answer fits.
 */
typedef enum payvost_class {
    /**
     * No mistake: the result is `PAYVOST_OK`.
     */
    PAYVOST_CLASS_NONE = 0,
    /**
     * The receiver is set up wrongly (`ConfigurationError` elsewhere): answer 500.
     */
    PAYVOST_CLASS_CONFIGURATION = 1,
    /**
     * The signature does not vouch for the payload (`SignatureVerificationError`): answer 400.
     */
    PAYVOST_CLASS_SIGNATURE_VERIFICATION = 2,
    /**
     * The payload is too large, not JSON, or not an event (`InvalidPayloadError`): answer 400, or
     * 413 to `PAYVOST_PAYLOAD_TOO_LARGE`.
     */
    PAYVOST_CLASS_INVALID_PAYLOAD = 3,
    /**
     * A genuine event that the receiver asked not to get (`EventRejectedError`): answer 400.
     */
    PAYVOST_CLASS_EVENT_REJECTED = 4,
} payvost_class;

/**
 * What a call that can fail returns: `PAYVOST_OK`, or why it failed. The numbers never change.
 *
 * From 1 on they are the reasons for refusal that all languages share, in the order in which the
 * checks run; the first check that fails decides. From 100 on they are mistakes in the use of this
 * interface.
 */
typedef enum payvost_result {
    /**
     * It worked.
     */
    PAYVOST_OK = 0,
    /**
     * A secret is `NULL`, blank, has white space at an edge, or is an API key.
     */
    PAYVOST_INVALID_SECRET = 1,
    /**
     * An option is out of its range.
     */
    PAYVOST_INVALID_OPTION = 2,
    /**
     * The payload is not raw bytes: it is `NULL`, but its length is not 0.
     */
    PAYVOST_PAYLOAD_NOT_RAW = 3,
    /**
     * The payload is longer than the limit.
     */
    PAYVOST_PAYLOAD_TOO_LARGE = 4,
    /**
     * The signature header is `NULL` or empty.
     */
    PAYVOST_MISSING_SIGNATURE = 5,
    /**
     * The signature header is not exactly 64 lowercase hexadecimal digits.
     */
    PAYVOST_MALFORMED_SIGNATURE = 6,
    /**
     * No secret gives this signature over this payload.
     */
    PAYVOST_SIGNATURE_MISMATCH = 7,
    /**
     * The payload is not strict JSON; `payvost_error_offset()` says where.
     */
    PAYVOST_INVALID_JSON = 8,
    /**
     * The payload is not a webhook event; `payvost_error_pointer()` names the field.
     */
    PAYVOST_INVALID_EVENT = 9,
    /**
     * `liveMode` is not what was expected.
     */
    PAYVOST_LIVE_MODE_MISMATCH = 10,
    /**
     * `createdAt` lies further back than the tolerance.
     */
    PAYVOST_EVENT_TOO_OLD = 11,
    /**
     * `createdAt` lies further ahead than the tolerance.
     */
    PAYVOST_EVENT_IN_FUTURE = 12,
    /**
     * A handle, or the place for a result, is `NULL`.
     */
    PAYVOST_INVALID_ARGUMENT = 100,
    /**
     * A defect of this library, stopped at its boundary. Nothing was accepted.
     */
    PAYVOST_PANIC = 101,
} payvost_result;

/**
 * The type of an event as a number, for a `switch`. The numbers never change, and new ones come:
 * have a `default`.
 */
typedef enum payvost_type {
    /**
     * Any other type: the list is open. `payvost_event_type()` has its text.
     */
    PAYVOST_TYPE_UNKNOWN = 0,
    /**
     * `payment.created`: a payment was created and waits to be paid.
     */
    PAYVOST_TYPE_PAYMENT_CREATED = 1,
    /**
     * `payment.succeeded`: a payment was paid.
     */
    PAYVOST_TYPE_PAYMENT_SUCCEEDED = 2,
    /**
     * `payment.failed`: a payment failed and no money moved.
     */
    PAYVOST_TYPE_PAYMENT_FAILED = 3,
    /**
     * `payment.refunded`: a payment was paid back, in whole or in part.
     */
    PAYVOST_TYPE_PAYMENT_REFUNDED = 4,
    /**
     * `transfer.created`: a transfer between two wallets was initiated.
     */
    PAYVOST_TYPE_TRANSFER_CREATED = 5,
    /**
     * `transfer.completed`: a transfer arrived.
     */
    PAYVOST_TYPE_TRANSFER_COMPLETED = 6,
    /**
     * `transfer.failed`: a transfer failed and no money moved.
     */
    PAYVOST_TYPE_TRANSFER_FAILED = 7,
    /**
     * `wallet.created`: a wallet was opened.
     */
    PAYVOST_TYPE_WALLET_CREATED = 8,
    /**
     * `wallet.balance_updated`: the balance of a wallet changed.
     */
    PAYVOST_TYPE_WALLET_BALANCE_UPDATED = 9,
    /**
     * `wallet.frozen`: a wallet was frozen: nothing goes in or out.
     */
    PAYVOST_TYPE_WALLET_FROZEN = 10,
    /**
     * `user.created`: a user signed up.
     */
    PAYVOST_TYPE_USER_CREATED = 11,
    /**
     * `user.kyc_submitted`: a user handed in identity documents.
     */
    PAYVOST_TYPE_USER_KYC_SUBMITTED = 12,
    /**
     * `user.kyc_verified`: a user's identity was verified.
     */
    PAYVOST_TYPE_USER_KYC_VERIFIED = 13,
    /**
     * `user.kyc_rejected`: a user's identity could not be verified.
     */
    PAYVOST_TYPE_USER_KYC_REJECTED = 14,
    /**
     * `fraud.alert_created`: suspicious activity was detected.
     */
    PAYVOST_TYPE_FRAUD_ALERT_CREATED = 15,
    /**
     * `fraud.transaction_blocked`: a transaction was blocked before money moved.
     */
    PAYVOST_TYPE_FRAUD_TRANSACTION_BLOCKED = 16,
} payvost_type;

/**
 * What a value is.
 */
typedef enum payvost_kind {
    /**
     * There is no such value.
     */
    PAYVOST_KIND_ABSENT = 0,
    /**
     * `null`
     */
    PAYVOST_KIND_NULL = 1,
    /**
     * `true` or `false`
     */
    PAYVOST_KIND_BOOL = 2,
    /**
     * A number.
     */
    PAYVOST_KIND_NUMBER = 3,
    /**
     * A string.
     */
    PAYVOST_KIND_STRING = 4,
    /**
     * An array.
     */
    PAYVOST_KIND_ARRAY = 5,
    /**
     * An object.
     */
    PAYVOST_KIND_OBJECT = 6,
} payvost_kind;

/**
 * How a verified event ended for the receiver, and so what it answers. The numbers never change.
 *
 * `payvost_router_dispatch()` gives the first three. The others are for receivers that remember
 * which events they have handled.
 */
typedef enum payvost_outcome {
    /**
     * A handler ran, and handled the event.
     */
    PAYVOST_OUTCOME_HANDLED = 0,
    /**
     * There is no handler for events of this type. The answer is that to a handled event: the
     * provider need not deliver it again.
     */
    PAYVOST_OUTCOME_UNHANDLED = 1,
    /**
     * The handler ran and did not return 0.
     */
    PAYVOST_OUTCOME_HANDLER_FAILED = 2,
    /**
     * Another worker is handling the event: let it be delivered again later. Tell when, in a
     * `Retry-After` header.
     */
    PAYVOST_OUTCOME_IN_PROGRESS = 3,
    /**
     * What remembers the handled events cannot be reached, so that no handler ran.
     */
    PAYVOST_OUTCOME_STORE_UNAVAILABLE = 4,
    /**
     * Another event with the same id and another payload was received before, so that no handler ran.
     */
    PAYVOST_OUTCOME_CONFLICT = 5,
} payvost_outcome;

/**
 * A verified event.
 *
 * **It does not copy the payload but points into it: keep the payload, unchanged, until
 * `payvost_event_free()`.** The texts and values that the functions below give live as long as the
 * event. Any number of threads may read one event at once.
 */
typedef struct payvost_event payvost_event;

/**
 * Calls the handler that was registered for the type of an event: for one type, for a family of
 * types, or for everything.
 *
 * Make one at start-up with `payvost_router_new()`, register the handlers, and dispatch in as many
 * threads as you like: dispatching does not change it. Registering does: finish that before the
 * first thread dispatches. What a handler does at once in several threads is the handler's affair.
 *
 * A registration that was refused is not forgotten: from then on nothing is dispatched, for that
 * reason, so that an event whose handler was misspelt is not taken for one that nobody wants.
 */
typedef struct payvost_router payvost_router;

/**
 * Verifies webhooks with secrets and options that are checked once, when they are given.
 *
 * Make one at start-up with `payvost_verifier_new()`, set its options, and use it in as many
 * threads as you like: verifying does not change it. Adding a secret and setting an option do:
 * finish that before the first thread verifies with it.
 *
 * A secret or an option that was refused is not forgotten: from then on everything is refused for
 * that reason, so that a set-up whose result nobody looked at does not verify less than was asked
 * for. The verifier holds no secret as it was given, only the hash states that HMAC makes of it,
 * and wipes those in `payvost_verifier_free()`.
 */
typedef struct payvost_verifier payvost_verifier;

/**
 * What there is to say about a failure beyond its `payvost_result`.
 *
 * The caller declares one, passes its address to a call that can fail, and asks the functions
 * below about it afterwards. Nothing has to be freed. Every such call fills it in, with
 * `PAYVOST_OK` when the call worked; where `NULL` is passed, only the result is returned. A struct
 * that was set to `{0}` and not passed yet is as after a call that worked.
 *
 * Its texts hold no part of a secret, of a computed signature or of the payload. The members are
 * the library's own.
 */
typedef struct payvost_error {
    unsigned int result;
    unsigned int has_offset;
    size_t offset;
    const char *pointer;
    const char *hint;
    unsigned int http_status;
    char message[128];
    char http_body[192];
} payvost_error;

/**
 * Text of an event: UTF-8, which may hold NULs and does **not** end in one. `data` is never
 * `NULL`.
 *
 * It points into the payload or the event, and so lives as long as both, unless a function says
 * otherwise.
 */
typedef struct payvost_str {
    /**
     * The first byte. Not a C string: print it with `"%.*s"`, `(int)text.len`, `text.data`.
     */
    const char *data;
    /**
     * The number of bytes.
     */
    size_t len;
} payvost_str;

/**
 * A point in time, counted from 1970-01-01T00:00:00Z without leap seconds.
 */
typedef struct payvost_timestamp {
    /**
     * Whole seconds, rounded down.
     */
    int64_t seconds;
    /**
     * Nanoseconds into that second, 0 to 999999999.
     */
    uint32_t nanoseconds;
} payvost_timestamp;

/**
 * A value of an event's payload, or the absence of one.
 *
 * It is passed by value, can be copied freely, and is not to be freed; it lives as long as its
 * event. Looking something up that is not there gives an absent value, and so does every look-up
 * in that, so that only the last step needs a check. A struct that was set to `{0}` is an absent
 * value. The members are the library's own.
 */
typedef struct payvost_value {
    const struct payvost_event *event;
    size_t place[5];
} payvost_value;

/**
 * Goes once through the members of an object or the elements of an array, in the order of the
 * payload. Nothing is to be freed; it lives as long as the event. The members are the library's
 * own.
 *
 *     payvost_iterator members = payvost_value_iterate(payvost_event_data(event));
 *     payvost_str key;
 *     payvost_value value;
 *     while (payvost_iterator_next(&members, &key, &value)) { ... }
 */
typedef struct payvost_iterator {
    const struct payvost_event *event;
    size_t place[7];
} payvost_iterator;

/**
 * Handles an event: gets the event, and the pointer that it was registered with.
 *
 * It returns 0 when the event is handled, so that the provider need not deliver it again, and any
 * other number when it is not. The event is the caller's: read it, do not free it. It is only lent,
 * and so is the payload behind it: copy what is needed later.
 *
 * It has to return: a `longjmp()` or a C++ exception must not leave it. It may dispatch another
 * event, but must not change or free the router that calls it.
 */
typedef int (*payvost_handler)(const struct payvost_event *event, void *user);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is loaded, such as `"0.1.0"`. Ends in NUL, lives as long as the
 * library.
 */
const char *payvost_version(void);

/**
 * The name of a result, the same string in every language, such as `"signature_mismatch"`; `"ok"`
 * for `PAYVOST_OK`, `"unknown"` for a number that is none. Ends in NUL, lives as long as the
 * library, is never `NULL`.
 */
const char *payvost_result_code(unsigned int result);

/**
 * The class of a result.
 */
enum payvost_class payvost_result_class(unsigned int result);

/**
 * The name of the failure, the same string in every language, such as `"signature_mismatch"`;
 * `"ok"` when there is none. Ends in NUL, lives as long as the library, is never `NULL`.
 */
const char *payvost_error_code(const struct payvost_error *error);

/**
 * The class of the failure, which says what to answer.
 */
enum payvost_class payvost_error_class(const struct payvost_error *error);

/**
 * What happened, in words that can be sent back to the caller; empty when nothing did. Ends in
 * NUL, lives as long as `error` is neither changed nor gone, is never `NULL`.
 */
const char *payvost_error_message(const struct payvost_error *error);

/**
 * What usually causes this and what to do about it, for the log and not for the caller; empty when
 * nothing happened. Ends in NUL, lives as long as the library, is never `NULL`.
 */
const char *payvost_error_hint(const struct payvost_error *error);

/**
 * For `PAYVOST_INVALID_JSON`: where in the payload the first problem is, in bytes from its start.
 *
 * Returns whether there is an offset. `offset` may be `NULL`, and is written only when there is
 * one.
 */
bool payvost_error_offset(const struct payvost_error *error, size_t *offset);

/**
 * For `PAYVOST_INVALID_EVENT`: the field at fault as a JSON Pointer (RFC 6901), such as
 * `"/createdAt"`; `""` is the payload itself. `NULL` for every other failure. Ends in NUL, lives
 * as long as the library.
 */
const char *payvost_error_pointer(const struct payvost_error *error);

/**
 * Makes a verifier with one secret and no option set.
 *
 * The secret is opaque: nothing is stripped or decoded, and a prefix such as `whsec_` is part of
 * it. It is not needed any more when this returns. A `NULL` secret, which `getenv()` gives for an
 * unset variable, is refused.
 *
 * `*verifier` is written on success only, and is to be freed with `payvost_verifier_free()`.
 * `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_SECRET`.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_verifier_new(const char *secret,
                                         size_t secret_len,
                                         struct payvost_verifier **verifier,
                                         struct payvost_error *error);

/**
 * Adds a secret, as while one is being rotated: a webhook passes when any of the secrets made its
 * signature. The order does not matter.
 *
 * Not while another thread uses the verifier. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_SECRET`. Returns, here and below, what verifying will return from
 * now on for reasons of set-up: an earlier mistake is told again.
 */
enum payvost_result payvost_verifier_add_secret(struct payvost_verifier *verifier,
                                                const char *secret,
                                                size_t secret_len,
                                                struct payvost_error *error);

/**
 * Refuses events whose `createdAt` is further than this from now, back or ahead, by the system's
 * clock. Off unless set.
 *
 * From 0 to 3153600000 seconds (100 years), fractions included. Retries keep `createdAt`: less
 * than 5765 seconds (96 min 5 s) refuses honest deliveries. What stops a replay is remembering the
 * event's id.
 *
 * Not while another thread uses the verifier. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`.
 */
enum payvost_result payvost_verifier_set_tolerance(struct payvost_verifier *verifier,
                                                   double seconds,
                                                   struct payvost_error *error);

/**
 * Refuses events whose `liveMode` is another. Off unless set.
 *
 * Not while another thread uses the verifier. `error` may be `NULL`.
 */
enum payvost_result payvost_verifier_set_expect_live_mode(struct payvost_verifier *verifier,
                                                          bool live_mode,
                                                          struct payvost_error *error);

/**
 * Refuses payloads longer than this, before they are hashed. From 1 to 268435455 bytes; 1048576 (1
 * MiB) unless set.
 *
 * Not while another thread uses the verifier. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`.
 */
enum payvost_result payvost_verifier_set_max_payload_bytes(struct payvost_verifier *verifier,
                                                           uint64_t bytes,
                                                           struct payvost_error *error);

/**
 * Verifies the signature over the raw payload, then reads and checks the event.
 *
 * `payload` is the body as it came, before anything parsed it; `NULL` is an empty one when
 * `payload_len` is 0. `signature` is the value of the `Payvost-Signature` header, `NULL` when
 * there is none; it need not end in NUL.
 *
 * `*event` is written on success only, and is to be freed with `payvost_event_free()`. **It points
 * into the payload: keep that, unchanged, until the event has been freed.** `error` may be `NULL`.
 *
 * Fails with any result; the checks run in the order of their numbers.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_verifier_verify(const struct payvost_verifier *verifier,
                                            const void *payload,
                                            size_t payload_len,
                                            const char *signature,
                                            size_t signature_len,
                                            struct payvost_event **event,
                                            struct payvost_error *error);

/**
 * Verifies the signature alone and does not look into the payload, which need not be JSON.
 *
 * Arguments as for `payvost_verifier_verify()`. Nothing refers to the payload when this returns.
 *
 * Fails as `payvost_verifier_verify()`, up to and including `PAYVOST_SIGNATURE_MISMATCH`.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_verifier_verify_signature(const struct payvost_verifier *verifier,
                                                      const void *payload,
                                                      size_t payload_len,
                                                      const char *signature,
                                                      size_t signature_len,
                                                      struct payvost_error *error);

/**
 * Frees a verifier and wipes what it made of its secrets. `NULL` is let pass. The events that it
 * verified stay.
 */
void payvost_verifier_free(struct payvost_verifier *verifier);

/**
 * Verifies one webhook: short for a verifier with this secret and no option set, used once.
 *
 * `payload`, `signature`, `event` and `error` as for `payvost_verifier_verify()`: **the event
 * points into the payload.** `secret` as for `payvost_verifier_new()`.
 *
 * Fails with any result but `PAYVOST_INVALID_OPTION` and those of the checks that have to be asked
 * for.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_verify_webhook(const void *payload,
                                           size_t payload_len,
                                           const char *signature,
                                           size_t signature_len,
                                           const char *secret,
                                           size_t secret_len,
                                           struct payvost_event **event,
                                           struct payvost_error *error);

/**
 * The event's identity (`id`), 1 to 255 bytes without control characters. It is the same in every
 * attempt to deliver the event: remember it to act once.
 */
struct payvost_str payvost_event_id(const struct payvost_event *event);

/**
 * What happened (`type`), such as `payment.succeeded`. The list is open: expect types that you do
 * not know.
 */
struct payvost_str payvost_event_type(const struct payvost_event *event);

/**
 * What happened, as a number for a `switch`; `PAYVOST_TYPE_UNKNOWN` for a type that is not
 * documented, and for `NULL`.
 */
enum payvost_type payvost_event_known_type(const struct payvost_event *event);

/**
 * When it happened (`createdAt`). Retries keep it.
 */
struct payvost_timestamp payvost_event_created_at(const struct payvost_event *event);

/**
 * When it happened, as it was written: a date-time of RFC 3339. The time of this call grows with
 * the number of the envelope's fields.
 */
struct payvost_str payvost_event_created_at_text(const struct payvost_event *event);

/**
 * Whether real money is meant (`liveMode`).
 */
bool payvost_event_live_mode(const struct payvost_event *event);

/**
 * Which secret made the signature: 0 for the one that the verifier was made with, 1 for the first
 * that was added, and so on. While a secret is being rotated, this tells when the old one has gone
 * out of use and can be retired.
 */
size_t payvost_event_matching_secret(const struct payvost_event *event);

/**
 * What it happened to (`data`), always an object. Its content is the provider's and is not
 * checked.
 */
struct payvost_value payvost_event_data(const struct payvost_event *event);

/**
 * What `data` was before (`previousData`): an object, or absent when the payload has `null` there
 * or nothing.
 */
struct payvost_value payvost_event_previous_data(const struct payvost_event *event);

/**
 * The whole payload as a value, unknown fields included.
 */
struct payvost_value payvost_event_value(const struct payvost_event *event);

/**
 * The value that a JSON Pointer (RFC 6901) names, or absent: `payvost_event_pointer(event,
 * PAYVOST_LITERAL("/data/customer/email"))`.
 */
struct payvost_value payvost_event_pointer(const struct payvost_event *event,
                                           const char *pointer,
                                           size_t pointer_len);

/**
 * Frees an event. `NULL` is let pass. From then on the payload is the caller's alone again.
 */
void payvost_event_free(struct payvost_event *event);

/**
 * Whether a text of an event equals another text, byte for byte: `payvost_str_equals(type,
 * PAYVOST_LITERAL("payment.succeeded"))`.
 */
bool payvost_str_equals(struct payvost_str text, const char *other, size_t other_len);

/**
 * What a value is.
 */
enum payvost_kind payvost_value_kind(struct payvost_value value);

/**
 * Reads a truth value. Returns whether it is one; `*truth` is written only then, and `truth` may
 * be `NULL`.
 */
bool payvost_value_bool(struct payvost_value value, bool *truth);

/**
 * Reads a string: the text itself, escapes undone. Returns whether it is one; `*text` is written
 * only then, and `text` may be `NULL`.
 *
 * Most strings are read where they stand in the payload. One with escapes is decoded when it is
 * first asked for, and the event keeps the copy.
 */
bool payvost_value_string(struct payvost_value value, struct payvost_str *text);

/**
 * Reads a number as an integer. Returns whether it is one that was written without fraction and
 * exponent and fits; `*number` is written only then, and `number` may be `NULL`.
 */
bool payvost_value_int64(struct payvost_value value, int64_t *number);

/**
 * Reads a number as the nearest double. Returns whether it is a number; `*number` is written only
 * then, and `number` may be `NULL`.
 *
 * Amounts of money come as strings, such as `"99.99"`: keep them out of doubles.
 */
bool payvost_value_double(struct payvost_value value, double *number);

/**
 * Reads a number as it was written, digit for digit. Returns whether it is a number; `*text` is
 * written only then, and `text` may be `NULL`.
 */
bool payvost_value_number_text(struct payvost_value value, struct payvost_str *text);

/**
 * The number of an object's members or an array's elements; 0 for every other value.
 */
size_t payvost_value_length(struct payvost_value value);

/**
 * The member of an object by its key, or absent. The time of this call grows with the number of
 * members.
 */
struct payvost_value payvost_value_member(struct payvost_value value,
                                          const char *key,
                                          size_t key_len);

/**
 * The element of an array by its index, from 0 on, or absent. The time of this call grows with the
 * index: to read them all, use `payvost_value_iterate()`.
 */
struct payvost_value payvost_value_element(struct payvost_value value, size_t index);

/**
 * The value that a JSON Pointer (RFC 6901) names, seen from this one, or absent: `""` is the value
 * itself, `/items/0` the first of `items`.
 */
struct payvost_value payvost_value_pointer(struct payvost_value value,
                                           const char *pointer,
                                           size_t pointer_len);

/**
 * A value as it stands in the payload: JSON that any parser reads, to be kept or handed on. Empty
 * for an absent value.
 */
struct payvost_str payvost_value_json(struct payvost_value value);

/**
 * An iterator before its first entry; of a value that is neither object nor array, one without
 * entries.
 */
struct payvost_iterator payvost_value_iterate(struct payvost_value container);

/**
 * Goes to the next entry. Returns whether there is one; `*key` and `*value` are written only then.
 * The key of an array's element is empty. `key` and `value` may each be `NULL`.
 */
bool payvost_iterator_next(struct payvost_iterator *iterator,
                           struct payvost_str *key,
                           struct payvost_value *value);

/**
 * The HTTP status to answer. The provider delivers again after everything but 2xx. A number that is
 * no outcome is answered like a handler that failed.
 */
unsigned int payvost_outcome_http_status(unsigned int outcome);

/**
 * The body to answer, which is JSON (`application/json`): `{"received":true}`, or what went wrong
 * as `payvost_error_http_body()` has it. Ends in NUL, lives as long as the library, is never
 * `NULL`.
 */
const char *payvost_outcome_http_body(unsigned int outcome);

/**
 * The HTTP status to answer to a delivery that was refused: 400, or 413 to
 * `PAYVOST_PAYLOAD_TOO_LARGE`, or 500 when the receiver is set up wrongly. 200 when nothing failed.
 */
unsigned int payvost_error_http_status(const struct payvost_error *error);

/**
 * The body to answer to a delivery that was refused. It is JSON (`application/json`) and holds the
 * code and the message: `{"error":{"code":"signature_mismatch","message":"..."}}`; it is
 * `{"received":true}` when nothing failed. Ends in NUL, lives as long as `error` is neither changed
 * nor gone, is never `NULL`.
 */
const char *payvost_error_http_body(const struct payvost_error *error);

/**
 * Makes a router that knows no handler.
 *
 * `*router` is written on success only, and is to be freed with `payvost_router_free()`. `error`
 * may be `NULL`.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_router_new(struct payvost_router **router,
                                       struct payvost_error *error);

/**
 * Registers a handler for a type, `"payment.succeeded"`, for a family of types, `"payment.*"`, or
 * for everything, `"*"`.
 *
 * The most specific pattern decides, and only its handler runs: a type before its family, a family
 * before a larger one, any of them before everything. The pattern is not needed any more when this
 * returns. `user` is handed to the handler as it is, may be `NULL`, and has to last as long as
 * events are dispatched.
 *
 * Not while another thread uses the router. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` when the pattern has a handler already, or can match nothing;
 * `NULL` for the handler is refused like one for the router. Returns what dispatching will return
 * from now on for reasons of set-up: an earlier mistake is told again, and so it is enough to look
 * at the result of the last registration.
 */
enum payvost_result payvost_router_on(struct payvost_router *router,
                                      const char *pattern,
                                      size_t pattern_len,
                                      payvost_handler handler,
                                      void *user,
                                      struct payvost_error *error);

/**
 * Calls the handler for an event, in this thread, and waits for it.
 *
 * `*outcome` tells whether a handler ran, and whether it handled the event; it is written on
 * success only, and a handler that failed is a success of this call. When this call fails, no
 * handler ran. `error` may be `NULL`. A handler must not use what `outcome` and `error` point to.
 *
 * Fails with `PAYVOST_INVALID_OPTION` or `PAYVOST_INVALID_ARGUMENT` when a registration had failed.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_router_dispatch(const struct payvost_router *router,
                                            const struct payvost_event *event,
                                            enum payvost_outcome *outcome,
                                            struct payvost_error *error);

/**
 * Frees a router. `NULL` is let pass. The pointers that it was given for its handlers are left
 * alone.
 */
void payvost_router_free(struct payvost_router *router);

/**
 * Signs a payload as the provider does: lowercase hex of HMAC-SHA256. For tests and local senders.
 *
 * `signature` has room for `PAYVOST_SIGNATURE_SIZE` bytes; 64 digits and a NUL are written, or
 * nothing on failure. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_SECRET` when a verifier would refuse the secret too, or
 * `PAYVOST_PAYLOAD_NOT_RAW`.
 */
PAYVOST_MUST_USE
enum payvost_result payvost_sign(const void *payload,
                                 size_t payload_len,
                                 const char *secret,
                                 size_t secret_len,
                                 char *signature,
                                 struct payvost_error *error);

/**
 * The payload of a sample event of a documented type, with every documented field; empty for a type
 * that is not documented. The same in every call, for tests of your own handlers: sign it, and
 * deliver it.
 *
 * It lives as long as the library.
 */
struct payvost_str payvost_sample_event(const char *event_type, size_t event_type_len);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PAYVOST_WEBHOOKS_H */
