<?php

/**
 * The declarations of the extension `payvost_webhooks`, for editors and static analyzers. Never load this file together with
 * the extension.
 *
 * Parameters are `mixed` in the engine, so that a wrong type is refused with an exception of this namespace and never
 * with a `TypeError`, whatever `strict_types` says. The actual types are in the `@param` tags.
 */

namespace Payvost\Webhooks {

    /**
     * Verifies one webhook and returns its event: a shortcut for a {@see WebhookVerifier} with this secret and the default
     * options.
     *
     * ```php
     * $event = verifyWebhook(
     *     file_get_contents('php://input'),
     *     $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null,
     *     getenv('WEBHOOK_SECRET'),
     * );
     * ```
     *
     * @param string                               $payload   the raw body of the request, byte for byte as it came
     * @param string|null                          $signature the header `Payvost-Signature`: 64 lowercase hex digits
     * @param string|non-empty-array<string>|false $secret    the webhook's secret, or several while it is being
     *                                                        rotated. false, which `getenv()` returns for a variable
     *                                                        that is not set, is refused
     *
     * @return array{
     *     id: non-empty-string,
     *     type: non-empty-string,
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: array<array-key, mixed>,
     *     previousData?: array<array-key, mixed>|null
     * } exactly what `json_decode($payload, true)` returns, including further fields
     *
     * @throws ConfigurationException         `invalid_secret`, `payload_not_raw`
     * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
     * @throws InvalidPayloadException        `payload_too_large` (over 1 MiB), `invalid_json`, `invalid_event`
     */
    function verifyWebhook(
        #[\SensitiveParameter]
        mixed $payload,
        #[\SensitiveParameter]
        mixed $signature,
        #[\SensitiveParameter]
        mixed $secret
    ): array
    {
    }

