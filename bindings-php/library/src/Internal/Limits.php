<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

/**
 * The numbers and default names of the contract.
 *
 * Made by `make generate` from core/contract/limits.toml: edit that file, not this one.
 *
 * @internal
 */
final class Limits
{
    /** The longest payload that a verifier accepts by default. */
    public const DEFAULT_MAX_PAYLOAD_BYTES = 1_048_576;

    /** The largest payload limit that a verifier can be given. */
    public const MAX_PAYLOAD_BYTES_LIMIT = 268_435_455;

    /** How many levels of arrays and objects a payload may nest. The outermost is level 1. */
    public const MAX_DEPTH = 128;

    /** The longest `id` of an event, in UTF-8. */
    public const MAX_ID_BYTES = 255;

    /** The length of the `Payvost-Signature` header: an HMAC-SHA256 in hexadecimal. */
    public const SIGNATURE_LENGTH = 64;

    /** The longest tolerance for `createdAt` that a verifier can be given. */
    public const MAX_TOLERANCE_SECONDS = 3_153_600_000;

    /** How long Payvost waits for the response. A later one counts as a failure. */
    public const ANSWER_TIME_LIMIT_SECONDS = 5;

    /** How long Payvost waits before each further attempt, counted from the attempt before it. */
    public const RETRY_PAUSES_SECONDS = [5, 60, 300, 1_800, 3_600];

    /**
     * The time from the first attempt to deliver an event to the last. An event must be remembered for at least this
     * long: otherwise a genuine retry would be handled again.
     */
    public const RETRY_WINDOW_SECONDS = 5_765;

    /** How long a claim holds by default. */
    public const DEFAULT_LEASE_SECONDS = 60;

    /** The shortest lease. */
    public const MIN_LEASE_SECONDS = 1;

    /** The longest lease. A handler that needs longer extends its claim. */
    public const MAX_LEASE_SECONDS = 86_400;

    /** How long an event is remembered by default, after its last change. */
    public const DEFAULT_REMEMBER_SECONDS = 86_400;

    /** The longest time for which an event can be remembered. */
    public const MAX_REMEMBER_SECONDS = 315_360_000;

    /** The prefix of claims' keys by default. */
    public const DEFAULT_PREFIX = "webhook";

    /** The longest prefix. */
    public const MAX_PREFIX_BYTES = 64;

    /** The length of a claim's token: random hexadecimal digits from its worker. */
    public const CLAIM_TOKEN_LENGTH = 32;

    /** The stored length of an event's type and of the name of a handler's error. */
    public const MAX_LABEL_BYTES = 255;

    /** How long one step of a store may take by default, including the connection. */
    public const DEFAULT_STORE_TIME_LIMIT_SECONDS = 2;

    /** The table of the SQL stores by default. */
    public const DEFAULT_TABLE = "payvost_webhook_claims";

    /** The longest name of a table, and of its schema. */
    public const MAX_TABLE_NAME_BYTES = 48;

    /** How many dead letters are listed by default. */
    public const DEFAULT_DEAD_LETTERS = 100;

    /** How many rows the cleaning of a table deletes in one transaction by default. */
    public const FORGET_BATCH = 1_000;

    /** How long a statement that creates or cleans a table is repeated after a conflict. */
    public const TABLE_TIME_LIMIT_SECONDS = 60;

    /** How many events the memory store remembers by default. */
    public const DEFAULT_CAPACITY = 100_000;

    /** The largest capacity of the memory store. */
    public const MAX_CAPACITY = 100_000_000;

    /**
     * How many bytes of deliveries the memory store keeps. Events beyond it are claimed, but cannot be retried from the
     * store.
     */
    public const MAX_KEPT_BYTES = 67_108_864;

    /** The default time limit of one attempt of a call. */
    public const DEFAULT_TIMEOUT_SECONDS = 30;

    /** The longest time limit of an attempt or of a call. */
    public const MAX_TIMEOUT_SECONDS = 3_600;

    /** The default time limit of a call, including its retries and the pauses between them. */
    public const DEFAULT_DEADLINE_SECONDS = 120;

    /** The default number of retries of a call. */
    public const DEFAULT_MAX_RETRIES = 2;

    /** The largest number of retries of a call. */
    public const MAX_RETRIES_LIMIT = 10;

    /**
     * The longest pause before the first retry. It doubles with each retry, and the actual pause is random, from zero
     * to the longest (full jitter).
     */
    public const FIRST_RETRY_PAUSE_MS = 500;

    /** The longest pause that a client chooses itself. */
    public const MAX_RETRY_PAUSE_SECONDS = 8;

    /**
     * The longest `Retry-After` for which a client waits. If the server asks for more, the call ends with the error.
     */
    public const MAX_RETRY_AFTER_SECONDS = 60;

    /** The number of tokens that a client has for retries. Each successful call returns one. */
    public const RETRY_BUDGET = 500;

    /** The cost of a retry. */
    public const RETRY_COST = 5;

    /** The cost of a retry after a timeout. */
    public const TIMEOUT_RETRY_COST = 10;

    /** The default number of entries per page. */
    public const DEFAULT_PAGE_LIMIT = 20;

    /** The largest number of entries per page. */
    public const MAX_PAGE_LIMIT = 100;

    /** The longest response body that a client reads, after decompression. */
    public const MAX_ANSWER_BYTES = 4_194_304;

    /** The longest response headers that a client reads, if its transport has such a setting. */
    public const MAX_ANSWER_HEADER_BYTES = 65_536;

    /** The length of an idempotency key that a client generates: random hexadecimal digits. */
    public const IDEMPOTENCY_KEY_LENGTH = 32;
}
