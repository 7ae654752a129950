/**
 * @file
 * Payvost Webhooks: verify the webhooks of Payvost over their raw bytes, read the event, and handle it once.
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
 * These rules hold everywhere:
 *
 * - Text and bytes come as a pointer and a length. Text of an event (payvost_str) is UTF-8, may contain NULs and does not end
 *   in one. Texts of the library (codes, messages, hints) do end in NUL.
 * - AN EVENT POINTS INTO THE PAYLOAD that it was read from: keep the payload, unchanged, until payvost_event_free(). The calls
 *   whose name ends in _copy return an event with its own copy.
 * - Results are numbers of 32 bits, whatever size a compiler uses for an enum: types such as payvost_result are uint32_t with
 *   named constants. Functions take such numbers as uint32_t and refuse any other number.
 * - Results are written on success only, so the old value stays on failure. A payvost_error is always written.
 * - NULL for a handle or for the place of a result is refused with PAYVOST_INVALID_ARGUMENT; a function that cannot fail
 *   returns its empty value (0, false, an empty text, an absent value). Where NULL means something, the function says so.
 * - Free the results of ..._new() and verify functions, and lists of dead letters, once, with the ..._free() of their type.
 *   Nothing else needs freeing.
 * - Any number of threads may use a verifier, a router or a policy once it is set up, a memory store, and an event. Use a
 *   delivery or a program in one thread at a time.
 */

#ifndef PAYVOST_WEBHOOKS_H
#define PAYVOST_WEBHOOKS_H

/* Generated from bindings-c/src: do not edit. Run `make generate`. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Marks results that must be checked: ignoring one means trusting a payload that was not verified. */
#if defined(__cplusplus) && __cplusplus >= 201703L
#define PAYVOST_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define PAYVOST_MUST_USE __attribute__((warn_unused_result))
#else
#define PAYVOST_MUST_USE
#endif

/**
 * Precedes each function. Define it yourself if a tool needs something else there. Define PAYVOST_DLL to import the functions
 * from the DLL on Windows, which saves one jump per call.
 */
#ifndef PAYVOST_API
#if defined(_WIN32) && defined(PAYVOST_DLL)
#define PAYVOST_API __declspec(dllimport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define PAYVOST_API __attribute__((visibility("default")))
#else
#define PAYVOST_API
#endif
#endif

/** A string literal as the two arguments that this interface takes: its text and its length. */
#define PAYVOST_LITERAL(text) ("" text), (sizeof(text) - 1)

/* The documented types of events: payvost_str_equals(type, PAYVOST_LITERAL(PAYVOST_EVENT_PAYMENT_SUCCEEDED)). */

/** A payment was created and is not paid yet. */
#define PAYVOST_EVENT_PAYMENT_CREATED "payment.created"

/** A payment succeeded. */
#define PAYVOST_EVENT_PAYMENT_SUCCEEDED "payment.succeeded"

/** A payment failed and no money moved. */
#define PAYVOST_EVENT_PAYMENT_FAILED "payment.failed"

/** A payment was refunded, in full or in part. */
#define PAYVOST_EVENT_PAYMENT_REFUNDED "payment.refunded"

/** A transfer between two wallets was initiated. */
#define PAYVOST_EVENT_TRANSFER_CREATED "transfer.created"

/** A transfer completed. */
#define PAYVOST_EVENT_TRANSFER_COMPLETED "transfer.completed"

/** A transfer failed and no money moved. */
#define PAYVOST_EVENT_TRANSFER_FAILED "transfer.failed"

/** A wallet was opened. */
#define PAYVOST_EVENT_WALLET_CREATED "wallet.created"

/** The balance of a wallet changed. */
#define PAYVOST_EVENT_WALLET_BALANCE_UPDATED "wallet.balance_updated"

/** A wallet was frozen: no money can move in or out. */
#define PAYVOST_EVENT_WALLET_FROZEN "wallet.frozen"

/** A user signed up. */
#define PAYVOST_EVENT_USER_CREATED "user.created"

/** A user submitted identity documents. */
#define PAYVOST_EVENT_USER_KYC_SUBMITTED "user.kyc_submitted"

/** A user's identity was verified. */
#define PAYVOST_EVENT_USER_KYC_VERIFIED "user.kyc_verified"

/** A user's identity could not be verified. */
#define PAYVOST_EVENT_USER_KYC_REJECTED "user.kyc_rejected"

/** Suspicious activity was detected. */
#define PAYVOST_EVENT_FRAUD_ALERT_CREATED "fraud.alert_created"

/** A transaction was blocked before money moved. */
#define PAYVOST_EVENT_FRAUD_TRANSACTION_BLOCKED "fraud.transaction_blocked"
/* The numbers and default names of the contract, the same in every language. */

/** The longest payload that a verifier accepts by default. */
#define PAYVOST_DEFAULT_MAX_PAYLOAD_BYTES 1048576

/** The largest payload limit that a verifier can be given. */
#define PAYVOST_MAX_PAYLOAD_BYTES_LIMIT 268435455

/** How many levels of arrays and objects a payload may nest. The outermost is level 1. */
#define PAYVOST_MAX_DEPTH 128

/** The longest `id` of an event, in UTF-8. */
#define PAYVOST_MAX_ID_BYTES 255

/** The length of the `Payvost-Signature` header: an HMAC-SHA256 in hexadecimal. */
#define PAYVOST_SIGNATURE_LENGTH 64

/** The longest tolerance for `createdAt` that a verifier can be given. */
#define PAYVOST_MAX_TOLERANCE_SECONDS 3153600000

/** How long Payvost waits for the response. A later one counts as a failure. */
#define PAYVOST_ANSWER_TIME_LIMIT_SECONDS 5

/** How long Payvost waits before each further attempt, counted from the attempt before it. */
#define PAYVOST_RETRY_PAUSES_SECONDS {5, 60, 300, 1800, 3600}

/**
 * The time from the first attempt to deliver an event to the last. An event must be remembered for at least this long:
 * otherwise a genuine retry would be handled again.
 */
#define PAYVOST_RETRY_WINDOW_SECONDS 5765

/** How long a claim holds by default. */
#define PAYVOST_DEFAULT_LEASE_SECONDS 60

/** The shortest lease. */
#define PAYVOST_MIN_LEASE_SECONDS 1

/** The longest lease. A handler that needs longer extends its claim. */
#define PAYVOST_MAX_LEASE_SECONDS 86400

/** How long an event is remembered by default, after its last change. */
#define PAYVOST_DEFAULT_REMEMBER_SECONDS 86400

/** The longest time for which an event can be remembered. */
#define PAYVOST_MAX_REMEMBER_SECONDS 315360000

/** The prefix of claims' keys by default. */
#define PAYVOST_DEFAULT_PREFIX "webhook"

/** The longest prefix. */
#define PAYVOST_MAX_PREFIX_BYTES 64

/** The length of a claim's token: random hexadecimal digits from its worker. */
#define PAYVOST_CLAIM_TOKEN_LENGTH 32

/** The stored length of an event's type and of the name of a handler's error. */
#define PAYVOST_MAX_LABEL_BYTES 255

/** How long one step of a store may take by default, including the connection. */
#define PAYVOST_DEFAULT_STORE_TIME_LIMIT_SECONDS 2

/** The table of the SQL stores by default. */
#define PAYVOST_DEFAULT_TABLE "payvost_webhook_claims"

/** The longest name of a table, and of its schema. */
#define PAYVOST_MAX_TABLE_NAME_BYTES 48

/** How many dead letters are listed by default. */
#define PAYVOST_DEFAULT_DEAD_LETTERS 100

/** How many rows the cleaning of a table deletes in one transaction by default. */
#define PAYVOST_FORGET_BATCH 1000

/** How long a statement that creates or cleans a table is repeated after a conflict. */
#define PAYVOST_TABLE_TIME_LIMIT_SECONDS 60

/** How many events the memory store remembers by default. */
#define PAYVOST_DEFAULT_CAPACITY 100000

/** The largest capacity of the memory store. */
#define PAYVOST_MAX_CAPACITY 100000000

/**
 * How many bytes of deliveries the memory store keeps. Events beyond it are claimed, but cannot be retried from the
 * store.
 */
#define PAYVOST_MAX_KEPT_BYTES 67108864

/** The default time limit of one attempt of a call. */
#define PAYVOST_DEFAULT_TIMEOUT_SECONDS 30

/** The longest time limit of an attempt or of a call. */
#define PAYVOST_MAX_TIMEOUT_SECONDS 3600

/** The default time limit of a call, including its retries and the pauses between them. */
#define PAYVOST_DEFAULT_DEADLINE_SECONDS 120

/** The default number of retries of a call. */
#define PAYVOST_DEFAULT_MAX_RETRIES 2

/** The largest number of retries of a call. */
#define PAYVOST_MAX_RETRIES_LIMIT 10

/**
 * The longest pause before the first retry. It doubles with each retry, and the actual pause is random, from zero to
 * the longest (full jitter).
 */
#define PAYVOST_FIRST_RETRY_PAUSE_MS 500

/** The longest pause that a client chooses itself. */
#define PAYVOST_MAX_RETRY_PAUSE_SECONDS 8

/** The longest `Retry-After` for which a client waits. If the server asks for more, the call ends with the error. */
#define PAYVOST_MAX_RETRY_AFTER_SECONDS 60

/** The number of tokens that a client has for retries. Each successful call returns one. */
#define PAYVOST_RETRY_BUDGET 500

/** The cost of a retry. */
#define PAYVOST_RETRY_COST 5

/** The cost of a retry after a timeout. */
#define PAYVOST_TIMEOUT_RETRY_COST 10

/** The default number of entries per page. */
#define PAYVOST_DEFAULT_PAGE_LIMIT 20

/** The largest number of entries per page. */
#define PAYVOST_MAX_PAGE_LIMIT 100

/** The longest response body that a client reads, after decompression. */
#define PAYVOST_MAX_ANSWER_BYTES 4194304

/** The longest response headers that a client reads, if its transport has such a setting. */
#define PAYVOST_MAX_ANSWER_HEADER_BYTES 65536

/** The length of an idempotency key that a client generates: random hexadecimal digits. */
#define PAYVOST_IDEMPOTENCY_KEY_LENGTH 32


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
 * The room that `payvost_claim_token()` needs: 32 hexadecimal digits and a NUL.
 */
#define PAYVOST_TOKEN_SIZE 33

/**
 * The room that `payvost_taker_token()` needs: 64 hexadecimal digits and a NUL.
 */
#define PAYVOST_TAKER_TOKEN_SIZE 65

/**
 * The room that `payvost_sign()` needs: 64 hexadecimal digits and a NUL.
 */
#define PAYVOST_SIGNATURE_SIZE 65

/**
 * Who has to act, which decides the response.
 */
enum payvost_class
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing failed: the result is `PAYVOST_OK`.
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_class payvost_class;
#else
typedef uint32_t payvost_class;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The type of an event as a number, for a `switch`. The numbers never change, and new ones may be
 * added: have a `default`.
 */
enum payvost_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Any other type: the list is open. `payvost_event_type()` has its text.
     */
    PAYVOST_TYPE_UNKNOWN = 0,
    /**
     * `payment.created`: a payment was created and is not paid yet.
     */
    PAYVOST_TYPE_PAYMENT_CREATED = 1,
    /**
     * `payment.succeeded`: a payment succeeded.
     */
    PAYVOST_TYPE_PAYMENT_SUCCEEDED = 2,
    /**
     * `payment.failed`: a payment failed and no money moved.
     */
    PAYVOST_TYPE_PAYMENT_FAILED = 3,
    /**
     * `payment.refunded`: a payment was refunded, in full or in part.
     */
    PAYVOST_TYPE_PAYMENT_REFUNDED = 4,
    /**
     * `transfer.created`: a transfer between two wallets was initiated.
     */
    PAYVOST_TYPE_TRANSFER_CREATED = 5,
    /**
     * `transfer.completed`: a transfer completed.
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
     * `wallet.frozen`: a wallet was frozen: no money can move in or out.
     */
    PAYVOST_TYPE_WALLET_FROZEN = 10,
    /**
     * `user.created`: a user signed up.
     */
    PAYVOST_TYPE_USER_CREATED = 11,
    /**
     * `user.kyc_submitted`: a user submitted identity documents.
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_type payvost_type;
#else
typedef uint32_t payvost_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The kind of a value.
 */
enum payvost_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_kind payvost_kind;
#else
typedef uint32_t payvost_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a call that can fail returns: `PAYVOST_OK`, or why it failed. The numbers never change.
 *
 * Numbers from 1 are the refusals that all languages share, in the order in which the checks run;
 * the first check that fails decides. Numbers from 100 are mistakes in the use of this interface
 * and missing resources.
 */
enum payvost_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It worked.
     */
    PAYVOST_OK = 0,
    /**
     * A secret is `NULL`, blank, starts or ends with whitespace, or is an API key.
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
     * None of the secrets produced this signature for this payload.
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
     * `createdAt` is further in the past than the tolerance allows.
     */
    PAYVOST_EVENT_TOO_OLD = 11,
    /**
     * `createdAt` is further in the future than the tolerance allows.
     */
    PAYVOST_EVENT_IN_FUTURE = 12,
    /**
     * A handle or the place for a result is `NULL`, or a number is not one of those listed for it.
     */
    PAYVOST_INVALID_ARGUMENT = 100,
    /**
     * A bug in this library, stopped at its boundary. Nothing was accepted.
     */
    PAYVOST_PANIC = 101,
    /**
     * The memory store has no room for another claim: every event that it remembers is being
     * handled.
     */
    PAYVOST_STORE_FULL = 102,
    /**
     * A delivery or a program was fed a result that does not match the requested step. It is
     * unchanged.
     */
    PAYVOST_UNEXPECTED_ANSWER = 103,
    /**
     * The system has no random bytes for a token.
     */
    PAYVOST_NO_RANDOM_BYTES = 104,
    /**
     * Memory ran out. This says nothing about the webhook: answer 500, and it is delivered again.
     */
    PAYVOST_OUT_OF_MEMORY = 105,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_result payvost_result;
#else
typedef uint32_t payvost_result;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a delivery ended, and so what the receiver answers. The numbers never change, and new ones
 * may be added: have a `default`.
 *
 * `payvost_router_dispatch()` sets the first three. A `payvost_delivery` ends in any of them.
 */
