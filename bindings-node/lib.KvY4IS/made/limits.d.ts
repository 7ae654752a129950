/** The longest payload that a verifier accepts by default. */
export declare const DEFAULT_MAX_PAYLOAD_BYTES = 1048576;
/** The largest payload limit that a verifier can be given. */
export declare const MAX_PAYLOAD_BYTES_LIMIT = 268435455;
/** How many levels of arrays and objects a payload may nest. The outermost is level 1. */
export declare const MAX_DEPTH = 128;
/** The longest `id` of an event, in UTF-8. */
export declare const MAX_ID_BYTES = 255;
/** The length of the `Payvost-Signature` header: an HMAC-SHA256 in hexadecimal. */
export declare const SIGNATURE_LENGTH = 64;
/** The longest tolerance for `createdAt` that a verifier can be given. */
export declare const MAX_TOLERANCE_SECONDS = 3153600000;
/** How long Payvost waits for the response. A later one counts as a failure. */
export declare const ANSWER_TIME_LIMIT_SECONDS = 5;
/** How long Payvost waits before each further attempt, counted from the attempt before it. */
export declare const RETRY_PAUSES_SECONDS: readonly [5, 60, 300, 1800, 3600];
/**
 * The time from the first attempt to deliver an event to the last. An event must be remembered for at least this long:
 * otherwise a genuine retry would be handled again.
 */
export declare const RETRY_WINDOW_SECONDS = 5765;
/** How long a claim holds by default. */
export declare const DEFAULT_LEASE_SECONDS = 60;
/** The shortest lease. */
export declare const MIN_LEASE_SECONDS = 1;
/** The longest lease. A handler that needs longer extends its claim. */
export declare const MAX_LEASE_SECONDS = 86400;
/** How long an event is remembered by default, after its last change. */
export declare const DEFAULT_REMEMBER_SECONDS = 86400;
/** The longest time for which an event can be remembered. */
export declare const MAX_REMEMBER_SECONDS = 315360000;
/** The prefix of claims' keys by default. */
export declare const DEFAULT_PREFIX = "webhook";
/** The longest prefix. */
export declare const MAX_PREFIX_BYTES = 64;
/** The length of a claim's token: random hexadecimal digits from its worker. */
export declare const CLAIM_TOKEN_LENGTH = 32;
/** The stored length of an event's type and of the name of a handler's error. */
export declare const MAX_LABEL_BYTES = 255;
/** How long one step of a store may take by default, including the connection. */
export declare const DEFAULT_STORE_TIME_LIMIT_SECONDS = 2;
/** The table of the SQL stores by default. */
export declare const DEFAULT_TABLE = "payvost_webhook_claims";
/** The longest name of a table, and of its schema. */
export declare const MAX_TABLE_NAME_BYTES = 48;
/** How many dead letters are listed by default. */
export declare const DEFAULT_DEAD_LETTERS = 100;
/** How many rows the cleaning of a table deletes in one transaction by default. */
export declare const FORGET_BATCH = 1000;
/** How long a statement that creates or cleans a table is repeated after a conflict. */
export declare const TABLE_TIME_LIMIT_SECONDS = 60;
/** How many events the memory store remembers by default. */
export declare const DEFAULT_CAPACITY = 100000;
/** The largest capacity of the memory store. */
export declare const MAX_CAPACITY = 100000000;
/**
 * How many bytes of deliveries the memory store keeps. Events beyond it are claimed, but cannot be retried from the
 * store.
 */
export declare const MAX_KEPT_BYTES = 67108864;
/** The default time limit of one attempt of a call. */
export declare const DEFAULT_TIMEOUT_SECONDS = 30;
/** The longest time limit of an attempt or of a call. */
export declare const MAX_TIMEOUT_SECONDS = 3600;
/** The default time limit of a call, including its retries and the pauses between them. */
export declare const DEFAULT_DEADLINE_SECONDS = 120;
/** The default number of retries of a call. */
export declare const DEFAULT_MAX_RETRIES = 2;
/** The largest number of retries of a call. */
export declare const MAX_RETRIES_LIMIT = 10;
/**
 * The longest pause before the first retry. It doubles with each retry, and the actual pause is random, from zero to
 * the longest (full jitter).
 */
export declare const FIRST_RETRY_PAUSE_MS = 500;
/** The longest pause that a client chooses itself. */
export declare const MAX_RETRY_PAUSE_SECONDS = 8;
/** The longest `Retry-After` for which a client waits. If the server asks for more, the call ends with the error. */
export declare const MAX_RETRY_AFTER_SECONDS = 60;
/** The number of tokens that a client has for retries. Each successful call returns one. */
export declare const RETRY_BUDGET = 500;
/** The cost of a retry. */
export declare const RETRY_COST = 5;
/** The cost of a retry after a timeout. */
export declare const TIMEOUT_RETRY_COST = 10;
/** The default number of entries per page. */
export declare const DEFAULT_PAGE_LIMIT = 20;
/** The largest number of entries per page. */
export declare const MAX_PAGE_LIMIT = 100;
/** The longest response body that a client reads, after decompression. */
export declare const MAX_ANSWER_BYTES = 4194304;
/** The longest response headers that a client reads, if its transport has such a setting. */
export declare const MAX_ANSWER_HEADER_BYTES = 65536;
/** The length of an idempotency key that a client generates: random hexadecimal digits. */
export declare const IDEMPOTENCY_KEY_LENGTH = 32;
