//! The numbers and default names of the contract.
// Made by `make generate` from core/contract/limits.toml: edit that file, not this one.

use core::time::Duration;

/// 1,048,576 bytes (1 MiB). The longest payload that a verifier accepts by default.
///
/// Events are a few kilobytes. This leaves ample room.
pub const DEFAULT_MAX_PAYLOAD_BYTES: usize = 1_048_576;

/// 268,435,455 bytes. The largest payload limit that a verifier can be given.
///
/// A position in the payload must fit into 28 bits.
pub const MAX_PAYLOAD_BYTES_LIMIT: usize = 268_435_455;

/// 128 levels. How many levels of arrays and objects a payload may nest. The outermost is level 1.
///
/// RFC 8259 §9 allows a limit. No event comes near it.
pub const MAX_DEPTH: usize = 128;

/// 255 bytes. The longest `id` of an event, in UTF-8.
///
/// Fits into an indexed column of every supported database.
pub const MAX_ID_BYTES: usize = 255;

/// 64 characters. The length of the `Payvost-Signature` header: an HMAC-SHA256 in hexadecimal.
///
/// The provider's guide.
pub const SIGNATURE_LENGTH: usize = 64;

/// 3,153,600,000 s (100 years). The longest tolerance for `createdAt` that a verifier can be given.
///
/// Far beyond any use, and short enough for every clock.
pub const MAX_TOLERANCE: Duration = Duration::from_secs(3_153_600_000);

/// 5 s. How long Payvost waits for the response. A later one counts as a failure.
///
/// The provider's guide, "Retry Logic".
pub const ANSWER_TIME_LIMIT: Duration = Duration::from_secs(5);

/// How long Payvost waits before each further attempt, counted from the attempt before it. The provider's guide, "Retry
/// Logic".
pub const RETRY_PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(1_800),
    Duration::from_secs(3_600),
];

/// 5,765 s (96 min 5 s). The time from the first attempt to deliver an event to the last. An event must be remembered
/// for at least this long: otherwise a genuine retry would be handled again.
///
/// The sum of the pauses.
pub const RETRY_WINDOW: Duration = Duration::from_secs(5_765);

/// 60 s (1 min). How long a claim holds by default.
///
/// Twelve times what Payvost waits for a response, and no longer than its second pause: if a worker dies during the
/// first delivery, the third one, after 65 s, takes over.
pub const DEFAULT_LEASE: Duration = Duration::from_secs(60);

/// 1 s. The shortest lease.
///
/// Below it, the store's own latency matters.
pub const MIN_LEASE: Duration = Duration::from_secs(1);

/// 86,400 s (24 h). The longest lease. A handler that needs longer extends its claim.
///
/// A dead worker must not block its event for days.
pub const MAX_LEASE: Duration = Duration::from_secs(86_400);

/// 86,400 s (24 h). How long an event is remembered by default, after its last change.
///
/// The provider's guide.
pub const DEFAULT_REMEMBER: Duration = Duration::from_secs(86_400);

/// 315,360,000 s (10 years). The longest time for which an event can be remembered.
///
/// Longer than any accounting rule requires.
pub const MAX_REMEMBER: Duration = Duration::from_secs(315_360_000);

/// The prefix of claims' keys by default. The provider's guide: `webhook:{event.id}`.
pub const DEFAULT_PREFIX: &str = "webhook";

/// 64 bytes. The longest prefix.
///
/// Prefix, mode and `id` together fit into the key column of every supported database.
pub const MAX_PREFIX_BYTES: usize = 64;

/// 32 characters. The length of a claim's token: random hexadecimal digits from its worker.
///
/// 128 bits cannot be guessed and do not repeat.
pub const CLAIM_TOKEN_LENGTH: usize = 32;

/// 255 bytes. The stored length of an event's type and of the name of a handler's error.
///
/// Fits into a column of every supported database.
pub const MAX_LABEL_BYTES: usize = 255;

/// 2 s. How long one step of a store may take by default, including the connection.
///
/// Leaves most of the time that Payvost waits to the handler.
pub const DEFAULT_STORE_TIME_LIMIT: Duration = Duration::from_secs(2);

/// The table of the SQL stores by default. Names its owner, so that it collides with no other table.
pub const DEFAULT_TABLE: &str = "payvost_webhook_claims";

