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