enum payvost_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A handler ran and handled the event.
     */
    PAYVOST_OUTCOME_HANDLED = 0,
    /**
     * No handler matches this type. The response is the same as for a handled event, so the
     * provider does not retry.
     */
    PAYVOST_OUTCOME_UNHANDLED = 1,
    /**
     * The handler ran and did not return 0, or ended the transaction of its inbox itself.
     */
    PAYVOST_OUTCOME_HANDLER_FAILED = 2,
    /**
     * Another worker is handling the event: the provider retries later. The response says when, in
     * a `Retry-After` header.
     */
    PAYVOST_OUTCOME_IN_PROGRESS = 3,
    /**
     * The store cannot be reached or is full, so the event is not recorded as handled.
     */
    PAYVOST_OUTCOME_STORE_UNAVAILABLE = 4,
    /**
     * An event with the same id and another payload was received before, so no handler ran.
     */
    PAYVOST_OUTCOME_CONFLICT = 5,
    /**
     * The event was handled before.
     */
    PAYVOST_OUTCOME_ALREADY_HANDLED = 6,
    /**
     * The handler put the event on a queue together with its claim, which the queue's worker
     * completes.
     */
    PAYVOST_OUTCOME_HANDED_OVER = 7,
    /**
     * The handler handled the event, but outlived its lease. Another worker took over and may have
     * handled it as well.
     */
    PAYVOST_OUTCOME_CLAIM_LOST = 8,
    /**
     * The body is incomplete. This says nothing about its signature.
     */
    PAYVOST_OUTCOME_BODY_INCOMPLETE = 9,
    /**
     * The request has another method than `POST`.
     */
    PAYVOST_OUTCOME_METHOD_NOT_ALLOWED = 10,
    /**
     * A retry by key found the delivery of another endpoint.
     */
    PAYVOST_OUTCOME_OTHER_ENDPOINT = 11,
    /**
     * The delivery was refused; `payvost_delivery_result()` says why.
     */
    PAYVOST_OUTCOME_REFUSED = 12,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_outcome payvost_outcome;
#else
typedef uint32_t payvost_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a fault means for its step. New numbers may be added: have a `default`.
 */
enum payvost_fault_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The store refused the step, or its reply makes no sense.
     */
    PAYVOST_FAULT_OTHER = 0,
    /**
     * The store was not reached: nothing has happened there.
     */
    PAYVOST_FAULT_UNREACHABLE = 1,
    /**
     * The connection broke, or the response was late: the step may have happened.
     */
    PAYVOST_FAULT_INTERRUPTED = 2,
    /**
     * The step's time limit is over, and the host still waits for the response in the background.
     */
    PAYVOST_FAULT_LATE = 3,
    /**
     * Two transactions conflicted: nothing has happened, and the step can be tried again.
     */
    PAYVOST_FAULT_CONFLICT = 4,
    /**
     * The object to be created exists already.
     */
    PAYVOST_FAULT_ALREADY_EXISTS = 5,
    /**
     * The table of claims does not exist.
     */
    PAYVOST_FAULT_MISSING_TABLE = 6,
    /**
     * The savepoint does not exist: the transaction was ended by other code.
     */
    PAYVOST_FAULT_TRANSACTION_ENDED = 7,
    /**
     * The transaction accepts no more statements until it is rolled back.
     */
    PAYVOST_FAULT_TRANSACTION_ABORTED = 8,
    /**
     * Redis does not know the script.
     */
    PAYVOST_FAULT_UNKNOWN_SCRIPT = 9,
    /**
     * The node of a Redis Cluster does not serve the key at this moment: nothing has happened, and the step can be tried again.
     */
    PAYVOST_FAULT_MOVING = 10,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_fault_kind payvost_fault_kind;
#else
typedef uint32_t payvost_fault_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The kind of a reply.
 */
enum payvost_reply_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is no reply: the work is not done yet.
     */
    PAYVOST_REPLY_NONE = 0,
    /**
     * The table is there.
     */
    PAYVOST_REPLY_CREATED = 1,
    /**
     * The result of a claim: `payvost_reply_claim()`.
     */
    PAYVOST_REPLY_CLAIM = 2,
    /**
     * Whether this worker had the claim, or there was a dead letter to discard:
     * `payvost_reply_held()`.
     */
    PAYVOST_REPLY_HELD = 3,
    /**
     * The result of a completion: `payvost_reply_completion()`.
     */
    PAYVOST_REPLY_COMPLETION = 4,
    /**
     * The rows of the last statement, or what the script returned, are the result.
     */
    PAYVOST_REPLY_ROWS = 5,
    /**
     * How many rows were deleted: `payvost_reply_count()`.
     */
    PAYVOST_REPLY_COUNT = 6,
    /**
     * A step failed and is not repeated: `payvost_reply_fault_code()`.
     */
    PAYVOST_REPLY_FAILED = 7,
    /**
     * The result of taking a ticket: `payvost_reply_taken()`.
     */
    PAYVOST_REPLY_TAKEN = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_reply_kind payvost_reply_kind;
#else
typedef uint32_t payvost_reply_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The result of completing a claim.
 */
enum payvost_completion
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The reply of the store makes no sense: nothing is recorded.
     */
    PAYVOST_COMPLETION_UNKNOWN = 0,
    /**
     * The event is on record as handled.
     */
    PAYVOST_COMPLETION_COMPLETED = 1,
    /**
     * The claim is no longer this worker's.
     */
    PAYVOST_COMPLETION_LOST = 2,
    /**
     * The handler committed the transaction of the inbox itself. The event is parked.
     */
    PAYVOST_COMPLETION_COMMITTED = 3,
    /**
     * The handler rolled back the transaction of the inbox itself.
     */
    PAYVOST_COMPLETION_ROLLED_BACK = 4,
    /**
     * The handler left the transaction of the inbox aborted, so that it accepts no more
     * statements.
     */
    PAYVOST_COMPLETION_ABORTED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_completion payvost_completion;
#else
typedef uint32_t payvost_completion;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A step for the caller to take.
 */
enum payvost_ask
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing more: send the response.
     */
    PAYVOST_ASK_NOTHING = 0,
    /**
     * Load the delivery that the store has kept under `payvost_delivery_retried_key()`. Feed
     * `payvost_delivery_feed_loaded()`, or `payvost_delivery_feed_failed()`.
     */
    PAYVOST_ASK_LOAD = 1,
    /**
     * Call `payvost_delivery_verify()`, which feeds its verdict itself.
     */
    PAYVOST_ASK_VERIFY = 2,
    /**
     * Claim the event: `payvost_delivery_claim_request()`, with `payvost_delivery_token()`, even
     * if it is parked when `payvost_delivery_claims_parked()`. Feed
     * `payvost_delivery_feed_claimed()` or `payvost_delivery_feed_failed()`.
     */
    PAYVOST_ASK_CLAIM = 3,
    /**
     * Call the handler. Feed `payvost_delivery_feed_handled()`; `payvost_delivery_handle()` does both.
     */
    PAYVOST_ASK_HANDLE = 4,
    /**
     * Complete the claim; for an inbox, commit too. Feed `payvost_delivery_feed_completed()` or
     * `payvost_delivery_feed_failed()`.
     */
    PAYVOST_ASK_COMPLETE = 5,
    /**
     * Release the claim with `payvost_delivery_handler_error()`; for an inbox, roll back and
     * record the failure. Feed `payvost_delivery_feed_released()` or
     * `payvost_delivery_feed_failed()`.
     */
    PAYVOST_ASK_RELEASE = 6,
    /**
     * Log `payvost_delivery_log_line()`. Feed `payvost_delivery_feed_logged()`, even if the logger
     * failed.
     */
    PAYVOST_ASK_LOG = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_ask payvost_ask;
#else
typedef uint32_t payvost_ask;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The level of a log record.
 */
enum payvost_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Normal operation.
     */
    PAYVOST_LEVEL_INFO = 0,
    /**
     * Check it if it repeats.
     */
    PAYVOST_LEVEL_WARNING = 1,
    /**
     * Needs action.
     */
    PAYVOST_LEVEL_ERROR = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_level payvost_level;
#else
typedef uint32_t payvost_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What happened to an event that was not handled.
 */
enum payvost_dead_letter_reason
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Its handler failed.
     */
    PAYVOST_DEAD_LETTER_FAILED = 0,
    /**
     * The lease is over, and the worker did not report a result.
     */
    PAYVOST_DEAD_LETTER_ABANDONED = 1,
    /**
     * Its handler committed the transaction of an inbox itself: only a retry by its key runs it again.
     */
    PAYVOST_DEAD_LETTER_PARKED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_dead_letter_reason payvost_dead_letter_reason;
#else
typedef uint32_t payvost_dead_letter_reason;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What to ask Redis for.
 */
enum payvost_redis_ask
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing more.
     */
    PAYVOST_REDIS_DONE = 0,
    /**
     * Evaluate the script by its hash (`EVALSHA`), which `SCRIPT LOAD` returns.
     */
    PAYVOST_REDIS_EVALSHA = 1,
    /**
     * Evaluate the script by its text (`EVAL`): the server does not know it yet.
     */
    PAYVOST_REDIS_EVAL = 2,
    /**
     * Wait for `payvost_redis_program_wait_ms()`, without blocking other work.
     */
    PAYVOST_REDIS_WAIT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_redis_ask payvost_redis_ask;
#else
typedef uint32_t payvost_redis_ask;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A step on a connection.
 */
enum payvost_sql_ask
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing more.
     */
    PAYVOST_SQL_DONE = 0,
    /**
     * Open a connection, or take one from the pool.
     */
    PAYVOST_SQL_OPEN = 1,
    /**
     * Begin a transaction, with the statement `begin` or the client's own method. For SQLite it
     * has to be `BEGIN IMMEDIATE`.
     */
    PAYVOST_SQL_BEGIN = 2,
    /**
     * Run the statement that `payvost_sql_program_statement()` names. Do not prepare one without
     * parameters.
     */
    PAYVOST_SQL_RUN = 3,
    /**
     * Commit.
     */
    PAYVOST_SQL_COMMIT = 4,
    /**
     * Roll back, if a transaction is open.
     */
    PAYVOST_SQL_ROLLBACK = 5,
    /**
     * Return the connection to the pool, or close it.
     */
    PAYVOST_SQL_CLOSE = 6,
    /**
     * Close the connection, which can no longer be used.
     */
    PAYVOST_SQL_DISCARD = 7,
    /**
     * Wait for `payvost_sql_program_wait_ms()`, without blocking other work.
     */
    PAYVOST_SQL_WAIT = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_sql_ask payvost_sql_ask;
#else
typedef uint32_t payvost_sql_ask;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A step for the caller to take.
 */
enum payvost_call_ask
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: the call is done. See `payvost_call_succeeded()`.
     */
    PAYVOST_CALL_DONE = 0,
    /**
     * Send a request: `payvost_call_method()`, `payvost_call_url()`, `payvost_call_header()`,
     * `payvost_call_body()`, within `payvost_call_time_limit_ms()`. Then feed the response with
     * `payvost_call_feed_header()` and `payvost_call_feed_response()`, or a fault with
     * `payvost_call_feed_fault()`.
     *
     * Send it unchanged and only to this URL: no redirects, no `.netrc`.
     */
    PAYVOST_CALL_REQUEST = 1,
    /**
     * Wait for `payvost_call_wait_ms()`, then call `payvost_call_feed_waited()`.
     */
    PAYVOST_CALL_WAIT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_call_ask payvost_call_ask;
#else
typedef uint32_t payvost_call_ask;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How reading a body ended.
 */
enum payvost_body_end
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * At its end, or at the limit.
     */
    PAYVOST_BODY_REACHED = 0,
    /**
     * The sender broke off.
     */
    PAYVOST_BODY_BROKEN = 1,
    /**
     * The sender was too slow.
     */
    PAYVOST_BODY_TIMED_OUT = 2,
    /**
     * Other code has read or parsed it before.
     */
    PAYVOST_BODY_CONSUMED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_body_end payvost_body_end;
#else
typedef uint32_t payvost_body_end;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why there was no response. If an HTTP client cannot distinguish them, use `PAYVOST_CALL_LOST`.
 */
enum payvost_call_fault
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing was sent: the host is unknown, or it or the proxy refused the connection.
     */
    PAYVOST_CALL_NOT_SENT = 1,
    /**
     * Nothing was sent: no connection was established within the time limit.
     */
    PAYVOST_CALL_CONNECT_TIMED_OUT = 2,
    /**
     * No complete response arrived within the time limit.
     */
    PAYVOST_CALL_TIMED_OUT = 3,
    /**
     * The connection was lost after something may have been sent, or in the middle of the response.
     */
    PAYVOST_CALL_LOST = 4,
    /**
     * The certificate is not trusted, or there is no common version of TLS.
     */
    PAYVOST_CALL_TLS_FAILED = 5,
    /**
     * The response is not HTTP, cannot be decompressed, or its headers do not end.
     */
    PAYVOST_CALL_MALFORMED = 6,
    /**
     * The body is longer than `PAYVOST_MAX_ANSWER_BYTES`.
     */
    PAYVOST_CALL_TOO_LARGE = 7,
    /**
     * The caller cancelled the call.
     */
    PAYVOST_CALL_CANCELLED = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_call_fault payvost_call_fault;
#else
typedef uint32_t payvost_call_fault;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The operations of the management API. Numbers never change; new ones may be added.
 */
enum payvost_call_operation
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * `webhooks.create`: creates a webhook. Store the secret in the response: it is not shown again.
     */
    PAYVOST_CALL_WEBHOOKS_CREATE = 1,
    /**
     * `webhooks.list`: lists your webhooks, a page at a time.
     */
    PAYVOST_CALL_WEBHOOKS_LIST = 2,
    /**
     * `webhooks.get`: retrieves a webhook.
     */
    PAYVOST_CALL_WEBHOOKS_GET = 3,
    /**
     * `webhooks.update`: changes a webhook. Omitted parameters keep their values.
     */
    PAYVOST_CALL_WEBHOOKS_UPDATE = 4,
    /**
     * `webhooks.delete`: deletes a webhook.
     */
    PAYVOST_CALL_WEBHOOKS_DELETE = 5,
    /**
     * `webhooks.rotateSecret`: replaces the secret of a webhook and returns the new one.
     */
    PAYVOST_CALL_WEBHOOKS_ROTATE_SECRET = 6,
    /**
     * `webhooks.test`: sends a test event to a webhook.
     */
    PAYVOST_CALL_WEBHOOKS_TEST = 7,
    /**
     * `webhooks.getLogs`: lists the deliveries to a webhook, a page at a time.
     */
    PAYVOST_CALL_WEBHOOKS_GET_LOGS = 8,
    /**
     * `testing.triggerWebhook`: sends an event to one webhook in a sandbox.
     */
    PAYVOST_CALL_TESTING_TRIGGER_WEBHOOK = 9,
    /**
     * `testing.advanceTime`: advances the clock of a sandbox, and returns when all deliveries that became due have been made.
     */
    PAYVOST_CALL_TESTING_ADVANCE_TIME = 10,
    /**
     * `testing.resetTime`: resets the clock of a sandbox to the current time.
     */
    PAYVOST_CALL_TESTING_RESET_TIME = 11,
    /**
     * `testing.resetAllData`: deletes all data in a sandbox.
     */
    PAYVOST_CALL_TESTING_RESET_ALL_DATA = 12,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_call_operation payvost_call_operation;