    /**
     * Signs a payload as Payvost does. For tests and local senders.
     *
     * ```php
     * $signature = sign('{"id":"evt_1"}', 'whsec_test');
     * ```
     *
     * @param string $payload the body of the request
     * @param string $secret  the webhook's secret
     *
     * @return non-empty-string HMAC-SHA256 as 64 lowercase hex digits: the value of the header `Payvost-Signature`
     *
     * @throws ConfigurationException `invalid_secret`, `payload_not_raw`
     */
    function sign(#[\SensitiveParameter] mixed $payload, #[\SensitiveParameter] mixed $secret): string
    {
    }

    /**
     * Verifies webhooks. Checks the secrets and the options once.
     *
     * Make one when the application starts, and use it for every request. It is immutable, reveals nothing about its
     * secrets, and cannot be cloned or serialized.
     *
     * ```php
     * $verifier = new WebhookVerifier([getenv('NEW_SECRET'), getenv('OLD_SECRET')], expectLiveMode: true);
     * $event = $verifier->verify($payload, $signature);
     * ```
     *
     * @phpstan-import-type WebhookEvent from EventType
     */
    final class WebhookVerifier
    {
        /**
         * @param string|non-empty-array<string> $secrets          the webhook's secret, or several while it is being
         *                                                         rotated, in any order
         * @param int|float|null                 $toleranceSeconds refuse events whose `createdAt` is further than this
         *                                                         in the past or in the future: 0 to 3153600000
         *                                                         seconds. Retries keep `createdAt` for up to 96 min
         *                                                         5 s, so less than that refuses genuine deliveries.
         *                                                         null: any age
         * @param bool|null                      $expectLiveMode   refuse events with another `liveMode`. null: accept
         *                                                         both
         * @param int|null                       $maxPayloadBytes  refuse longer payloads before they are hashed: 1 to
         *                                                         268435455 bytes. null: 1048576 (1 MiB)
         * @param (callable(): (int|float))|null $clock            for tests: returns the Unix time in seconds, for
         *                                                         `toleranceSeconds`. null: the system's clock
         *
         * @throws ConfigurationException `invalid_secret`, `invalid_option`
         */
        public function __construct(
            #[\SensitiveParameter]
            mixed $secrets,
            mixed $toleranceSeconds = null,
            mixed $expectLiveMode = null,
            mixed $maxPayloadBytes = null,
            mixed $clock = null
        ) {
        }

        /**
         * Verifies the signature over the raw payload, and returns the event.
         *
         * ```php
         * $event = $verifier->verify(file_get_contents('php://input'), $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null);
         * ```
         *
         * @param string      $payload   the raw body of the request, byte for byte as it came
         * @param string|null $signature the header `Payvost-Signature`: 64 lowercase hex digits
         *
         * @return array{
         *     id: non-empty-string,
         *     type: non-empty-string,
         *     createdAt: non-empty-string,
         *     liveMode: bool,
         *     data: array<array-key, mixed>,
         *     previousData?: array<array-key, mixed>|null
         * } exactly what `json_decode($payload, true)` returns, including further fields
         *
         * @phpstan-return WebhookEvent
         *
         * @throws ConfigurationException         `payload_not_raw`
         * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
         * @throws InvalidPayloadException        `payload_too_large`, `invalid_json`, `invalid_event`
         * @throws EventRejectedException         `live_mode_mismatch`, `event_too_old`, `event_in_future`
         */
        public function verify(#[\SensitiveParameter] mixed $payload, #[\SensitiveParameter] mixed $signature): array
        {
        }

        /**
         * Verifies only the signature, and does not parse the payload.
         *
         * ```php
         * $verifier->verifySignature($body, $request->getHeaderLine('Payvost-Signature'));
         * ```
         *
         * @param string      $payload   the raw body of the request, byte for byte as it came
         * @param string|null $signature the header `Payvost-Signature`: 64 lowercase hex digits
         *
         * @throws ConfigurationException         `payload_not_raw`
         * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
         * @throws InvalidPayloadException        `payload_too_large`
         */
        public function verifySignature(#[\SensitiveParameter] mixed $payload, #[\SensitiveParameter] mixed $signature): void
        {
        }

        /**
         * Returns which secret made the signature. While a secret is being rotated, this shows when the old one is no longer
         * used and can be retired.
         *
         * ```php
         * $verifier = new WebhookVerifier([getenv('NEW_SECRET'), getenv('OLD_SECRET')]);
         * $isOld = $verifier->matchingSecret($payload, $signature) === 1;
         * ```
         *
         * @param string      $payload   the raw body of the request, byte for byte as it came
         * @param string|null $signature the header `Payvost-Signature`: 64 lowercase hex digits
         *
         * @return int<0, max> its position among the secrets, from 0; the first position of a duplicate secret
         *
         * @throws ConfigurationException         `payload_not_raw`
         * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
         * @throws InvalidPayloadException        `payload_too_large`
         */
        public function matchingSecret(#[\SensitiveParameter] mixed $payload, #[\SensitiveParameter] mixed $signature): int
        {
        }

        /**
         * Checks only the length of a payload, to stop in time when you read a body in pieces.
         *
         * @param int<0, max> $bytes
         *
         * @throws InvalidPayloadException `payload_too_large`
         * @throws ConfigurationException  `payload_not_raw`: bytes is not a length
         */
        public function checkPayloadLength(mixed $bytes): void
        {
        }
    }

    /**
     * How long a store keeps events claimed and remembered, and the prefix of its keys: for your own stores. The library's
     * stores create theirs.
     *
     * ```php
     * $policy = new ClaimPolicy(leaseSeconds: 300, prefix: 'shop');
     * ```
     */
    final class ClaimPolicy
    {
        /**
         * @param int|float|null $leaseSeconds    how long a claim holds before another delivery may take it over: 1 s to
         *                                        24 h. null: 60 s
         * @param int|float|null $rememberSeconds how long an event is remembered after its last change: 5765 s, the time of
         *                                        all retries, to ten years. null: 24 h
         * @param string|null    $prefix          what the keys begin with: 1 to 64 ASCII letters, digits and `_ . -`,
         *                                        not ending in `-test` or `-open`. null: `webhook`
         *
         * @throws ConfigurationException `invalid_option`
         */
        public function __construct(
            mixed $leaseSeconds = null,
            mixed $rememberSeconds = null,
            mixed $prefix = null
        ) {
        }

        /**
         * The lease, or another one if seconds are passed.
         *
         * @param int|float|null $seconds 1 s to 24 h
         *
         * @throws ConfigurationException `invalid_option`
         */
        public function leaseMilliseconds(mixed $seconds = null): int
        {
        }

        /**
         * How long an event is remembered: never less than the lease.
         */
        public function rememberMilliseconds(): int
        {
        }

        /**
         * The key of Redis' list of claims that are not completed.
         */
        public function openKey(): string
        {
        }
    }

    /**
     * The reason why a webhook, or the configuration of its verifier, was refused.
     *
     * `getMessage()` is safe to send back to the sender: it contains no part of a secret, a signature or the payload.
     * `getCode()` is always 0.
     *
     * ```php
     * try {
     *     $event = $verifier->verify($payload, $signature);
     * } catch (WebhookException $error) {
     *     error_log("{$error->getErrorCode()}: {$error->getMessage()}. {$error->getHint()}");
     *     http_response_code($error->getHttpStatus());
     *     echo $error->getHttpBody();
     * }
     * ```
     */
    abstract class WebhookException extends \Exception
    {
        private string $errorCode = '';

        private string $hint = '';

        private ?int $offset = null;

        private ?string $pointer = null;

        private ?string $parameter = null;

        private int $httpStatus = 0;

        private string $httpBody = '';

        /**
         * The stable code of the reason, such as `signature_mismatch`: the same in every language.
         */
        final public function getErrorCode(): string
        {
        }

        /**
         * The usual cause, and what to do about it. For the log, not for the sender.
         */
        final public function getHint(): string
        {
        }

        /**
         * For `invalid_json`: the byte offset of the first problem in the payload. Otherwise null.
         *
         * @return int<0, max>|null
         */
        final public function getOffset(): ?int
        {
        }

        /**
         * For `invalid_event`: the invalid field as a JSON Pointer, such as `/createdAt`; `""` is the payload itself.
         * Otherwise null.
         */
        final public function getPointer(): ?string
        {
        }

        /**
         * For `invalid_option` of the management client: the option or parameter, such as `events`. Otherwise null.
         */
        final public function getParameter(): ?string
        {
        }

        /**
         * The HTTP status of the response: 413 for `payload_too_large`, 500 for a configuration error, otherwise 400. 0 for an
         * exception that your own code has created.
         */
        final public function getHttpStatus(): int
        {
        }

        /**
         * The body of the response, JSON with the code and the message: `{"error":{"code":"…","message":"…"}}`.
         */
        final public function getHttpBody(): string
        {
        }

        /**
         * Serializes everything but the stack trace and the previous exception, so that the exception fits into a table of
         * failed jobs.
         *
         * @return list<string>
         */
        public function __sleep(): array
        {
        }
    }

    /**
     * The receiver is misconfigured, and the sender cannot do anything about it: `invalid_secret`, `invalid_option`,
     * `payload_not_raw`.
     */
    class ConfigurationException extends WebhookException
    {
    }

    /**
     * The signature is missing or wrong: `missing_signature`, `malformed_signature`, `signature_mismatch`.
     */
    class SignatureVerificationException extends WebhookException
    {
    }

    /**
     * The payload is too large, or invalid although it is signed: `payload_too_large`, `invalid_json`, `invalid_event`.
     */
    class InvalidPayloadException extends WebhookException
    {
    }

    /**
     * A genuine event that the receiver's options reject: `live_mode_mismatch`, `event_too_old`, `event_in_future`.
     */
    class EventRejectedException extends WebhookException
    {
    }

    /**
     * A call of the management API failed: Payvost returned an error, or no usable response arrived.
     *
     * Codes: the provider's, such as `validation_error`, and `connection_failed`, `timed_out`, `outcome_unknown`,
     * `unreadable_answer`. The message is the provider's if it sent one. It contains neither the API key nor a body.
     *
     * ```php
     * try {
     *     $payvost->webhooks->update('webhook_abc123', ['enabled' => true]);
     * } catch (ApiException $error) {
     *     error_log("{$error->getErrorCode()}: {$error->getMessage()} ({$error->getRequestId()})");
     * }
     * ```
     */
    class ApiException extends WebhookException
    {
        private ?int $status = null;

        private ?string $field = null;

        private ?string $requestId = null;

        private ?int $retryAfter = null;

        private int $attempts = 0;

        private ?string $causeCode = null;

        /**
         * The status of the last response; null if there was none.
         */
        final public function getStatus(): ?int
        {
        }

        /**
         * The invalid parameter, as the provider names it.
         */
        final public function getField(): ?string
        {
        }

        /**
         * The provider's id of the request, for its support.
         */
        final public function getRequestId(): ?string
        {
        }

        /**
         * In how many seconds the provider wants to be asked again.
         *
         * @return int<0, max>|null
         */
        final public function getRetryAfter(): ?int
        {
        }

        /**
         * How many requests were sent, or attempted.
         *
         * @return int<0, max>
         */
        final public function getAttempts(): int
        {
        }

        /**
         * With `outcome_unknown`: the code that the error would have if the call could be repeated. Otherwise null.
         */
        final public function getCauseCode(): ?string
        {
        }

        /**
         * Serializes everything but the stack trace and the previous exception.
         *
         * @return list<string>
         */
        public function __sleep(): array
        {
        }
    }
}

/**
 * For the Composer library `payvost/webhooks` only: this namespace may change with any release.
 */

namespace Payvost\Webhooks\Internal {

    /**
     * The payload of a sample event, or null for an undocumented type.
     */
    function sampleEvent(mixed $type): ?string
    {
    }

    /**
     * The verdict, and the code, the evidence and the fix of each cause.
     *
     * @return array{string, list<array{string, string, string}>}
     *
     * @throws \Payvost\Webhooks\ConfigurationException `payload_not_raw`, `invalid_secret`
     */
    function explain(
        #[\SensitiveParameter] mixed $body,
        mixed $headers,
        #[\SensitiveParameter] mixed $secret,
        #[\SensitiveParameter] mixed $otherSecrets,
        #[\SensitiveParameter] mixed $otherBodies
    ): array
    {
    }

    /**
     * The definition of a table as SQL, or null for an unknown dialect.
     *
     * @param 'postgres'|'mysql'|'sqlite' $dialect
     * @param string|null                 $table   null: the default name
     *
     * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
     */
    function tableDefinition(mixed $dialect, mixed $table): ?string
    {
    }

    /**
     * An error's class as stores keep it: at most 255 bytes of UTF-8, without control characters.
     */
    function handlerError(mixed $kind): string
    {
    }

    /**
     * Refuses an option that only PHP code can check, such as a store's client.
     *
     * @return never
     *
     * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
     */
    function refuseOption(mixed $message, mixed $hint): void
    {
    }

    /**
     * The response to a handled delivery, for handlers that answer early.
     *
     * @return array{int, array<string, string>, string} the arguments of a `Response`
     */
    function handledResponse(): array
    {
    }

    /**
     * The part of a receiver that all its deliveries share.
     */
    final class Receiver
    {
        /**
         * @param \Payvost\Webhooks\WebhookVerifier|string|array<string>|false $verifier a verifier, or secrets; if they are
         *     invalid, every delivery is refused with that error
         * @param \Payvost\Webhooks\ClaimPolicy|null $policy  the store's; null without a store
         * @param RouteTable                          $routes  the router's
         * @param bool                                $isInbox whether the store is an inbox
         */
        public function __construct(
            #[\SensitiveParameter]
            mixed $verifier,
            mixed $policy,
            mixed $routes,
            mixed $isInbox
        ) {
        }

        /**
         * The verifier, or null if the secrets are invalid.
         *
         * @return \Payvost\Webhooks\WebhookVerifier|null
         */
        public function verifier(): mixed
        {
        }
    }

    /**
     * A delivery: asks for one step after another, and takes their results.
     */
    final class Delivery
    {
        /**
         * @param Receiver    $receiver
         * @param string|null $retriedKey the key of the kept delivery, for a retry
         */
        public function __construct(mixed $receiver, mixed $retriedKey)
        {
        }

        /**
         * The number of bytes of the body to read at most.
         *
         * @param string|null $method null if the router accepts `POST` only
         */
        public function readLimit(mixed $method, mixed $contentLength, mixed $transferEncoding): int
        {
        }

        /**
         * Reports how reading the body ended.
         *
         * @param int                                          $bytes the number of bytes that were read
         * @param 'reached'|'broken'|'timed_out'|'consumed' $end
         */
        public function arrived(mixed $bytes, mixed $end): void
        {
        }

        /**
         * The next step; null when the delivery is done.
         *
         * @return 'load'|'verify'|'claim'|'handle'|'complete'|'release'|'log'|null
         */
        public function ask(): ?string
        {
        }

        /**
         * The key of a retry.
         */
        public function retriedKey(): ?string
        {
        }

        /**
         * Answers `load`.
         *
         * @param array{payload: string, signature: string}|null $kept
         *
         * @return array{string, string}|null the same payload and signature, as a list
         */
        public function loaded(#[\SensitiveParameter] mixed $kept): ?array
        {
        }

        /**
         * Answers `verify`.
         *
         * @return array{
         *     array<string, mixed>,
         *     int|null,
         *     array{string, string, string, string, string, bool}|null
         * }|null the event, the number of its route, and the arguments of a `ClaimRequest` if the event must be claimed; null
         *     if the delivery is refused
         */
        public function verify(#[\SensitiveParameter] mixed $payload, #[\SensitiveParameter] mixed $signature): ?array
        {
        }

        /**
         * Creates the token of the claim from random bytes.
         *
         * @return string hexadecimal digits
         */
        public function token(mixed $random): string
        {
        }

        /**
         * The claim.
         *
         * @return array{string, string} its key and its token
         */
        public function claim(): array
        {
        }

        /**
         * Answers `claim`.
         *
         * @param array{string, int} $reply
         */
        public function claimed(mixed $reply): void
        {
        }

        /**
         * Answers `handle`.
         *
         * @param string|null $kind         the class of the exception that the handler threw; null if it returned
         * @param bool|null   $isHandedOver whether the handler has handed the claim over
         */
        public function handled(mixed $kind, mixed $isHandedOver): void
        {
        }

        /**
         * Answers `complete`.
         *
         * @param bool|string $reply
         */
        public function completed(mixed $reply): void
        {
        }

        /**
         * The claim to release.
         *
         * @return array{string, string, string} its key, its token, and what the store keeps of the handler's failure
         */
        public function failedClaim(): array
        {
        }

        /**
         * Answers `release`.
         */
        public function released(mixed $isHeld): void
        {
        }

        /**
         * Answers any step of a store that failed.
         *
         * @param Fault $fault
         */
        public function failed(mixed $fault): void
        {
        }

        /**
         * Answers `log` with the record; null for a level that the logger drops.
         *
         * @param \Throwable|null $thrown  by the handler
         * @param 'info'|null     $dropped
         *
         * @return array{string, string, array<string, mixed>}|null the arguments of a logger: level, line and fields, including
         *     the exception if the record has one
         */
        public function record(mixed $thrown, mixed $dropped): ?array
        {
        }

        /**
         * The response; null if a retry has found nothing.
         *
         * @return array{int, array<string, string>, string}|null the arguments of a `Response`
         */
        public function response(): ?array
        {
        }

        /**
         * The outcome, if there is a response.
         *
         * @param array<string, mixed>|null $event as {@see verify()} returned it
         *
         * @return array{string, int, string|null, string|null, int|null, float, int} the arguments of a `WebhookResult`
         */
        public function result(#[\SensitiveParameter] mixed $event): array
        {
        }

        /**
         * The number of times the event has been claimed; 0 without a claim.
         */
        public function attempt(): int
        {
        }
    }

    /**
     * A fault of a store.
     */
    final class Fault
    {
        /**
         * @param string       $class        of the exception
         * @param list<string> $codes        candidates for the driver's code: the first known one decides
         * @param string       $message      is searched if no code is known, and not kept
         * @param bool         $isConnecting whether the connection was still being opened, so that the store has done nothing
         */
        public function __construct(mixed $class, mixed $codes, #[\SensitiveParameter] mixed $message, mixed $isConnecting)
        {
        }

        /**
         * The class and the code.
         */
        public function describe(): string
        {
        }

        /**
         * The driver's code, or a word such as `connection_refused`.
         */
        public function code(): string
        {
        }
    }

    /**
     * The statements of a table.
     */
    final class SqlTable
    {
        /**
         * @param string|null $name null: the default name
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function __construct(mixed $name)
        {
        }

        /**
         * The statement of this name.
         *
         * @return array{string, list<string>} the text with `?` for values, and the names of the values
         */
        public function statement(mixed $dialect, mixed $name): array
        {
        }
    }

    /**
     * Work on a table: asks for one step after another, and takes their results.
     */
    final class SqlProgram
    {
        /**
         * @param string      $work           `create_table`, `claim`, `claim_retry`, `enter`, `enter_retry`, `forget`, or an
         *                                    operation of a {@see RedisProgram}
         * @param int|float   $limitSeconds   how long the work may be repeated
         * @param int|null    $batch          for `forget`
         * @param bool        $notesAttempts  whether `enter` notes the attempt before its transaction
         * @param bool        $inTransactions whether a connection comes with a transaction, and ends with it
         * @param string|null $joined         the dialect of the transaction that the caller has opened; null without one
         * @param string|null $token          of the worker that claims
         * @param string|null $fingerprint    of the event that is claimed
         */
        public function __construct(
            mixed $work,
            mixed $limitSeconds,
            mixed $batch,
            mixed $notesAttempts,
            mixed $inTransactions,
            mixed $joined,
            mixed $token,
            mixed $fingerprint
        ) {
        }

        /**
         * Does more work on the connection that was kept: `leave`, `fail`, `renew`, `abandon`.
         */
        public function then(mixed $work, mixed $limitSeconds): void
        {
        }

        /**
         * The next step; null when the work is done.
         *
         * @return array{'open'|'begin'|'run'|'commit'|'rollback'|'close'|'wait', string|bool|int|null}|null and the name of
         *     a statement, whether the connection is broken, or the number of microseconds to wait
         */
        public function ask(): ?array
        {
        }

        /**
         * Sets the dialect of the connection that was just opened, before `open` is answered.
         *
         * @param 'postgres'|'mysql'|'sqlite' $dialect
         * @param bool                        $autocommits whether the connection commits a statement outside of a transaction by itself
         */
        public function connected(mixed $dialect, mixed $autocommits): void
        {
        }

        /**
         * The step is done.
         */
        public function done(): void
        {
        }

        /**
         * A statement was run.
         *
         * @param list<list<mixed>> $rows
         * @param int               $changed
         */
        public function ran(#[\SensitiveParameter] mixed $rows, mixed $changed): void
        {
        }

        /**
         * The step failed.
         *
         * @param Fault $fault
         */
        public function failed(mixed $fault): void
        {
        }

        /**
         * The result of the work: a word and a number for a claim; whether the claim was held; true, false or a word for a
         * completion; a count; null if the rows are the result; or a fault.
         *
         * @return array{string, int}|bool|string|int|Fault|null
         */
        public function reply(): mixed
        {
        }

        /**
         * Whether the program keeps the connection, because an inbox has claimed an event.
         */
        public function keepsConnection(): bool
        {
        }
    }

    /**
     * A step on Redis.
     */
    final class RedisProgram
    {
        /**
         * @param 'claim'|'extend'|'complete'|'release'|'delivery'|'dead_letters' $operation
         * @param int|float                                                       $limitSeconds how long it may be repeated
         */
        public function __construct(mixed $operation, mixed $limitSeconds)
        {
        }

        /**
         * The next command for the script, or the number of microseconds to wait; null when the step is done.
         *
         * @return 'EVALSHA'|'EVAL'|int|null
         */
        public function ask(): mixed
        {
        }

        /**
         * The script's text.
         */
        public function script(): string
        {
        }

        /**
         * Says, before the first reply, that the server is a Redis Cluster.
         */
        public function onCluster(): void
        {
        }

        /**
         * The two keys of the next script, and on a cluster the lists that it reads.
         *
         * @param string $key     that of the record
         * @param string $openKey that of {@see ClaimPolicy}
         *
         * @return array{string, string, string}
         */
        public function place(mixed $key, mixed $openKey): mixed
        {
        }

        /**
         * The script has replied.
         */
        public function replied(#[\SensitiveParameter] mixed $reply): void
        {
        }

        /**
         * The pause is over.
         */
        public function waited(): void
        {
        }

        /**
         * The command failed.
         *
         * @param Fault $fault
         */
        public function failed(mixed $fault): void
        {
        }

        /**
         * The result of the step, as for a {@see SqlProgram}.
         *
         * @return array{string, int}|bool|Fault|null
         */
        public function reply(): mixed
        {
        }
    }

    /**
     * The store in memory.
     */
    final class MemoryClaims
    {
        /**
         * Sets the number of events that are remembered at most.
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function __construct(mixed $capacity)
        {
        }

        /**
         * Sets the clock, for tests.
         */
        public function setTime(mixed $milliseconds): void
        {
        }

        /**
         * Claims an event. The payload and the signature are kept unless they are null.
         *
         * @return array{string, int}|null a reply; null if the store is full
         */
        public function claim(
            mixed $policy,
            mixed $key,
            mixed $fingerprint,
            mixed $eventType,
            mixed $token,
            #[\SensitiveParameter]
            mixed $payload,
            #[\SensitiveParameter]
            mixed $signature
        ): ?array {
        }

        /**
         * Extends a claim to this many milliseconds from now.
         */
        public function extend(mixed $key, mixed $token, mixed $milliseconds): bool
        {
        }

        /**
         * Marks the event as handled.
         */
        public function complete(mixed $policy, mixed $key, mixed $token): bool
        {
        }

        /**
         * Releases the claim.
         */
        public function release(mixed $policy, mixed $key, mixed $token, mixed $error): bool
        {
        }

        /**
         * Takes a ticket.
         *
         * @return array{string, int} a reply
         */
        public function take(mixed $policy, mixed $key, mixed $ticket, mixed $token): array
        {
        }

        /**
         * Discards a dead letter.
         */
        public function discard(mixed $policy, mixed $key): bool
        {
        }

        /**
         * The events that were claimed and not handled.
         *
         * @return list<array{string, string, string, int, string|null, int}> key, type, reason, attempts, error, and age
         *     in milliseconds
         */
        public function deadLetters(mixed $limit): array
        {
        }

        /**
         * The kept delivery.
         *
         * @return array{string, string}|null the payload and the signature
         */
        public function delivery(mixed $key): ?array
        {
        }

        /**
         * The number of events that are remembered.
         */
        public function count(): int
        {
        }
    }

    /**
     * Finds the pattern for an event.
     */
    final class RouteTable
    {
        /**
         * A table without patterns.
         */
        public function __construct()
        {
        }

        /**
         * Adds a pattern, and returns its number: 0, 1, 2, …
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function add(mixed $pattern): int
        {
        }

        /**
         * The number of the most specific pattern for a type; null without one.
         */
        public function find(mixed $type): ?int
        {
        }
    }

    /**
     * The time at which the old secret of a rotation was last seen, when it can be removed, and whether that time has come.
     * All times are in seconds.
     *
     * @param int|null $seen a further time at which it was seen
     *
     * @return array{int, int, bool}
     */
    function rotation(mixed $lastSeen, mixed $seen, mixed $now): array
    {
    }

    /**
     * The management API with a key and its options.
     */
    final class ManageClient
    {
        /**
         * @param string       $apiKey
         * @param string|false $options as JSON; false: they cannot be encoded
         * @param string       $host    the language and its version, for the header `User-Agent`
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function __construct(#[\SensitiveParameter] mixed $apiKey, mixed $options, mixed $host)
        {
        }

        /**
         * Begins a call.
         *
         * @param string|false $parameters as JSON
         * @param string|false $options    as JSON
         * @param string       $random     16 bytes
         *
         * @return ManageCall
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function call(
            mixed $operation,
            #[\SensitiveParameter]
            mixed $parameters,
            #[\SensitiveParameter]
            mixed $options,
            #[\SensitiveParameter]
            mixed $random,
            mixed $elapsedMs,
            mixed $unixMs
        ): mixed {
        }
    }

    /**
     * A single call.
     */
    final class ManageCall
    {
        /**
         * The next step; null at the end.
         *
         * @return array{'request', string, string, array<string, string>, string|null, int|null, int}|array{'wait', int}|null a
         *     request: the method, the URL, the headers, the body, the time limit in milliseconds, and the longest body of its
         *     response
         */
        public function ask(): ?array
        {
        }

        /**
         * A response came.
         *
         * @param list<string> $headers values follow their names
         * @param int          $random  32 bits
         */
        public function responded(
            mixed $status,
            #[\SensitiveParameter]
            mixed $headers,
            #[\SensitiveParameter]
            mixed $body,
            mixed $elapsedMs,
            mixed $unixMs,
            mixed $random
        ): void {
        }

        /**
         * No response came.
         *
         * @param string $fault such as `timed_out`
         */
        public function failed(mixed $fault, mixed $elapsedMs, mixed $unixMs, mixed $random): void
        {
        }

        /**
         * The pause is over.
         */
        public function waited(mixed $elapsedMs, mixed $unixMs): void
        {
        }

        /**
         * The data of the response.
         *
         * @throws \Payvost\Webhooks\ApiException
         */
        public function result(): mixed
        {
        }

        /**
         * The path with placeholders, such as `/v1/webhooks/{id}`.
         */
        public function route(): string
        {
        }

        /**
         * The operation, the method, the path and the number of the attempt.
         *
         * @return array{string, string, string, int}
         */
        public function attempt(): array
        {
        }

        /**
         * The status, the fault, the duration in milliseconds and the request id of the last attempt.
         *
         * @return array{int|null, string|null, int, string|null}
         */
        public function ended(): array
        {
        }

        /**
         * The arguments of a {@see \Payvost\Webhooks\Manage\LastResponse}.
         *
         * @return array{int|null, string|null, int|null, int|null, int|null, int}
         */
        public function facts(): array
        {
        }

        /**
         * The total of all pages, and the parameters of the next one as JSON.
         *
         * @return array{int|null, string|null}
         */
        public function page(): array
        {
        }

        /**
         * The request as JSON, with the key redacted.
         */
        public function dryRun(): string
        {
        }
    }
}