/// 48 bytes. The longest name of a table, and of its schema.
///
/// PostgreSQL's names have 63 bytes; the names of the table's indexes add to it.
pub const MAX_TABLE_NAME_BYTES: usize = 48;

/// 100 events. How many dead letters are listed by default.
///
/// A page for a person to read.
pub const DEFAULT_DEAD_LETTERS: usize = 100;

/// 1,000 rows. How many rows the cleaning of a table deletes in one transaction by default.
///
/// No lock is held for long.
pub const FORGET_BATCH: usize = 1_000;

/// 60 s (1 min). How long a statement that creates or cleans a table is repeated after a conflict.
///
/// It runs alongside deliveries, and no response waits for it.
pub const TABLE_TIME_LIMIT: Duration = Duration::from_secs(60);

/// 100,000 events. How many events the memory store remembers by default.
///
/// Some tens of megabytes.
pub const DEFAULT_CAPACITY: usize = 100_000;

/// 100,000,000 events. The largest capacity of the memory store.
///
/// A larger one would not fit into memory.
pub const MAX_CAPACITY: usize = 100_000_000;

/// 67,108,864 bytes (64 MiB). How many bytes of deliveries the memory store keeps. Events beyond it are claimed, but
/// cannot be retried from the store.
///
/// Limits the cost of an outage of the handlers.
pub const MAX_KEPT_BYTES: usize = 67_108_864;

/// 30 s. The default time limit of one attempt of a call.
///
/// Long enough for a slow response, short enough to notice a lost connection.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// 3,600 s (1 h). The longest time limit of an attempt or of a call.
///
/// Longer than any response takes.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(3_600);

/// 120 s (2 min). The default time limit of a call, including its retries and the pauses between them.
///
/// Leaves time for three attempts of 30 s and the pauses between them.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(120);

/// 2 retries. The default number of retries of a call.
///
/// Bridges a restart or a lost connection without multiplying an outage.
pub const DEFAULT_MAX_RETRIES: usize = 2;

/// 10 retries. The largest number of retries of a call.
///
/// The deadline usually ends a call earlier.
pub const MAX_RETRIES_LIMIT: usize = 10;

/// 500 milliseconds. The longest pause before the first retry. It doubles with each retry, and the actual pause is
/// random, from zero to the longest (full jitter).
///
/// Barely noticeable to a user.
pub const FIRST_RETRY_PAUSE_MS: usize = 500;

/// 8 s. The longest pause that a client chooses itself.
///
/// Leaves room for another attempt before the deadline.
pub const MAX_RETRY_PAUSE: Duration = Duration::from_secs(8);

/// 60 s (1 min). The longest `Retry-After` for which a client waits. If the server asks for more, the call ends with
/// the error.
///
/// A longer wait is up to the caller.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// 500 tokens. The number of tokens that a client has for retries. Each successful call returns one.
///
/// As in AWS's SDKs. It keeps retries from multiplying the load during an outage.
pub const RETRY_BUDGET: usize = 500;

/// 5 tokens. The cost of a retry.
///
/// As in AWS's SDKs.
pub const RETRY_COST: usize = 5;

/// 10 tokens. The cost of a retry after a timeout.
///
/// As in AWS's SDKs. A timeout costs the server more than a refusal.
pub const TIMEOUT_RETRY_COST: usize = 10;

/// 20 entries. The default number of entries per page.
///
/// The provider's guide.
pub const DEFAULT_PAGE_LIMIT: usize = 20;

/// 100 entries. The largest number of entries per page.
///
/// The provider's guide.
pub const MAX_PAGE_LIMIT: usize = 100;

/// 4,194,304 bytes (4 MiB). The longest response body that a client reads, after decompression.
///
/// A hundred log entries with long response bodies fit into it.
pub const MAX_ANSWER_BYTES: usize = 4_194_304;

/// 65,536 bytes. The longest response headers that a client reads, if its transport has such a setting.
///
/// Twice the limit of common servers.
pub const MAX_ANSWER_HEADER_BYTES: usize = 65_536;

/// 32 characters. The length of an idempotency key that a client generates: random hexadecimal digits.
///
/// 128 bits cannot be guessed and do not repeat.
pub const IDEMPOTENCY_KEY_LENGTH: usize = 32;