#else
typedef uint32_t payvost_call_operation;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The result of claiming an event.
 */
enum payvost_claim_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The reply of the store makes no sense: nothing is claimed.
     */
    PAYVOST_CLAIM_UNKNOWN = 0,
    /**
     * This worker handles the event.
     */
    PAYVOST_CLAIM_CLAIMED = 1,
    /**
     * Another worker has it.
     */
    PAYVOST_CLAIM_IN_PROGRESS = 2,
    /**
     * It was handled before.
     */
    PAYVOST_CLAIM_DONE = 3,
    /**
     * An event with the same id and another payload was claimed before.
     */
    PAYVOST_CLAIM_CONFLICT = 4,
    /**
     * Its handler committed the transaction of an inbox itself: only a retry by its key claims it.
     */
    PAYVOST_CLAIM_PARKED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_claim_kind payvost_claim_kind;
#else
typedef uint32_t payvost_claim_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Whether and how an event is claimed before it is handled.
 */
enum payvost_claiming
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is no store: duplicates are handled again.
     */
    PAYVOST_CLAIMING_NEVER = 0,
    /**
     * The store grants a lease.
     */
    PAYVOST_CLAIMING_LEASE = 1,
    /**
     * The claim and the handler's own writes share a transaction.
     */
    PAYVOST_CLAIMING_INBOX = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_claiming payvost_claiming;
#else
typedef uint32_t payvost_claiming;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a handler ended.
 */
enum payvost_handler_end
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It handled the event.
     */
    PAYVOST_HANDLER_RETURNED = 0,
    /**
     * It handed its claim over to a queue, with a ticket: `payvost_claim_request_key()` and
     * `payvost_delivery_token()`. The queue's worker takes the ticket before it acts:
     * `payvost_memory_claims_take()`, `PAYVOST_SQL_TAKE`, `PAYVOST_OPERATION_TAKE`.
     */
    PAYVOST_HANDLER_HANDED_OVER = 1,
    /**
     * It failed.
     */
    PAYVOST_HANDLER_FAILED = 2,
    /**
     * It was cancelled at its time limit, and has stopped.
     */
    PAYVOST_HANDLER_TIMED_OUT = 3,
    /**
     * The caller no longer waits, and the handler still runs: its claim stays until it ends.
     */
    PAYVOST_HANDLER_ABANDONED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_handler_end payvost_handler_end;
#else
typedef uint32_t payvost_handler_end;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A step of the protocol of claims.
 */
enum payvost_operation
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Claim an event.
     */
    PAYVOST_OPERATION_CLAIM = 1,
    /**
     * Extend a claim.
     */
    PAYVOST_OPERATION_EXTEND = 2,
    /**
     * Record that an event is handled.
     */
    PAYVOST_OPERATION_COMPLETE = 3,
    /**
     * Release a claim.
     */
    PAYVOST_OPERATION_RELEASE = 4,
    /**
     * Read the delivery that was kept with a claim.
     */
    PAYVOST_OPERATION_DELIVERY = 5,
    /**
     * List the events that were claimed and not handled.
     */
    PAYVOST_OPERATION_DEAD_LETTERS = 6,
    /**
     * Take a claim over from a queue.
     */
    PAYVOST_OPERATION_TAKE = 7,
    /**
     * Discard a dead letter.
     */
    PAYVOST_OPERATION_DISCARD = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_operation payvost_operation;
#else
typedef uint32_t payvost_operation;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A value to bind to a placeholder of a statement, or to pass to a script.
 */
enum payvost_parameter
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The key of the claim: `payvost_claim_request_key()`.
     */
    PAYVOST_PARAMETER_KEY = 1,
    /**
     * `payvost_claim_request_fingerprint()`
     */
    PAYVOST_PARAMETER_FINGERPRINT = 2,
    /**
     * The token of the claim: `payvost_delivery_token()`; for a worker that takes a ticket,
     * `payvost_taker_token()`.
     */
    PAYVOST_PARAMETER_TOKEN = 3,
    /**
     * A number: `payvost_claim_request_lease_ms()`.
     */
    PAYVOST_PARAMETER_LEASE = 4,
    /**
     * A number: `payvost_claim_request_remember_ms()`.
     */
    PAYVOST_PARAMETER_REMEMBER = 5,
    /**
     * `payvost_claim_request_event_type()`
     */
    PAYVOST_PARAMETER_EVENT_TYPE = 6,
    /**
     * The raw body as bytes; `NULL` in SQL and empty for Redis if no delivery is kept.
     */
    PAYVOST_PARAMETER_PAYLOAD = 7,
    /**
     * The signature header; `NULL` in SQL and empty for Redis if no delivery is kept.
     */
    PAYVOST_PARAMETER_SIGNATURE = 8,
    /**
     * `payvost_delivery_handler_error()`
     */
    PAYVOST_PARAMETER_ERROR = 9,
    /**
     * A number: how many rows at most.
     */
    PAYVOST_PARAMETER_LIMIT = 10,
    /**
     * The token of the ticket that a claim was handed over with: `payvost_delivery_token()` of that delivery.
     */
    PAYVOST_PARAMETER_TICKET = 11,
    /**
     * `payvost_claim_request_open_key()`: selects the store whose dead letters are listed.
     */
    PAYVOST_PARAMETER_OPEN_KEY = 12,
    /**
     * `payvost_redis_program_lists()`; empty unless the server is a Redis Cluster.
     */
    PAYVOST_PARAMETER_LISTS = 13,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_parameter payvost_parameter;
#else
typedef uint32_t payvost_parameter;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The SQL dialect.
 */
enum payvost_sql_dialect
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * PostgreSQL 12 or later, and compatible databases.
     */
    PAYVOST_SQL_POSTGRES = 1,
    /**
     * MySQL 8 or MariaDB 10.3, or later ones.
     */
    PAYVOST_SQL_MYSQL = 2,
    /**
     * SQLite 3.35 or later.
     */
    PAYVOST_SQL_SQLITE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_sql_dialect payvost_sql_dialect;
#else
typedef uint32_t payvost_sql_dialect;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a client marks placeholders.
 */
enum payvost_sql_placeholders
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * `?`: SQLite, MySQL, ODBC.
     */
    PAYVOST_SQL_QUESTION = 1,
    /**
     * `%s`
     */
    PAYVOST_SQL_FORMAT = 2,
    /**
     * `$1`: libpq. A number can be used in several places.
     */
    PAYVOST_SQL_NUMBERED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_sql_placeholders payvost_sql_placeholders;
#else
typedef uint32_t payvost_sql_placeholders;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The work to do.
 */
enum payvost_sql_work
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Create the table and its indexes. Doing so again, or from two processes at once, is
     * harmless.
     */
    PAYVOST_SQL_CREATE_TABLE = 1,
    /**
     * Claim an event for a lease.
     */
    PAYVOST_SQL_CLAIM = 2,
    /**
     * Claim an event for a lease, even a parked one: if `payvost_delivery_claims_parked()`.
     */
    PAYVOST_SQL_CLAIM_PARKED = 3,
    /**
     * Extend a lease.
     */
    PAYVOST_SQL_EXTEND = 4,
    /**
     * Complete a lease.
     */
    PAYVOST_SQL_COMPLETE = 5,
    /**
     * Release a lease.
     */
    PAYVOST_SQL_RELEASE = 6,
    /**
     * Read the delivery that is kept for a key.
     */
    PAYVOST_SQL_DELIVERY = 7,
    /**
     * List the events that were claimed and not handled.
     */
    PAYVOST_SQL_DEAD_LETTERS = 8,
    /**
     * Begin the transaction of an inbox with a claim. The connection is kept if the event is
     * claimed.
     */
    PAYVOST_SQL_ENTER = 9,
    /**
     * As `PAYVOST_SQL_ENTER`, even for a parked event.
     */
    PAYVOST_SQL_ENTER_PARKED = 10,
    /**
     * Complete the claim of an inbox and commit, unless the handler ended the transaction itself.
     */
    PAYVOST_SQL_LEAVE = 11,
    /**
     * Roll the inbox's transaction back, and record in another one that the handler failed.
     */
    PAYVOST_SQL_FAIL = 12,
    /**
     * Ask whether the transaction of an inbox still holds its claim.
     */
    PAYVOST_SQL_RENEW = 13,
    /**
     * Roll the inbox's transaction back and record nothing: the worker is being stopped.
     */
    PAYVOST_SQL_ABANDON = 14,
    /**
     * Take a claim over from a queue.
     */
    PAYVOST_SQL_TAKE = 15,
    /**
     * Discard a dead letter.
     */
    PAYVOST_SQL_DISCARD_LETTER = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_sql_work payvost_sql_work;
#else
typedef uint32_t payvost_sql_work;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The result of taking a ticket from a queue, and what to do with the job.
 */
enum payvost_taken_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The reply of the store makes no sense, or the step failed: do nothing, and put the job back.
     */
    PAYVOST_TAKEN_UNKNOWN = 0,
    /**
     * This worker handles the event, and completes or releases the claim with its token.
     */
    PAYVOST_TAKEN_CLAIMED = 1,
    /**
     * Another worker has taken the same ticket: put the job back.
     */
    PAYVOST_TAKEN_IN_PROGRESS = 2,
    /**
     * The event is handled: drop the job.
     */
    PAYVOST_TAKEN_DONE = 3,
    /**
     * A later delivery has claimed the event, or the store has forgotten it: drop the job.
     */
    PAYVOST_TAKEN_LOST = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum payvost_taken_kind payvost_taken_kind;
#else
typedef uint32_t payvost_taken_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The body of one request: what its headers announce, and how much of it to read.
 *
 * Make one when the headers have arrived, read up to `payvost_body_limit()` bytes, and pass it to
 * `payvost_delivery_new()`, which says what a missing or truncated body means.
 */
typedef struct payvost_body payvost_body;

/**
 * One call of the management API: it asks for an HTTP request or a pause, is fed the result, and
 * ends in data or an error. It decides what to send, how to read a response, and what to retry and
 * when; the caller sends the requests with its own HTTP client.
 *
 * Ask `payvost_call_next()`, take that step and feed the result, until the call is done.
 *
 * Use it in one thread at a time. Texts and values from the functions below live until the
 * call is fed or freed, unless a function says otherwise.
 *
 * Times are in milliseconds: `elapsed_ms` of a monotonic clock (`CLOCK_MONOTONIC`), `unix_ms` since
 * 1970-01-01T00:00:00Z.
 */
typedef struct payvost_call payvost_call;

/**
 * How long events are claimed and remembered, and what the keys of their claims begin with.
 *
 * Make one at startup with `payvost_claim_policy_new()`, set its options, and use it in as many
 * threads as you like. Where a function takes one, `NULL` means the defaults.
 *
 * A refused option stays refused: every later use of the policy fails for that reason.
 */
typedef struct payvost_claim_policy payvost_claim_policy;

/**
 * A claim to make for an event, for a store of your own. Its texts live as long as it does.
 */
typedef struct payvost_claim_request payvost_claim_request;

/**
 * A client of the management API: its API key, its options, and the budget for retries that its calls
 * share. It does no I/O. Any number of threads can start calls on one client.
 */
typedef struct payvost_client payvost_client;

/**
 * A list of events that were claimed and not handled, at the time it was made.
 */
typedef struct payvost_dead_letters payvost_dead_letters;

/**
 * The course of one delivery: it asks for a step, is fed the result, and ends in a response and
 * one log record. It decides the order of the steps; the caller takes them with its own HTTP
 * server, store and logger.
 *
 * Ask `payvost_delivery_next()`, take that step, and feed the result, until it asks for nothing
 * more. Then send `payvost_delivery_http_status()`, the headers and
 * `payvost_delivery_http_body()`.
 *
 * Use it in one thread at a time. Texts from the functions below live as long as the delivery,
 * unless a function says otherwise. A call that fails with `PAYVOST_INVALID_ARGUMENT` or
 * `PAYVOST_PANIC` ends the delivery: it asks for nothing more, and its response is that of a
 * failed handler. After `PAYVOST_UNEXPECTED_ANSWER` it is unchanged.
 */
typedef struct payvost_delivery payvost_delivery;

/**
 * A verified event.
 *
 * **It does not copy the payload but points into it: keep the payload, unchanged, until
 * `payvost_event_free()`.** An event from a call whose name ends in `_copy` has its own copy.
 * Texts and values from the functions below live as long as the event. Any number of threads may
 * read one event at once.
 */
typedef struct payvost_event payvost_event;

/**
 * Why a delivery was refused.
 */
typedef struct payvost_explanation payvost_explanation;

/**
 * Why a step of a store failed: the kind of fault, and the client's name for it.
 *
 * The client's message is read but never kept, because it quotes values, addresses and user names.
 */
typedef struct payvost_fault payvost_fault;

/**
 * Claims in the memory of one process. Other processes do not see them, and a restart clears them.
 * Any number of threads may use it at once.
 *
 * Memory is bounded: beyond its capacity, the event that would be forgotten first makes room,
 * unless a worker has it.
 */
typedef struct payvost_memory_claims payvost_memory_claims;

/**
 * One step on a Redis: it asks for a script to be evaluated and is fed the result. It holds no
 * connection, reads no clock and never waits.
 *
 * Ask `payvost_redis_program_next()`, do it and feed the result, until it asks for nothing more.
 * Then `payvost_redis_program_reply()` has the result, for `payvost_delivery_feed_reply()`. Use it
 * in one thread at a time.
 */
typedef struct payvost_redis_program payvost_redis_program;

/**
 * The result of work on a store. It belongs to its program.
 */
typedef struct payvost_reply payvost_reply;

/**
 * Calls the handler that was registered for the type of an event: for one type, for a family of
 * types, or for everything.
 *
 * Make one at startup with `payvost_router_new()`, register the handlers, and dispatch in as many
 * threads as you like: dispatching does not change it. Registering does: finish that before the
 * first thread dispatches. Handlers can run in several threads at once.
 *
 * A refused registration stays refused: from then on nothing is dispatched, so that an event whose
 * pattern was misspelled does not count as one without a handler.
 */
typedef struct payvost_router payvost_router;

/**
 * A piece of work on a table of claims: it asks for one step on a connection at a time and is fed
 * the result. It decides the order of the statements, what their rows mean, and when to repeat
 * them. It holds no connection, reads no clock and never waits.
 *
 * Ask `payvost_sql_program_next()`, do it and feed the result, until it asks for nothing more.
 * Then `payvost_sql_program_reply()` has the result, for `payvost_delivery_feed_reply()`. Use it
 * in one thread at a time.
 */
typedef struct payvost_sql_program payvost_sql_program;

/**
 * The statements of a table of claims, in one dialect and with one kind of placeholders. Any number of
 * threads may read them.
 */
typedef struct payvost_sql_statements payvost_sql_statements;

/**
 * The library's own: what an event, or the answer of a call, keeps of strings with escapes.
 */
typedef struct payvost_unescaped payvost_unescaped;

/**
 * Verifies webhooks. Secrets and options are checked once, when you pass them.
 *
 * Make one at startup with `payvost_verifier_new()`, set its options, and use it in as many
 * threads as you like: verifying does not change it. Adding a secret and setting an option do:
 * finish that before the first thread verifies with it.
 *
 * A refused secret or option stays refused: from then on everything is refused for that reason, so
 * that a setup whose result was not checked does not verify less than intended.
 *
 * The verifier does not keep the text of a secret, only the two hash states that HMAC derives from
 * it. It wipes every copy of them on the heap before that memory is freed: when secrets are added,
 * and in `payvost_verifier_free()`. It cannot wipe your own copy of the secret, what the compiler
 * leaves in registers and on the stack while a secret is added, or what the system wrote to swap or
 * to a core dump.
 */
typedef struct payvost_verifier payvost_verifier;

/**
 * Text of an event: UTF-8, which may contain NULs and does **not** end in one. `data` is never
 * `NULL`.
 *
 * It points into the payload or the event and lives as long as both, unless a function says
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
 * The details of a failure, beyond its `payvost_result`.
 *
 * The caller declares one, passes its address to a call that can fail, and asks the functions
 * below about it afterwards. Nothing has to be freed. Every such call fills it in, with
 * `PAYVOST_OK` if the call worked. If you pass `NULL`, only the result is returned. A struct that
 * was set to `{0}` reads as after a call that worked.
 *
 * Its texts have no part of a secret, a computed signature or the payload. The members are
 * private.
 */
typedef struct payvost_error {
    uint32_t result;
    uint32_t has_offset;
    size_t offset;
    const char *pointer;
    const char *hint;
    uint32_t http_status;
    char message[128];
    char http_body[192];
} payvost_error;

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
 * A value of an event's payload or of an answer, or the absence of one.
 *
 * It is passed by value, can be copied freely, and needs no freeing; it lives as long as its event
 * or call. Looking up something missing returns an absent value, and so does every lookup in
 * that, so only the last step needs a check. A struct that was set to `{0}` is an absent value.
 * The members are private.
 */
typedef struct payvost_value {
    const struct payvost_unescaped *unescaped;
    size_t place[5];
} payvost_value;

/**
 * Iterates once over the members of an object or the elements of an array, in the order of the
 * payload. It needs no freeing and lives as long as the event or call. The members are private.
 *
 *     payvost_iterator members = payvost_value_iterate(payvost_event_data(event));
 *     payvost_str key;
 *     payvost_value value;
 *     while (payvost_iterator_next(&members, &key, &value)) { ... }
 */
typedef struct payvost_iterator {
    const struct payvost_unescaped *unescaped;
    size_t place[7];
} payvost_iterator;

/**
 * A clock for the time of day. Any thread that verifies calls it.
 */
typedef struct payvost_timestamp (*payvost_wall_clock)(void *user);

/**
 * Handles an event: gets the event, and the pointer that it was registered with.
 *
 * Return 0 if the event is handled, so that the provider does not retry, and any other number if
 * it is not. The caller owns the event and its payload: do not free them, and copy what you need
 * later.
 *
 * The handler must return: a `longjmp()` or a C++ exception must not leave it. It may dispatch
 * another event, but must not change or free the router that calls it.
 */
typedef int (*payvost_handler)(const struct payvost_event *event, void *user);

/**
 * The result of claiming an event. A struct that was set to `{0}` claims nothing.
 */
typedef struct payvost_claim {
    /**
     * One of `payvost_claim_kind`.
     */
    uint32_t kind;
    /**
     * For `PAYVOST_CLAIM_CLAIMED`: how often the event has been claimed, including this time.
     */
    uint32_t attempt;
    /**
     * For `PAYVOST_CLAIM_IN_PROGRESS`: when the other worker's lease is over, in milliseconds.
     */
    uint64_t wait_ms;
} payvost_claim;

/**
 * The result of taking a ticket from a queue. One that was set to `{0}` takes nothing.
 */
typedef struct payvost_taken {
    /**
     * One of `payvost_taken_kind`.
     */
    uint32_t kind;
    /**
     * For `PAYVOST_TAKEN_CLAIMED`: how often the event has been tried, including this time.
     */
    uint32_t attempt;
    /**
     * For `PAYVOST_TAKEN_IN_PROGRESS`: when the other worker's lease is over, in milliseconds.
     */
    uint64_t wait_ms;
} payvost_taken;

/**
 * A field of a record. It belongs to its delivery.
 */
typedef struct payvost_field {
    /**
     * Its name, such as `event_id`. Ends in NUL.
     */
    const char *name;
    /**
     * Its value; for a number, its digits.
     */
    struct payvost_str text;
    /**
     * The number, if the value is one.
     */
    uint64_t number;
    /**
     * Whether the value is a number.
     */
    bool is_number;
} payvost_field;

/**
 * An event that was claimed and not handled. It belongs to its list.
 */
typedef struct payvost_dead_letter {
    /**
     * The key of the claim, for `payvost_delivery_new_retry()`.
     */
    struct payvost_str key;
    /**
     * The type of the event.
     */
    struct payvost_str event_type;
    /**
     * The kind of error of the handler's last failure; empty if it did not fail.
     */
    struct payvost_str error;
    /**
     * How long it has been in this state, in milliseconds.
     */
    uint64_t age_ms;
    /**
     * How often it has been tried.
     */
    uint32_t attempts;
    /**
     * What happened to it last.
     */
    payvost_dead_letter_reason reason;
} payvost_dead_letter;

/**
 * A clock in milliseconds that is never set back. It may start anywhere.
 */
typedef uint64_t (*payvost_clock)(void *user);

/**
 * One statement. It belongs to its `payvost_sql_statements`.
 */
typedef struct payvost_sql_statement {
    /**
     * The name of the step, as `payvost_sql_program_statement()` has it. Ends in NUL.
     */
    const char *name;
    /**
     * The SQL. Ends in NUL.
     */
    const char *text;
    /**
     * The values to bind, in order: each is one of `payvost_parameter`.
     */
    const uint32_t *parameters;
    /**
     * How many parameters there are. Do not prepare a statement without any: MySQL refuses to
     * prepare some.
     */
    size_t parameter_count;
} payvost_sql_statement;

/**
 * The result of a statement.
 */
typedef struct payvost_sql_ran {
    /**
     * How many rows it returned.
     */
    uint64_t rows;
    /**
     * How many rows it changed; 0 if the client does not know.
     */
    uint64_t changed;
    /**
     * The first column of the first row, if that is text; otherwise `NULL`.
     */
    const char *word;
    /**
     * The length of the word.
     */
    size_t word_len;
    /**
     * The first number in the first row; otherwise `NULL`.
     */
    const int64_t *number;
} payvost_sql_ran;

/**
 * A proven cause. It belongs to its explanation.
 */
typedef struct payvost_cause {
    /**
     * The stable code, such as `body_reserialized`.
     */
    struct payvost_str code;
    /**
     * How the cause shows, without any part of a body, a secret or a signature.
     */
    struct payvost_str evidence;
    /**
     * What to do about it.
     */
    struct payvost_str fix;
} payvost_cause;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is loaded, such as `"0.1.0"`. Ends in NUL, lives as long as the
 * library.
 */
PAYVOST_API const char *payvost_version(void);

/**
 * Whether a text of an event equals another text, byte for byte: `payvost_str_equals(type,
 * PAYVOST_LITERAL("payment.succeeded"))`.
 */
PAYVOST_API bool payvost_str_equals(struct payvost_str text, const char *other, size_t other_len);

/**
 * The name of a result, the same string in every language, such as `"signature_mismatch"`; `"ok"`
 * for `PAYVOST_OK`, `"unknown"` for any other number. Ends in NUL, lives as long as the
 * library, is never `NULL`.
 */
PAYVOST_API const char *payvost_result_code(uint32_t result);

/**
 * The class of a result.
 */
PAYVOST_API payvost_class payvost_result_class(uint32_t result);

/**
 * The HTTP status of the response. The provider retries after everything except 2xx. For a
 * refusal, whose status is in the error, and for an unknown number, it is that of a failed
 * handler.
 */
PAYVOST_API uint32_t payvost_outcome_http_status(uint32_t outcome);

/**
 * The body of the response, which is JSON (`application/json`): `{"received":true}`, or the error
 * in the form of `payvost_error_http_body()`. Ends in NUL, lives as long as the library, is never
 * `NULL`.
 */
PAYVOST_API const char *payvost_outcome_http_body(uint32_t outcome);

/**
 * The name of the failure, the same string in every language, such as `"signature_mismatch"`;
 * `"ok"` when there is none. Ends in NUL, lives as long as the library, is never `NULL`.
 */
PAYVOST_API const char *payvost_error_code(const struct payvost_error *error);

/**
 * The class of the failure, which decides the response.
 */
PAYVOST_API payvost_class payvost_error_class(const struct payvost_error *error);

/**
 * What happened, in words that you can send back to the caller; empty if nothing failed. Ends in
 * NUL, lives until `error` changes or goes out of scope, is never `NULL`.
 */
PAYVOST_API const char *payvost_error_message(const struct payvost_error *error);

/**
 * What usually causes this and what to do about it, for the log and not for the caller; empty if
 * nothing failed. Ends in NUL, lives as long as the library, is never `NULL`.
 */
PAYVOST_API const char *payvost_error_hint(const struct payvost_error *error);

/**
 * For `PAYVOST_INVALID_JSON`: where in the payload the first problem is, in bytes from its start.
 *
 * Returns whether there is an offset. `offset` may be `NULL`, and is written only when there is
 * one.
 */
PAYVOST_API bool payvost_error_offset(const struct payvost_error *error, size_t *offset);

/**
 * For `PAYVOST_INVALID_EVENT`: the field at fault as a JSON Pointer (RFC 6901), such as
 * `"/createdAt"`; `""` is the payload itself. `NULL` for every other failure. Ends in NUL, lives
 * as long as the library.
 */
PAYVOST_API const char *payvost_error_pointer(const struct payvost_error *error);

/**
 * The HTTP status for a refused delivery: 400, 413 for `PAYVOST_PAYLOAD_TOO_LARGE`, or 500 if the
 * receiver is set up wrongly. 200 if nothing failed.
 */
PAYVOST_API uint32_t payvost_error_http_status(const struct payvost_error *error);

/**
 * The body of the response to a refused delivery. It is JSON (`application/json`) with the code
 * and the message: `{"error":{"code":"signature_mismatch","message":"..."}}`; it is
 * `{"received":true}` when nothing failed. Ends in NUL, lives until `error` changes or goes out of
 * scope, is never `NULL`.
 */
PAYVOST_API const char *payvost_error_http_body(const struct payvost_error *error);

/**
 * The event's id, 1 to 255 bytes without control characters. It is the same in every delivery of
 * the event: remember it to act once.
 */
PAYVOST_API struct payvost_str payvost_event_id(const struct payvost_event *event);

/**
 * What happened (`type`), such as `payment.succeeded`. The list is open: expect types that you do
 * not know.
 */
PAYVOST_API struct payvost_str payvost_event_type(const struct payvost_event *event);

/**
 * What happened, as a number for a `switch`; `PAYVOST_TYPE_UNKNOWN` for a type that is not
 * documented, and for `NULL`.
 */
PAYVOST_API payvost_type payvost_event_known_type(const struct payvost_event *event);

/**
 * When it happened (`createdAt`). Retries keep it.
 */
PAYVOST_API struct payvost_timestamp payvost_event_created_at(const struct payvost_event *event);

/**
 * When it happened, as written: a date-time of RFC 3339. The time of this call grows with
 * the number of the envelope's fields.
 */
PAYVOST_API struct payvost_str payvost_event_created_at_text(const struct payvost_event *event);

/**
 * Whether real money is meant (`liveMode`).
 */
PAYVOST_API bool payvost_event_live_mode(const struct payvost_event *event);

/**
 * Which secret made the signature: 0 for the one that the verifier was made with, 1 for the first
 * that was added, and so on. During a rotation, this shows when the old secret is no longer used
 * and can be retired.
 */
PAYVOST_API size_t payvost_event_matching_secret(const struct payvost_event *event);

/**
 * Frees an event. `NULL` is a no-op. After that, the payload may change or be freed.
 */
PAYVOST_API void payvost_event_free(struct payvost_event *event);

/**
 * What it happened to (`data`), always an object. Its content is the provider's and is not
 * checked.
 */
PAYVOST_API struct payvost_value payvost_event_data(const struct payvost_event *event);

/**
 * What `data` was before (`previousData`): an object, or absent when the payload has `null` there
 * or nothing.
 */
PAYVOST_API struct payvost_value payvost_event_previous_data(const struct payvost_event *event);

/**
 * The whole payload as a value, unknown fields included.
 */
PAYVOST_API struct payvost_value payvost_event_value(const struct payvost_event *event);

/**
 * The value at a JSON Pointer (RFC 6901), or absent: `payvost_event_pointer(event,
 * PAYVOST_LITERAL("/data/customer/email"))`.
 */
PAYVOST_API
struct payvost_value payvost_event_pointer(const struct payvost_event *event,
                                           const char *pointer,
                                           size_t pointer_len);

/**
 * The kind of a value.
 */
PAYVOST_API payvost_kind payvost_value_kind(struct payvost_value value);

/**
 * Reads `true` or `false`. Returns whether the value is one of them; `*truth` is written only
 * then, and `truth` may be `NULL`.
 */
PAYVOST_API bool payvost_value_bool(struct payvost_value value, bool *truth);

/**
 * Reads a string: the text itself, with escapes decoded. Returns whether it is one; `*text` is
 * written only then, and `text` may be `NULL`.
 *
 * Most strings point into the payload. A string with escapes is decoded on first use, and the
 * event keeps the copy.
 */
PAYVOST_API bool payvost_value_string(struct payvost_value value, struct payvost_str *text);

/**
 * Reads a number as an integer. Returns whether it was written without fraction and exponent and
 * fits; `*number` is written only then, and `number` may be `NULL`.
 */
PAYVOST_API bool payvost_value_int64(struct payvost_value value, int64_t *number);

/**
 * Reads a number as the nearest double. Returns whether it is a number; `*number` is written only
 * then, and `number` may be `NULL`.
 *
 * Amounts of money come as strings, such as `"99.99"`: keep them out of doubles.
 */
PAYVOST_API bool payvost_value_double(struct payvost_value value, double *number);

/**
 * Reads a number as written, digit for digit. Returns whether it is a number; `*text` is
 * written only then, and `text` may be `NULL`.
 */
PAYVOST_API bool payvost_value_number_text(struct payvost_value value, struct payvost_str *text);

/**
 * The number of an object's members or an array's elements; 0 for every other value.
 */
PAYVOST_API size_t payvost_value_length(struct payvost_value value);

/**
 * The member of an object by its key, or absent. The time of this call grows with the number of
 * members.
 */
PAYVOST_API
struct payvost_value payvost_value_member(struct payvost_value value,
                                          const char *key,
                                          size_t key_len);

/**
 * The element of an array by its index, from 0 on, or absent. The time of this call grows with the
 * index: to read them all, use `payvost_value_iterate()`.
 */
PAYVOST_API struct payvost_value payvost_value_element(struct payvost_value value, size_t index);

/**
 * The value at a JSON Pointer (RFC 6901) relative to this one, or absent: `""` is the value
 * itself, `/items/0` the first of `items`.
 */
PAYVOST_API
struct payvost_value payvost_value_pointer(struct payvost_value value,
                                           const char *pointer,
                                           size_t pointer_len);

/**
 * A value as written in the payload: JSON that any parser reads, to store or pass on. Empty
 * for an absent value.
 */
PAYVOST_API struct payvost_str payvost_value_json(struct payvost_value value);

/**
 * An iterator before its first entry. For a value that is neither an object nor an array, it has
 * no entries.
 */
PAYVOST_API struct payvost_iterator payvost_value_iterate(struct payvost_value container);

/**
 * Goes to the next entry. Returns whether there is one; `*key` and `*value` are written only then.
 * The key of an array's element is empty. `key` and `value` may each be `NULL`.
 */
PAYVOST_API
bool payvost_iterator_next(struct payvost_iterator *iterator,
                           struct payvost_str *key,
                           struct payvost_value *value);

/**
 * Makes a verifier with one secret and default options.
 *
 * The secret is opaque: nothing is stripped or decoded, and a prefix such as `whsec_` is part of
 * it. It is no longer needed when this returns. A `NULL` secret, which `getenv()` returns for an
 * unset variable, is refused.
 *
 * `*verifier` is written on success only, and must be freed with `payvost_verifier_free()`.
 * `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_SECRET`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_verifier_new(const char *secret,
                                    size_t secret_len,
                                    struct payvost_verifier **verifier,
                                    struct payvost_error *error);

/**
 * Adds a secret, for example during a rotation: a webhook is accepted if any of the secrets made
 * its signature. The order does not matter.
 *
 * Do not call it while another thread uses the verifier. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_SECRET`. Here and below, it returns what verifying will return from
 * now on because of the setup: an earlier mistake is reported again.
 */
PAYVOST_API
payvost_result payvost_verifier_add_secret(struct payvost_verifier *verifier,
                                           const char *secret,
                                           size_t secret_len,
                                           struct payvost_error *error);

/**
 * Refuses events whose `createdAt` is further than this from now, in either direction, by the
 * system's clock. Off by default.
 *
 * From 0 to `PAYVOST_MAX_TOLERANCE_SECONDS`, fractions included. Retries keep `createdAt`, so less
 * than `PAYVOST_RETRY_WINDOW_SECONDS` refuses genuine deliveries. To stop replays, remember the
 * event's id.
 *
 * Do not call it while another thread uses the verifier. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`.
 */
PAYVOST_API
payvost_result payvost_verifier_set_tolerance(struct payvost_verifier *verifier,
                                              double seconds,
                                              struct payvost_error *error);

/**
 * Sets the clock for the tolerance, for tests. The default is the system's. `user` is passed to
 * the clock unchanged and may be `NULL`.
 *
 * Do not call it while another thread uses the verifier. `error` may be `NULL`.
 */
PAYVOST_API
payvost_result payvost_verifier_set_clock(struct payvost_verifier *verifier,
                                          payvost_wall_clock clock,
                                          void *user,
                                          struct payvost_error *error);

/**
 * Refuses events with another `liveMode`. Off by default.
 *
 * Do not call it while another thread uses the verifier. `error` may be `NULL`.
 */
PAYVOST_API
payvost_result payvost_verifier_set_expect_live_mode(struct payvost_verifier *verifier,
                                                     bool live_mode,
                                                     struct payvost_error *error);

/**
 * Refuses payloads longer than this, before they are hashed. From 1 to
 * `PAYVOST_MAX_PAYLOAD_BYTES_LIMIT` bytes; the default is `PAYVOST_DEFAULT_MAX_PAYLOAD_BYTES`.
 *
 * Do not call it while another thread uses the verifier. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`.
 */
PAYVOST_API
payvost_result payvost_verifier_set_max_payload_bytes(struct payvost_verifier *verifier,
                                                      uint64_t bytes,
                                                      struct payvost_error *error);

/**
 * Verifies the signature over the raw payload, then reads and checks the event.
 *
 * `payload` is the raw body, before anything parsed it; `NULL` with a `payload_len` of 0 is an
 * empty one. `signature` is the value of the `Payvost-Signature` header, or `NULL`; it need not
 * end in NUL.
 *
 * `*event` is written on success only, and must be freed with `payvost_event_free()`. **It points
 * into the payload: keep that, unchanged, until the event has been freed.** `error` may be `NULL`.
 *
 * Fails with any result; the checks run in the order of their numbers.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_verifier_verify(const struct payvost_verifier *verifier,
                                       const void *payload,
                                       size_t payload_len,
                                       const char *signature,
                                       size_t signature_len,
                                       struct payvost_event **event,
                                       struct payvost_error *error);

/**
 * Verifies as `payvost_verifier_verify()`, and returns an event with its own copy of the payload:
 * for hosts with a garbage collector, and for callers that cannot keep the payload as long as the
 * event.
 *
 * Nothing refers to the payload when this returns. It is copied once it has been verified.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_verifier_verify_copy(const struct payvost_verifier *verifier,
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
PAYVOST_API
payvost_result payvost_verifier_verify_signature(const struct payvost_verifier *verifier,
                                                 const void *payload,
                                                 size_t payload_len,
                                                 const char *signature,
                                                 size_t signature_len,
                                                 struct payvost_error *error);

/**
 * Frees a verifier and wipes its key states. `NULL` is a no-op. The events that it verified stay
 * valid.
 */
PAYVOST_API void payvost_verifier_free(struct payvost_verifier *verifier);

/**
 * Verifies one webhook: short for a verifier with this secret and default options, used once.
 *
 * `payload`, `signature`, `event` and `error` as for `payvost_verifier_verify()`: **the event
 * points into the payload.** `secret` as for `payvost_verifier_new()`.
 *
 * Fails with any result except `PAYVOST_INVALID_OPTION` and those of the optional checks.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_verify_webhook(const void *payload,
                                      size_t payload_len,
                                      const char *signature,
                                      size_t signature_len,
                                      const char *secret,
                                      size_t secret_len,
                                      struct payvost_event **event,
                                      struct payvost_error *error);

/**
 * Makes a router without handlers.
 *
 * `*router` is written on success only, and must be freed with `payvost_router_free()`. `error`
 * may be `NULL`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_router_new(struct payvost_router **router,
                                  struct payvost_error *error);

/**
 * Registers a handler for a type, `"payment.succeeded"`, for a family of types, `"payment.*"`, or
 * for everything, `"*"`.
 *
 * The most specific pattern decides, and only its handler runs: a type before its family, a family
 * before a larger one, any of them before everything. The pattern is no longer needed when this
 * returns. `user` is passed to the handler unchanged, may be `NULL`, and must live as long as
 * events are dispatched.
 *
 * Do not call it while another thread uses the router. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` when the pattern already has a handler or can match nothing.
 * A `NULL` handler is refused like a `NULL` router. It returns what dispatching will return from
 * now on because of the setup: an earlier mistake is reported again, so it is enough to check the
 * result of the last registration.
 */
PAYVOST_API
payvost_result payvost_router_on(struct payvost_router *router,
                                 const char *pattern,
                                 size_t pattern_len,
                                 payvost_handler handler,
                                 void *user,
                                 struct payvost_error *error);

/**
 * Calls the handler for an event, in this thread, and waits for it.
 *
 * `*outcome` says whether a handler ran and whether it handled the event. It is written on success
 * only; a handler that failed is a success of this call. When this call fails, no handler ran.
 * `error` may be `NULL`. A handler must not use what `outcome` and `error` point to.
 *
 * Fails with `PAYVOST_INVALID_OPTION` or `PAYVOST_INVALID_ARGUMENT` when a registration had failed.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_router_dispatch(const struct payvost_router *router,
                                       const struct payvost_event *event,
                                       payvost_outcome *outcome,
                                       struct payvost_error *error);

/**
 * Frees a router. `NULL` is a no-op. The `user` pointers of its handlers are not touched.
 */
PAYVOST_API void payvost_router_free(struct payvost_router *router);

/**
 * Makes a policy with the defaults: `PAYVOST_DEFAULT_LEASE_SECONDS`,
 * `PAYVOST_DEFAULT_REMEMBER_SECONDS`, `PAYVOST_DEFAULT_PREFIX`.
 *
 * `*policy` is written on success only, and must be freed with `payvost_claim_policy_free()`.
 * `error` may be `NULL`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_claim_policy_new(struct payvost_claim_policy **policy,
                                        struct payvost_error *error);

/**
 * How long a claim holds before another delivery may take it over: longer than a handler takes, from
 * `PAYVOST_MIN_LEASE_SECONDS` to `PAYVOST_MAX_LEASE_SECONDS`.
 *
 * Do not call it while another thread uses the policy. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`. Here and below, it returns what using the policy will
 * return: an earlier mistake is reported again.
 */
PAYVOST_API
payvost_result payvost_claim_policy_set_lease(struct payvost_claim_policy *policy,
                                              double seconds,
                                              struct payvost_error *error);

/**
 * How long an event is remembered after its last change: from `PAYVOST_RETRY_WINDOW_SECONDS`, for
 * which the provider retries, to `PAYVOST_MAX_REMEMBER_SECONDS`.
 *
 * Do not call it while another thread uses the policy. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`.
 */
PAYVOST_API
payvost_result payvost_claim_policy_set_remember(struct payvost_claim_policy *policy,
                                                 double seconds,
                                                 struct payvost_error *error);

/**
 * Sets the prefix of the keys. If two endpoints share a store, give each its own prefix.
 *
 * Do not call it while another thread uses the policy. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION`.
 */
PAYVOST_API
payvost_result payvost_claim_policy_set_prefix(struct payvost_claim_policy *policy,
                                               const char *prefix,
                                               size_t prefix_len,
                                               struct payvost_error *error);

/**
 * Frees a policy. `NULL` is a no-op.
 */
PAYVOST_API void payvost_claim_policy_free(struct payvost_claim_policy *policy);

/**
 * Makes a request for an event. A `payvost_delivery` that asks for a claim has already made one:
 * `payvost_delivery_claim_request()`.
 *
 * `policy` may be `NULL`, which means the defaults. Neither it nor the event is needed after this
 * returns. `*request` is written on success only, and must be freed with
 * `payvost_claim_request_free()`. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` when an option of the policy was refused.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_claim_request_new(const struct payvost_claim_policy *policy,
                                         const struct payvost_event *event,
                                         struct payvost_claim_request **request,
                                         struct payvost_error *error);

/**
 * Makes a request for the key of a claim without an event: to take, complete or release a claim
 * from a queue, or to read or discard a dead letter. It has no fingerprint and no type, and cannot
 * claim an event.
 *
 * `key` is `payvost_claim_request_key()` of the claim, or that of a `payvost_dead_letter`. The
 * rest is as for `payvost_claim_request_new()`.
 *
 * Fails with `PAYVOST_INVALID_ARGUMENT` when the key is `NULL`, empty or not UTF-8.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_claim_request_new_for_key(const struct payvost_claim_policy *policy,
                                                 const char *key,
                                                 size_t key_len,
                                                 struct payvost_claim_request **request,
                                                 struct payvost_error *error);

/**
 * The key under which the store keeps the claim.
 */
PAYVOST_API
struct payvost_str payvost_claim_request_key(const struct payvost_claim_request *request);

/**
 * The name under which Redis lists the claims that are not done: the second key of every script.
 */
PAYVOST_API
struct payvost_str payvost_claim_request_open_key(const struct payvost_claim_request *request);

/**
 * SHA-256 of the raw body in lowercase hex, which distinguishes an event from another one with its
 * id. Empty if the request was made for a key.
 */
PAYVOST_API
struct payvost_str payvost_claim_request_fingerprint(const struct payvost_claim_request *request);

/**
 * The type of the event, for people who look into the store: at most 255 bytes without control
 * characters.
 */
PAYVOST_API
struct payvost_str payvost_claim_request_event_type(const struct payvost_claim_request *request);

/**
 * How long the claim holds, in milliseconds.
 */
PAYVOST_API uint64_t payvost_claim_request_lease_ms(const struct payvost_claim_request *request);

/**
 * How long the event is remembered, in milliseconds.
 */
PAYVOST_API uint64_t payvost_claim_request_remember_ms(const struct payvost_claim_request *request);

/**
 * Frees a request. `NULL` is a no-op.
 */
PAYVOST_API void payvost_claim_request_free(struct payvost_claim_request *request);

/**
 * Reads what a store replied to a claim: a word and a number, as the scripts and statements of
 * this library return them. `PAYVOST_CLAIM_UNKNOWN` for any other word.
 */
PAYVOST_API
struct payvost_claim payvost_claim_from_reply(const char *word,
                                              size_t word_len,
                                              int64_t number);

/**
 * Reads what a store replied to an attempt to take a ticket: a word and a number, as the scripts
 * and statements of this library return them. `PAYVOST_TAKEN_UNKNOWN` for any other word. A
 * statement without a row means `PAYVOST_TAKEN_LOST`; `payvost_sql_program` handles that.
 */
PAYVOST_API
struct payvost_taken payvost_taken_from_reply(const char *word,
                                              size_t word_len,
                                              int64_t number);

/**
 * Makes an unpredictable token, for a claim that is made without a `payvost_delivery`.
 *
 * `token` has room for `PAYVOST_TOKEN_SIZE` bytes; 32 digits and a NUL are written, or nothing on
 * failure. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_NO_RANDOM_BYTES`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_claim_token(char *token,
                                   struct payvost_error *error);

/**
 * Makes the token of a worker that takes a ticket: the ticket's token and 32 more unpredictable
 * digits. Make a new one for each job, and complete or release the claim with it.
 *
 * `ticket` is the token of the ticket, `payvost_delivery_token()` of the delivery that was handed over.
 * `token` has room for `PAYVOST_TAKER_TOKEN_SIZE` bytes; 64 digits and a NUL are written, or nothing on
 * failure. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_ARGUMENT` when the ticket is not 32 hexadecimal digits, and with
 * `PAYVOST_NO_RANDOM_BYTES`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_taker_token(const char *ticket,
                                   size_t ticket_len,
                                   char *token,
                                   struct payvost_error *error);

/**
 * Names a fault by what the client says.
 *
 * `class` is the kind of error for the log, such as the name of the client's library and function;
 * it may be `NULL`. `codes` are the candidates for its code, the most telling first: a SQLSTATE,
 * the name of an `errno`, a database's own number or name, the first word of a Redis error. The
 * first known one decides. `message` is only read if none is known, and is not kept; it may be
 * `NULL`. No argument is needed after this returns.
 *
 * `*fault` is written on success only, and must be freed with `payvost_fault_free()`. `error` may
 * be `NULL`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_fault_new(const char *class_,
                                 size_t class_len,
                                 const struct payvost_str *codes,
                                 size_t code_count,
                                 const char *message,
                                 size_t message_len,
                                 struct payvost_fault **fault,
                                 struct payvost_error *error);

/**
 * Says that the fault happened while connecting: nothing has happened in the store, whatever the
 * client calls it. `NULL` is a no-op.
 */
PAYVOST_API void payvost_fault_while_connecting(struct payvost_fault *fault);

/**
 * What the fault means for the step.
 */
PAYVOST_API payvost_fault_kind payvost_fault_get_kind(const struct payvost_fault *fault);

/**
 * A word for people, such as `"connection_refused"`, `"authentication_failed"` or `"missing_table"`;
 * `"unknown"` for an unknown fault. Ends in NUL, lives as long as the library, is never `NULL`.
 */
PAYVOST_API
const char *payvost_fault_word(const struct payvost_fault *fault);

/**
 * The client's code, such as a SQLSTATE, or else the word. It lives as long as the fault.
 */
PAYVOST_API struct payvost_str payvost_fault_code(const struct payvost_fault *fault);

/**
 * Whether the step may have happened although it failed.
 */
PAYVOST_API bool payvost_fault_may_have_happened(const struct payvost_fault *fault);

/**
 * Frees a fault. `NULL` is a no-op.
 */
PAYVOST_API void payvost_fault_free(struct payvost_fault *fault);

/**
 * The kind of a reply.
 */
PAYVOST_API payvost_reply_kind payvost_reply_get_kind(const struct payvost_reply *reply);

/**
 * The result of the claim; `PAYVOST_CLAIM_UNKNOWN` for any other reply.
 */
PAYVOST_API struct payvost_claim payvost_reply_claim(const struct payvost_reply *reply);

/**
 * The result of taking the ticket; `PAYVOST_TAKEN_UNKNOWN` for any other reply.
 */
PAYVOST_API struct payvost_taken payvost_reply_taken(const struct payvost_reply *reply);

/**
 * Whether this worker had the claim; for a discarded letter, whether it existed; false for any
 * other reply.
 */
PAYVOST_API bool payvost_reply_held(const struct payvost_reply *reply);

/**
 * The result of the completion; `PAYVOST_COMPLETION_UNKNOWN` for any other reply.
 */
PAYVOST_API payvost_completion payvost_reply_completion(const struct payvost_reply *reply);

/**
 * How many rows were deleted; 0 for any other reply.
 */
PAYVOST_API uint64_t payvost_reply_count(const struct payvost_reply *reply);

/**
 * The code of the fault, as from `payvost_fault_code()`; empty for any other reply.
 */
PAYVOST_API struct payvost_str payvost_reply_fault_code(const struct payvost_reply *reply);

/**
 * The body of a request with these headers. Pass `NULL` for a missing one.
 *
 * `*body` is written on success only, and must be freed with `payvost_body_free()`. The verifier,
 * whose limit it takes, and the headers are no longer needed when this returns. `error` may be
 * `NULL`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_body_new(const struct payvost_verifier *verifier,
                                const char *content_length,
                                size_t content_length_len,
                                const char *transfer_encoding,
                                size_t transfer_encoding_len,
                                struct payvost_body **body,
                                struct payvost_error *error);

/**
 * How many bytes to read at most: one more than accepted, which shows that a body is too long, and
 * none if the headers already say so. 0 for `NULL`.
 */
PAYVOST_API size_t payvost_body_limit(const struct payvost_body *body);

/**
 * How many bytes to read at most from a stream that does not mark its end, such as CGI's standard
 * input: as many as announced. 0 for `NULL`.
 */
PAYVOST_API size_t payvost_body_limit_of_endless_stream(const struct payvost_body *body);

/**
 * Frees a body. `NULL` is a no-op.
 */
PAYVOST_API void payvost_body_free(struct payvost_body *body);

/**
 * A delivery whose body had `bytes_read` bytes. `claiming` is one of `payvost_claiming`,
 * `end` one of `payvost_body_end`.
 *
 * With a `NULL` body, the headers are not checked. `*delivery` is written on
 * success only, and must be freed with `payvost_delivery_free()`. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_NO_RANDOM_BYTES` if a token is needed and cannot be made.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_delivery_new(uint32_t claiming,
                                    const struct payvost_body *body,
                                    size_t bytes_read,
                                    uint32_t end,
                                    struct payvost_delivery **delivery,
                                    struct payvost_error *error);

/**
 * A delivery whose outcome is known before its body is read, such as
 * `PAYVOST_OUTCOME_METHOD_NOT_ALLOWED`: only its record is left to log. `outcome` is one of
 * `payvost_outcome`, but not a refusal.
 *
 * `delivery` and `error` as for `payvost_delivery_new()`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_delivery_new_ended(uint32_t outcome,
                                          struct payvost_delivery **delivery,
                                          struct payvost_error *error);

/**
 * A stored delivery that is handled again.
 *
 * `claiming`, `delivery` and `error` as for `payvost_delivery_new()`. Without a store, nothing is
 * kept.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_delivery_new_retry(uint32_t claiming,
                                          const char *key,
                                          size_t key_len,
                                          struct payvost_delivery **delivery,
                                          struct payvost_error *error);

/**
 * The next step: the same until it is fed.
 */
PAYVOST_API payvost_ask payvost_delivery_next(const struct payvost_delivery *delivery);

/**
 * Verifies the delivery, and feeds the verdict.
 *
 * `payload` and `signature` as for `payvost_verifier_verify()`; for a retry, the loaded ones.
 * `policy` says under which key the event is claimed; `NULL` means the defaults. `router` says
 * whether there is a handler for its type; `NULL` means that the caller handles all types.
 *
 * `*event` is written if the delivery is genuine, and must be freed with `payvost_event_free()`.
 * **It points into the payload: keep that, unchanged, until the event has been freed.** `error`
 * may be `NULL`.
 *
 * Returns why the delivery was refused, or `PAYVOST_OK`. Either way the verdict was fed. A
 * verifier, policy or router with a wrong setup refuses it too.
 */
PAYVOST_API
payvost_result payvost_delivery_verify(struct payvost_delivery *delivery,
                                       const struct payvost_verifier *verifier,
                                       const struct payvost_claim_policy *policy,
                                       const struct payvost_router *router,
                                       const void *payload,
                                       size_t payload_len,
                                       const char *signature,
                                       size_t signature_len,
                                       struct payvost_event **event,
                                       struct payvost_error *error);

/**
 * Verifies as `payvost_delivery_verify()`, and returns an event with a copy of the payload.
 */
PAYVOST_API
payvost_result payvost_delivery_verify_copy(struct payvost_delivery *delivery,
                                            const struct payvost_verifier *verifier,
                                            const struct payvost_claim_policy *policy,
                                            const struct payvost_router *router,
                                            const void *payload,
                                            size_t payload_len,
                                            const char *signature,
                                            size_t signature_len,
                                            struct payvost_event **event,
                                            struct payvost_error *error);

/**
 * Calls the handler of an event, in this thread, and feeds how it ended. A handler that returns 0
 * has handled the event; any other value is a failure.
 *
 * The handler may read the delivery, to extend its claim, but must not feed it. `error` may be `NULL`.
 */
PAYVOST_API
payvost_result payvost_delivery_handle(struct payvost_delivery *delivery,
                                       const struct payvost_router *router,
                                       const struct payvost_event *event,
                                       struct payvost_error *error);

/**
 * Feeds whether the store keeps a delivery under the key of a retry.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_loaded(struct payvost_delivery *delivery,
                                            bool is_kept,
                                            struct payvost_error *error);

/**
 * Feeds the result of the claim. `PAYVOST_CLAIM_UNKNOWN` and unknown kinds count as a fault of the
 * store.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_claimed(struct payvost_delivery *delivery,
                                             struct payvost_claim claim,
                                             struct payvost_error *error);

/**
 * Feeds how the handler ended, one of `payvost_handler_end`. `kind` is the kind of its error, a
 * name and never a message; it may be `NULL`, and only counts for `PAYVOST_HANDLER_FAILED`.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_handled(struct payvost_delivery *delivery,
                                             uint32_t end,
                                             const char *kind,
                                             size_t kind_len,
                                             struct payvost_error *error);

/**
 * Feeds the result of the completion, one of `payvost_completion`. `PAYVOST_COMPLETION_UNKNOWN`
 * and any other number count as a fault of the store.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_completed(struct payvost_delivery *delivery,
                                               uint32_t completion,
                                               struct payvost_error *error);

/**
 * Feeds whether this worker still had the claim.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_released(struct payvost_delivery *delivery,
                                              bool held,
                                              struct payvost_error *error);

/**
 * Feeds the result of a store's program for the claim, the completion or the release.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_reply(struct payvost_delivery *delivery,
                                           const struct payvost_reply *reply,
                                           struct payvost_error *error);

/**
 * Feeds that the store failed. The fault is no longer needed when this returns.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_failed(struct payvost_delivery *delivery,
                                            const struct payvost_fault *fault,
                                            struct payvost_error *error);

/**
 * Feeds that the record was logged.
 */
PAYVOST_API
payvost_result payvost_delivery_feed_logged(struct payvost_delivery *delivery,
                                            struct payvost_error *error);

/**
 * The claim to make; `NULL` if none was asked for. It belongs to the delivery.
 */
PAYVOST_API
const struct payvost_claim_request *payvost_delivery_claim_request(const struct payvost_delivery *delivery);

/**
 * The token of the claim, 32 unpredictable hexadecimal digits; empty without a store.
 */
PAYVOST_API struct payvost_str payvost_delivery_token(const struct payvost_delivery *delivery);

/**
 * Whether the claim may be made although the event is parked.
 */
PAYVOST_API bool payvost_delivery_claims_parked(const struct payvost_delivery *delivery);

/**
 * For a caller that no longer waits for a claim, but still gets its result from the client:
 * whether to release it then.
 */
PAYVOST_API
bool payvost_delivery_releases_late(const struct payvost_delivery *delivery,
                                    struct payvost_claim claim);

/**
 * The key of a retry; empty for a delivery that has just arrived.
 */
PAYVOST_API
struct payvost_str payvost_delivery_retried_key(const struct payvost_delivery *delivery);

/**
 * For a retry that a memory store loaded: the raw body, which may be any bytes.
 */
PAYVOST_API
struct payvost_str payvost_delivery_stored_payload(const struct payvost_delivery *delivery);

/**
 * For a retry that a memory store loaded: the signature header.
 */
PAYVOST_API
struct payvost_str payvost_delivery_stored_signature(const struct payvost_delivery *delivery);

/**
 * How often the event has been claimed, including this time; 0 without a claim.
 */
PAYVOST_API uint32_t payvost_delivery_attempt(const struct payvost_delivery *delivery);

/**
 * What the store keeps about the handler's failure, if a release is asked for.
 */
PAYVOST_API
struct payvost_str payvost_delivery_handler_error(const struct payvost_delivery *delivery);

/**
 * Frees a delivery. `NULL` is a no-op. Free an event that points into
 * `payvost_delivery_stored_payload()` before.
 */
PAYVOST_API void payvost_delivery_free(struct payvost_delivery *delivery);

/**
 * The level of the record.
 */
PAYVOST_API payvost_level payvost_delivery_log_level(const struct payvost_delivery *delivery);

/**
 * The record as one line, without a line break at its end; empty before a record is asked for. Ends in
 * NUL, lives as long as the delivery, is never `NULL`.
 */
PAYVOST_API
const char *payvost_delivery_log_line(const struct payvost_delivery *delivery);

/**
 * The field of the record at an index, from 0 on; the first one is `code`. Returns whether there is one;
 * `*field` is written only then, and `field` may be `NULL`.
 */
PAYVOST_API
bool payvost_delivery_log_field(const struct payvost_delivery *delivery,
                                size_t index,
                                struct payvost_field *field);

/**
 * Whether to add details of the handler's failure, such as a backtrace.
 */
PAYVOST_API bool payvost_delivery_log_with_exception(const struct payvost_delivery *delivery);

/**
 * How the delivery ended. Returns whether it has ended; `*outcome` is written only then, and
 * `outcome` may be `NULL`. A retry that finds nothing under its key ends without an outcome.
 */
PAYVOST_API
bool payvost_delivery_outcome(const struct payvost_delivery *delivery,
                              payvost_outcome *outcome);

/**
 * The name of the outcome, the same in every language, such as `"handled"`; for a refusal the code
 * of its error, such as `"signature_mismatch"`. Empty if there is no outcome. Ends in NUL, lives
 * as long as the library, is never `NULL`.
 */
PAYVOST_API const char *payvost_delivery_code(const struct payvost_delivery *delivery);

/**
 * Why the delivery was refused; `PAYVOST_OK` when it was not.
 */
PAYVOST_API payvost_result payvost_delivery_result(const struct payvost_delivery *delivery);

/**
 * The HTTP status of the response. 500 for a delivery that has not ended, so that it is delivered
 * again. 0 after a retry that found nothing, because nobody waits for a response.
 */
PAYVOST_API uint32_t payvost_delivery_http_status(const struct payvost_delivery *delivery);

/**
 * The header of the response at an index, from 0 on; names are in lower case. Returns whether
 * there is one; `*name` and `*value` are written only then, end in NUL, and may each be `NULL`.
 * The caller adds the length of the body.
 */
PAYVOST_API
bool payvost_delivery_http_header(const struct payvost_delivery *delivery,
                                  size_t index,
                                  const char **name,
                                  const char **value);

/**
 * The body of the response, which is JSON. Ends in NUL, lives as long as the library, is never
 * `NULL`.
 */
PAYVOST_API const char *payvost_delivery_http_body(const struct payvost_delivery *delivery);

/**
 * The letter at an index, from 0 on. Returns whether there is one; `*letter` is written only then, and
 * `letter` may be `NULL`.
 */
PAYVOST_API
bool payvost_dead_letters_at(const struct payvost_dead_letters *letters,
                             size_t index,
                             struct payvost_dead_letter *letter);

/**
 * Frees a list. `NULL` is a no-op.
 */
PAYVOST_API void payvost_dead_letters_free(struct payvost_dead_letters *letters);

/**
 * Makes an empty store for at most `capacity` events; 0 means
 * `PAYVOST_DEFAULT_CAPACITY`.
 *
 * `*claims` is written on success only, and must be freed with `payvost_memory_claims_free()`.
 * `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` when the capacity is larger than `PAYVOST_MAX_CAPACITY`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_new(size_t capacity,
                                         struct payvost_memory_claims **claims,
                                         struct payvost_error *error);

/**
 * Sets the clock, for tests. The default is the system's monotonic clock. `user` is passed to the
 * clock unchanged and may be `NULL`.
 *
 * Call it before the first claim, and not while another thread uses the store. `error` may be
 * `NULL`.
 */
PAYVOST_API
payvost_result payvost_memory_claims_set_clock(struct payvost_memory_claims *claims,
                                               payvost_clock clock,
                                               void *user,
                                               struct payvost_error *error);

/**
 * Takes the step that a delivery asks for, and feeds it: `PAYVOST_ASK_LOAD`, `PAYVOST_ASK_CLAIM`,
 * `PAYVOST_ASK_COMPLETE` or `PAYVOST_ASK_RELEASE`.
 *
 * The payload of `event` is kept with the claim until the event is handled, for a retry by its key;
 * nothing is kept for `NULL`. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` when the delivery asks for another step. A full store is
 * fed as a fault, and the response is 503.
 */
PAYVOST_API
payvost_result payvost_memory_claims_step(const struct payvost_memory_claims *claims,
                                          struct payvost_delivery *delivery,
                                          const struct payvost_event *event,
                                          struct payvost_error *error);

/**
 * Claims an event, unless it is done, another worker has it, or it is another event with its id.
 *
 * `token` is the worker's: `payvost_claim_token()` makes one. The payload of `event` and the signature
 * header are kept with the claim; nothing is kept when `event` is `NULL`. `*claim` is written on success
 * only. `error` may be `NULL`, here and below.
 *
 * Fails with `PAYVOST_STORE_FULL`, and with `PAYVOST_INVALID_ARGUMENT` for a request that was made for a
 * key.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_claim(const struct payvost_memory_claims *claims,
                                           const struct payvost_claim_request *request,
                                           const char *token,
                                           size_t token_len,
                                           const struct payvost_event *event,
                                           const char *signature,
                                           size_t signature_len,
                                           struct payvost_claim *claim,
                                           struct payvost_error *error);

/**
 * Extends a claim to `lease_ms` from now. `*held` says whether this worker still has it; it is
 * written on success only.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_extend(const struct payvost_memory_claims *claims,
                                            const struct payvost_claim_request *request,
                                            const char *token,
                                            size_t token_len,
                                            uint64_t lease_ms,
                                            bool *held,
                                            struct payvost_error *error);

/**
 * Records that the event is handled. `*held` as for `payvost_memory_claims_extend()`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_complete(const struct payvost_memory_claims *claims,
                                              const struct payvost_claim_request *request,
                                              const char *token,
                                              size_t token_len,
                                              bool *held,
                                              struct payvost_error *error);

/**
 * Releases the claim after the handler failed. `kind` is the kind of its error, a name and never a
 * message; it may be `NULL`. `*held` as for `payvost_memory_claims_extend()`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_release(const struct payvost_memory_claims *claims,
                                             const struct payvost_claim_request *request,
                                             const char *token,
                                             size_t token_len,
                                             const char *kind,
                                             size_t kind_len,
                                             bool *held,
                                             struct payvost_error *error);

/**
 * Takes a claim over from a queue. A queue's worker must do this first, because a queue may
 * deliver a job twice. The claim then holds for a lease from now.
 *
 * `ticket` is the token that the event was claimed with, `token` the worker's:
 * `payvost_taker_token()` makes it. `*taken` is written on success only.
 *
 * Fails with `PAYVOST_INVALID_ARGUMENT` when the ticket is not 32 hexadecimal digits.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_take(const struct payvost_memory_claims *claims,
                                          const struct payvost_claim_request *request,
                                          const char *ticket,
                                          size_t ticket_len,
                                          const char *token,
                                          size_t token_len,
                                          struct payvost_taken *taken,
                                          struct payvost_error *error);

/**
 * Discards a dead letter: the event counts as handled, and its delivery is no longer kept.
 * `*discarded` is false if the event is done, in progress, or unknown; it is written on success
 * only.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_discard(const struct payvost_memory_claims *claims,
                                             const struct payvost_claim_request *request,
                                             bool *discarded,
                                             struct payvost_error *error);

/**
 * Lists the events that were claimed and not handled, at most `limit` of them. Those that have
 * waited longest come first.
 *
 * `*letters` is written on success only, and must be freed with `payvost_dead_letters_free()`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_memory_claims_dead_letters(const struct payvost_memory_claims *claims,
                                                  size_t limit,
                                                  struct payvost_dead_letters **letters,
                                                  struct payvost_error *error);

/**
 * How many events are remembered.
 */
PAYVOST_API size_t payvost_memory_claims_length(const struct payvost_memory_claims *claims);

/**
 * Frees a store and its events. `NULL` is a no-op.
 */
PAYVOST_API void payvost_memory_claims_free(struct payvost_memory_claims *claims);

/**
 * The Lua script of a step, one of `payvost_operation`; `NULL` for any other number. Ends in NUL,
 * lives as long as the library.
 *
 * Every script has two keys, `payvost_claim_request_key()` and `payvost_claim_request_open_key()`. On a
 * Redis Cluster, see `payvost_redis_program_on_cluster()`.
 */
PAYVOST_API
const char *payvost_redis_script(uint32_t operation);

/**
 * The argument of a step's script at an index from 0 on, one of `payvost_parameter`; 0 after the last.
 */
PAYVOST_API
uint32_t payvost_redis_parameter(uint32_t operation,
                                 size_t index);

/**
 * A step, one of `payvost_operation`, that begins now and may be repeated for `limit_ms`.
 *
 * `now_ms`, here and below, is in milliseconds by any clock that is never set back. `*program` is
 * written on success only, and must be freed with `payvost_redis_program_free()`. `error` may be
 * `NULL`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_redis_program_new(uint32_t operation,
                                         uint64_t now_ms,
                                         uint64_t limit_ms,
                                         struct payvost_redis_program **program,
                                         struct payvost_error *error);

/**
 * Says that the server is a Redis Cluster, before the program is fed. There, each record has a list of
 * open claims in its own hash slot: the keys of each script are `payvost_redis_program_key()` and
 * `payvost_redis_program_open_key()`, and `PAYVOST_PARAMETER_LISTS` is `payvost_redis_program_lists()`.
 *
 * `PAYVOST_OPERATION_DEAD_LETTERS` then asks for its script several times. Put the rows of all replies
 * together, and feed the number at the end of each reply. The request is not needed after this returns.
 */
PAYVOST_API
payvost_result payvost_redis_program_on_cluster(struct payvost_redis_program *program,
                                                const struct payvost_claim_request *request,
                                                struct payvost_error *error);

/**
 * On a cluster, the first key of the next script. It lives until the program is fed.
 */
PAYVOST_API
struct payvost_str payvost_redis_program_key(const struct payvost_redis_program *program);

/**
 * On a cluster, the second key of the next script. It lives until the program is fed.
 */
PAYVOST_API
struct payvost_str payvost_redis_program_open_key(const struct payvost_redis_program *program);

/**
 * On a cluster, the value of `PAYVOST_PARAMETER_LISTS` for the next script. It lives until the program is fed.
 */
PAYVOST_API
struct payvost_str payvost_redis_program_lists(const struct payvost_redis_program *program);

/**
 * What to do next: the same until it is fed.
 */
PAYVOST_API
payvost_redis_ask payvost_redis_program_next(const struct payvost_redis_program *program);

/**
 * How long to wait, if it asks for that; otherwise 0.
 */
PAYVOST_API uint64_t payvost_redis_program_wait_ms(const struct payvost_redis_program *program);

/**
 * Feeds what the script returned: the text it begins with, `NULL` when there is none, and the first
 * number in it, `NULL` when there is none.
 */
PAYVOST_API
payvost_result payvost_redis_program_feed_replied(struct payvost_redis_program *program,
                                                  const char *word,
                                                  size_t word_len,
                                                  const int64_t *number,
                                                  uint64_t now_ms,
                                                  struct payvost_error *error);

/**
 * Feeds that the pause is over.
 */
PAYVOST_API
payvost_result payvost_redis_program_feed_waited(struct payvost_redis_program *program,
                                                 uint64_t now_ms,
                                                 struct payvost_error *error);

/**
 * Feeds that it failed. The fault is no longer needed when this returns.
 */
PAYVOST_API
payvost_result payvost_redis_program_feed_failed(struct payvost_redis_program *program,
                                                 const struct payvost_fault *fault,
                                                 uint64_t now_ms,
                                                 struct payvost_error *error);

/**
 * The result of the step; `NULL` if it is not done. It belongs to the program.
 */
PAYVOST_API
const struct payvost_reply *payvost_redis_program_reply(const struct payvost_redis_program *program);

/**
 * Frees a program. `NULL` is a no-op.
 */
PAYVOST_API void payvost_redis_program_free(struct payvost_redis_program *program);

/**
 * Makes the statements of a table. `dialect` is one of `payvost_sql_dialect`, `placeholders` one of
 * `payvost_sql_placeholders`. A `NULL` table is `PAYVOST_DEFAULT_TABLE`.
 *
 * `*statements` is written on success only, and must be freed with
 * `payvost_sql_statements_free()`. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` when the table's name is not up to
 * `PAYVOST_MAX_TABLE_NAME_BYTES` ASCII letters, digits and underscores, optionally after a schema
 * of the same form and a dot. The name becomes part of the SQL.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_sql_statements_new(uint32_t dialect,
                                          uint32_t placeholders,
                                          const char *table,
                                          size_t table_len,
                                          struct payvost_sql_statements **statements,
                                          struct payvost_error *error);

/**
 * The statement with a name. Returns whether there is one; `*statement` is written only then, and
 * `statement` may be `NULL`.
 */
PAYVOST_API
bool payvost_sql_statements_find(const struct payvost_sql_statements *statements,
                                 const char *name,
                                 size_t name_len,
                                 struct payvost_sql_statement *statement);

/**
 * The statement at an index, from 0 on: to prepare them all. Returns whether there is one;
 * `*statement` is written only then, and `statement` may be `NULL`.
 */
PAYVOST_API
bool payvost_sql_statements_at(const struct payvost_sql_statements *statements,
                               size_t index,
                               struct payvost_sql_statement *statement);

/**
 * The table's definition, for a migration: every statement ends with a semicolon and a line break. Ends
 * in NUL, lives as long as the statements; empty for `NULL`, and never `NULL`.
 */
PAYVOST_API
const char *payvost_sql_statements_definition(const struct payvost_sql_statements *statements);

/**
 * Frees statements. `NULL` is a no-op.
 */
PAYVOST_API void payvost_sql_statements_free(struct payvost_sql_statements *statements);

/**
 * Work, one of `payvost_sql_work`, that begins now and may be repeated for `limit_ms`.
 *
 * `dialect` is one of `payvost_sql_dialect`. `autocommits` says whether a statement outside of a
 * transaction commits by itself. `now_ms`, here and below, is in milliseconds by any clock that is never
 * set back. `*program` is written on success only, and must be freed with
 * `payvost_sql_program_free()`. `error` may be `NULL`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_sql_program_new(uint32_t dialect,
                                       bool autocommits,
                                       uint32_t work,
                                       uint64_t now_ms,
                                       uint64_t limit_ms,
                                       struct payvost_sql_program **program,
                                       struct payvost_error *error);

/**
 * Work that deletes expired rows, `batch` per transaction, with a pause between two batches. Bind
 * the batch as `PAYVOST_PARAMETER_LIMIT`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_sql_program_new_forget(uint32_t dialect,
                                              bool autocommits,
                                              uint64_t batch,
                                              uint64_t pause_ms,
                                              uint64_t now_ms,
                                              uint64_t limit_ms,
                                              struct payvost_sql_program **program,
                                              struct payvost_error *error);

/**
 * Sets who claims what, for work that claims an event: the values of `PAYVOST_PARAMETER_TOKEN` and
 * `PAYVOST_PARAMETER_FINGERPRINT`. Without them, nothing can be claimed. Call it before the first step.
 * `error` may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun, and with
 * `PAYVOST_INVALID_ARGUMENT` when a text is `NULL` or not UTF-8.
 */
PAYVOST_API
payvost_result payvost_sql_program_claiming(struct payvost_sql_program *program,
                                            const char *token,
                                            size_t token_len,
                                            const char *fingerprint,
                                            size_t fingerprint_len,
                                            struct payvost_error *error);

/**
 * Makes the program of `PAYVOST_SQL_ENTER` note the attempt in a short transaction before it claims, so
 * that an event whose workers all die leaves a dead letter. Call it before the first step. `error`
 * may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun.
 */
PAYVOST_API
payvost_result payvost_sql_program_note_attempts(struct payvost_sql_program *program,
                                                 struct payvost_error *error);

/**
 * Lets the caller begin and end the transactions, for a database layer that has its own way:
 * `PAYVOST_SQL_OPEN` begins one, on any connection; `PAYVOST_SQL_BEGIN` is not asked;
 * `PAYVOST_SQL_COMMIT` and `PAYVOST_SQL_ROLLBACK` end it and return its connection. Call it before the
 * first step. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun.
 */
PAYVOST_API
payvost_result payvost_sql_program_in_transactions(struct payvost_sql_program *program,
                                                   struct payvost_error *error);

/**
 * Joins a transaction that the caller has opened: the program of `PAYVOST_SQL_ENTER` claims in it at
 * once. For `PAYVOST_SQL_COMMIT` and `PAYVOST_SQL_ROLLBACK`, feed that the caller has committed or rolled
 * back. What has to be recorded after that needs another transaction: a `PAYVOST_SQL_OPEN`. Call it before
 * the first step. `error` may be `NULL`.
 *
 * If the event is not claimed, the caller's transaction is left as it is; after a fault the caller has
 * to roll it back. No attempt is noted.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun.
 */
PAYVOST_API
payvost_result payvost_sql_program_join(struct payvost_sql_program *program,
                                        struct payvost_error *error);

/**
 * Continues with more work on the connection that this program kept: for an inbox whose
 * `PAYVOST_SQL_ENTER` ended with a claim. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work before is not done, and with
 * `PAYVOST_INVALID_ARGUMENT` for work that is not an inbox's.
 */
PAYVOST_API
payvost_result payvost_sql_program_then(struct payvost_sql_program *program,
                                        uint32_t work,
                                        uint64_t now_ms,
                                        uint64_t limit_ms,
                                        struct payvost_error *error);

/**
 * The next step: the same until it is fed.
 */
PAYVOST_API payvost_sql_ask payvost_sql_program_next(const struct payvost_sql_program *program);

/**
 * The name of the statement to run, for `payvost_sql_statements_find()`; empty where it asks for
 * something else. Ends in NUL, lives as long as the library, is never `NULL`.
 */
PAYVOST_API const char *payvost_sql_program_statement(const struct payvost_sql_program *program);

/**
 * How long to wait, if it asks for that; otherwise 0.
 */
PAYVOST_API uint64_t payvost_sql_program_wait_ms(const struct payvost_sql_program *program);

/**
 * Feeds that a step other than a statement is done. `error` may be `NULL`, here and below.
 */
PAYVOST_API
payvost_result payvost_sql_program_feed_done(struct payvost_sql_program *program,
                                             uint64_t now_ms,
                                             struct payvost_error *error);

/**
 * Feeds the result of a statement. `ran` is no longer needed when this returns.
 */
PAYVOST_API
payvost_result payvost_sql_program_feed_ran(struct payvost_sql_program *program,
                                            const struct payvost_sql_ran *ran,
                                            uint64_t now_ms,
                                            struct payvost_error *error);

/**
 * Feeds that the step failed. The fault is no longer needed when this returns.
 */
PAYVOST_API
payvost_result payvost_sql_program_feed_failed(struct payvost_sql_program *program,
                                               const struct payvost_fault *fault,
                                               uint64_t now_ms,
                                               struct payvost_error *error);

/**
 * The result of the work; `NULL` if it is not done. It belongs to the program and lives until the
 * program continues.
 */
PAYVOST_API
const struct payvost_reply *payvost_sql_program_reply(const struct payvost_sql_program *program);

/**
 * Whether the connection stays with this program, because an inbox claimed an event.
 */
PAYVOST_API bool payvost_sql_program_keeps_connection(const struct payvost_sql_program *program);

/**
 * Frees a program. `NULL` is a no-op. The caller must close a connection that it keeps.
 */
PAYVOST_API void payvost_sql_program_free(struct payvost_sql_program *program);

/**
 * Explains why a delivery was refused: for development, never for a receiver. It undoes what
 * usually goes wrong, signs the result again, and names a cause only if the signature then matches.
 *
 * `headers` are the values of the signature header: `NULL` and 0 if it was absent. `other_secrets`
 * and `other_bodies` are compared with; each may be `NULL` with a count of 0. `error` may be `NULL`.
 *
 * On success `*explanation` is a new explanation, for `payvost_explanation_free()`. Fails with
 * `PAYVOST_INVALID_SECRET` if `secret` is `NULL`, or `PAYVOST_PAYLOAD_NOT_RAW`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_explain(const void *payload,
                               size_t payload_len,
                               const struct payvost_str *headers,
                               size_t header_count,
                               const char *secret,
                               size_t secret_len,
                               const struct payvost_str *other_secrets,
                               size_t other_secret_count,
                               const struct payvost_str *other_bodies,
                               size_t other_body_count,
                               struct payvost_explanation **explanation,
                               struct payvost_error *error);

/**
 * `ok`, or the name of the code with which `payvost_verify_webhook()` fails. It lives as long as the
 * library.
 */
PAYVOST_API
struct payvost_str payvost_explanation_verdict(const struct payvost_explanation *explanation);

/**
 * The cause at an index, from 0 on, the most telling first. Returns whether there is one; `*cause` is
 * written only then, and `cause` may be `NULL`. There is none if the verdict is `ok`, and only
 * `unknown` if nothing is proven.
 */
PAYVOST_API
bool payvost_explanation_cause(const struct payvost_explanation *explanation,
                               size_t index,
                               struct payvost_cause *cause);

/**
 * Frees an explanation. `NULL` is a no-op.
 */
PAYVOST_API void payvost_explanation_free(struct payvost_explanation *explanation);

/**
 * Signs a payload as the provider does: lowercase hex of HMAC-SHA256. For tests and local senders.
 *
 * `signature` has room for `PAYVOST_SIGNATURE_SIZE` bytes; 64 digits and a NUL are written, or
 * nothing on failure. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_SECRET` if a verifier would refuse the secret, or
 * `PAYVOST_PAYLOAD_NOT_RAW`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_sign(const void *payload,
                            size_t payload_len,
                            const char *secret,
                            size_t secret_len,
                            char *signature,
                            struct payvost_error *error);

/**
 * The payload of a sample event of a documented type, with every documented field; empty for a
 * type that is not documented. It is the same in every call. For tests of your handlers: sign it
 * and deliver it.
 *
 * It lives as long as the library.
 */
PAYVOST_API struct payvost_str payvost_sample_event(const char *event_type, size_t event_type_len);

/**
 * Creates a client with a secret API key (`sk_test_...` or `sk_live_...`).
 *
 * `options` is `NULL`, or a JSON object with some of `environment` (`"sandbox"` or `"production"`, which
 * must match the key), `base_url`, `timeout` and `deadline` (seconds), `max_retries`. `*client` is
 * written on success only, and must be freed with `payvost_client_free()`. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` if the key or an option is invalid. The library keeps a copy
 * of the key until the client and its calls are freed, and then wipes it.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_client_new(const char *api_key,
                                  size_t api_key_len,
                                  const char *options,
                                  size_t options_len,
                                  struct payvost_client **client,
                                  struct payvost_error *error);

/**
 * Frees a client. Its calls stay valid. `NULL` is a no-op.
 */
PAYVOST_API void payvost_client_free(struct payvost_client *client);

/**
 * Starts a call. `operation` is one of `payvost_call_operation`.
 *
 * `parameters` is `NULL` or a JSON object, with the path's parameters in it: `{"id":
 * "webhook_abc123", "event_type": "payment.succeeded"}`. `options` is `NULL` or a JSON object with
 * some of `timeout` and `deadline` (seconds), `max_retries`, `idempotent`, `idempotency_key`.
 * `random` is `NULL`, or 16 unpredictable bytes instead of the system's. `*call` is
 * written on success only, and must be freed with `payvost_call_free()`. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_INVALID_OPTION` if a parameter or an option is invalid. Nothing is sent then.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_call_new(const struct payvost_client *client,
                                uint32_t operation,
                                const char *parameters,
                                size_t parameters_len,
                                const char *options,
                                size_t options_len,
                                const void *random,
                                uint64_t elapsed_ms,
                                uint64_t unix_ms,
                                struct payvost_call **call,
                                struct payvost_error *error);

/**
 * The next step for the caller. It stays the same until its result is fed.
 */
PAYVOST_API payvost_call_ask payvost_call_next(const struct payvost_call *call);

/**
 * The method of the request: `"GET"`, `"POST"`, `"PATCH"` or `"DELETE"`. Lives as long as the library.
 */
PAYVOST_API
const char *payvost_call_method(const struct payvost_call *call);

/**
 * The URL of the request. Ends in NUL, lives as long as the call.
 */
PAYVOST_API const char *payvost_call_url(const struct payvost_call *call);

/**
 * The path of the URL with placeholders, such as `/v1/webhooks/{id}`, for metrics. Ends in NUL, lives
 * as long as the library.
 */
PAYVOST_API
const char *payvost_call_route(const struct payvost_call *call);

/**
 * A header of the request by its index, from 0 on. Returns whether there is one; `*name` and `*value` are
 * written only then.
 *
 * One of them, `Authorization`, contains the API key: never log them.
 */
PAYVOST_API
bool payvost_call_header(const struct payvost_call *call,
                         size_t index,
                         struct payvost_str *name,
                         struct payvost_str *value);

/**
 * The body of the request. Returns whether there is one; `*body` is written only then.
 */
PAYVOST_API bool payvost_call_body(const struct payvost_call *call, struct payvost_str *body);

/**
 * The time limit of the request, from connecting to the last byte of the response; 0 if there is no
 * limit.
 */
PAYVOST_API uint64_t payvost_call_time_limit_ms(const struct payvost_call *call);

/**
 * How long to wait; 0 if no pause was asked for.
 */
PAYVOST_API uint64_t payvost_call_wait_ms(const struct payvost_call *call);

/**
 * The number of the current or last attempt, from 1.
 */
PAYVOST_API uint32_t payvost_call_attempts(const struct payvost_call *call);

/**
 * The request as JSON with the API key redacted, to be shown instead of sent. Ends in NUL, lives as long
 * as the call, is never `NULL`.
 */
PAYVOST_API
const char *payvost_call_dry_run(struct payvost_call *call);

/**
 * Feeds a header of the response, before the response itself. Names can be in any letter case. Headers that
 * the call does not need are ignored.
 */
PAYVOST_API
void payvost_call_feed_header(struct payvost_call *call,
                              const char *name,
                              size_t name_len,
                              const char *value,
                              size_t value_len);

/**
 * Drops the headers that were fed, for when the headers of another response begin, as after `100
 * Continue`.
 */
PAYVOST_API void payvost_call_drop_headers(struct payvost_call *call);

/**
 * Feeds a response: its status and its whole body, decompressed. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` if no request was asked for. The call does not change then.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_call_feed_response(struct payvost_call *call,
                                          uint32_t status,
                                          const void *body,
                                          size_t body_len,
                                          uint64_t elapsed_ms,
                                          uint64_t unix_ms,
                                          struct payvost_error *error);

/**
 * Feeds why no response arrived: one of `payvost_call_fault`. A pause can be cancelled too. `error` may be `NULL`.
 *
 * Fails like `payvost_call_feed_response()`.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_call_feed_fault(struct payvost_call *call,
                                       uint32_t fault,
                                       uint64_t elapsed_ms,
                                       uint64_t unix_ms,
                                       struct payvost_error *error);

/**
 * Feeds that the pause is over. `error` may be `NULL`.
 *
 * Fails with `PAYVOST_UNEXPECTED_ANSWER` if no pause was asked for.
 */
PAYVOST_MUST_USE
PAYVOST_API
payvost_result payvost_call_feed_waited(struct payvost_call *call,
                                        uint64_t elapsed_ms,
                                        uint64_t unix_ms,
                                        struct payvost_error *error);

/**
 * Sets the random bits for all further pauses, instead of the system's. For tests.
 */
PAYVOST_API void payvost_call_set_random(struct payvost_call *call, uint32_t random);

/**
 * Whether the call is done and succeeded.
 */
PAYVOST_API bool payvost_call_succeeded(const struct payvost_call *call);

/**
 * The data of the response, once the call has succeeded: an object, or for a page the list of its entries;
 * null if there is none. Absent before that, and after an error. Lives as long as the call.
 *
 * After creating a webhook or rotating its secret, `payvost_value_member(data, PAYVOST_LITERAL("secret"))`
 * is the secret.
 */
PAYVOST_API
struct payvost_value payvost_call_data(const struct payvost_call *call);

/**
 * For a page: the number of entries on all pages. Returns whether the server reported it; `*total` is
 * written only then.
 */
PAYVOST_API
bool payvost_call_total(const struct payvost_call *call,
                        uint64_t *total);

/**
 * For a page: the parameters of the call for the next one, as JSON; `NULL` after the last one. Ends in NUL, lives
 * as long as the call.
 */
PAYVOST_API
const char *payvost_call_next_page(const struct payvost_call *call);

/**
 * The code of the error, such as `"validation_error"` or `"timed_out"`; `"ok"` if there is none. Ends in NUL,
 * lives as long as the call.
 */
PAYVOST_API
const char *payvost_call_error_code(const struct payvost_call *call);

/**
 * The message of the error; empty if there is none. Ends in NUL, lives as long as the call.
 */
PAYVOST_API const char *payvost_call_error_message(const struct payvost_call *call);

/**
 * The usual cause of the error and the remedy; empty if there is none. Ends in NUL, lives as long as the
 * library.
 */
PAYVOST_API
const char *payvost_call_error_hint(const struct payvost_call *call);

/**
 * For `outcome_unknown`: the code that the error would have if the operation were safe to repeat. Otherwise
 * `NULL`. Ends in NUL, lives as long as the call.
 */
PAYVOST_API
const char *payvost_call_error_cause(const struct payvost_call *call);

/**
 * The invalid parameter, as the provider names it; `NULL` if it names none. Ends in NUL, lives as long as
 * the call.
 */
PAYVOST_API
const char *payvost_call_error_field(const struct payvost_call *call);

/**
 * The number of seconds to wait before a retry, as the provider asked. Returns whether it did; `*seconds` is
 * written only then.
 */
PAYVOST_API
bool payvost_call_error_retry_after(const struct payvost_call *call,
                                    uint64_t *seconds);

/**
 * The status of the last response; 0 if there was none.
 */
PAYVOST_API uint32_t payvost_call_status(const struct payvost_call *call);

/**
 * The provider's id of the last request; `NULL` if there is none. Ends in NUL, lives until the call is
 * fed or freed.
 */
PAYVOST_API
const char *payvost_call_request_id(const struct payvost_call *call);

/**
 * The provider's rate limit in the last response: `X-RateLimit-Limit`, `-Remaining` and `-Reset`. Returns
 * whether all three were there; they are written only then.
 */
PAYVOST_API
bool payvost_call_rate_limit(const struct payvost_call *call,
                             uint64_t *limit,
                             uint64_t *remaining,
                             uint64_t *reset);

/**
 * The duration of the last attempt, in milliseconds.
 */
PAYVOST_API uint64_t payvost_call_duration_ms(const struct payvost_call *call);

/**
 * Frees a call. `NULL` is a no-op.
 */
PAYVOST_API void payvost_call_free(struct payvost_call *call);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PAYVOST_WEBHOOKS_H */
