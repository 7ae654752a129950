<?php

/**
 * What the extension `payvost_webhooks` declares, for editors and static analysers. Never load it beside the extension.
 *
 * Parameters are `mixed` in the engine, so that a wrong type is refused with an exception of this namespace and never
 * with a `TypeError`, whatever `strict_types` says. The types that are meant are in the `@param` tags.
 */

namespace Payvost\Webhooks {

    /**
     * Verifies one webhook and returns its event: short for a {@see WebhookVerifier} with this secret and the default
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
     *                                                        rotated. false, which `getenv()` gives for a variable
     *                                                        that is not set, is refused
     *
     * @return array{
     *     id: non-empty-string,
     *     type: non-empty-string,
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: array<array-key, mixed>,
     *     previousData?: array<array-key, mixed>|null
     * } exactly what `json_decode($payload, true)` gives, further fields included
     *
     * @throws ConfigurationException         `invalid_secret`, `payload_not_raw`
     * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
     * @throws InvalidPayloadException        `payload_too_large` (over 1 MiB), `invalid_json`, `invalid_event`
     */
    function verifyWebhook(mixed $payload, mixed $signature, #[\SensitiveParameter] mixed $secret): array
    {
    }

    /**
     * Signs a payload as the provider does. For tests and local senders.
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
    function sign(mixed $payload, #[\SensitiveParameter] mixed $secret): string
    {
    }

    /**
     * Verifies webhooks with secrets and options that are checked once.
     *
     * Make one when the application starts, and use it for every request. It is immutable. It shows nothing of its
     * secrets, and can be neither cloned nor serialised.
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
         * @param int|float|null                 $toleranceSeconds refuses events whose `createdAt` is further than this
         *                                                         from now, back or ahead: 0 to 3153600000 seconds.
         *                                                         Retries keep `createdAt` for up to 96 min 5 s, so
         *                                                         less than that refuses honest deliveries. null: any
         *                                                         age
         * @param bool|null                      $expectLiveMode   refuses events whose `liveMode` is another. null:
         *                                                         both are accepted
         * @param int|null                       $maxPayloadBytes  refuses longer payloads before they are hashed: 1 to
         *                                                         268435455 bytes. null: 1048576 (1 MiB)
         *
         * @throws ConfigurationException `invalid_secret`, `invalid_option`
         */
        public function __construct(
            #[\SensitiveParameter]
            mixed $secrets,
            mixed $toleranceSeconds = null,
            mixed $expectLiveMode = null,
            mixed $maxPayloadBytes = null
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
         * } exactly what `json_decode($payload, true)` gives, further fields included
         *
         * @phpstan-return WebhookEvent
         *
         * @throws ConfigurationException         `payload_not_raw`
         * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
         * @throws InvalidPayloadException        `payload_too_large`, `invalid_json`, `invalid_event`
         * @throws EventRejectedException         `live_mode_mismatch`, `event_too_old`, `event_in_future`
         */
        public function verify(mixed $payload, mixed $signature): array
        {
        }

        /**
         * Verifies the signature alone, and does not look into the payload.
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
        public function verifySignature(mixed $payload, mixed $signature): void
        {
        }

        /**
         * Tells which secret made the signature. While a secret is being rotated, this shows when the old one has gone
         * out of use and can be retired.
         *
         * ```php
         * $verifier = new WebhookVerifier([getenv('NEW_SECRET'), getenv('OLD_SECRET')]);
         * $isOld = $verifier->matchingSecret($payload, $signature) === 1;
         * ```
         *
         * @param string      $payload   the raw body of the request, byte for byte as it came
         * @param string|null $signature the header `Payvost-Signature`: 64 lowercase hex digits
         *
         * @return int<0, max> its position among the secrets, from 0; the first, when one was given twice
         *
         * @throws ConfigurationException         `payload_not_raw`
         * @throws SignatureVerificationException `missing_signature`, `malformed_signature`, `signature_mismatch`
         * @throws InvalidPayloadException        `payload_too_large`
         */
        public function matchingSecret(mixed $payload, mixed $signature): int
        {
        }

        /**
         * Checks the length of a payload alone: for who reads a body piece by piece and wants to stop in time.
         *
         * @param int<0, max> $bytes
         *
         * @throws InvalidPayloadException `payload_too_large`
         * @throws ConfigurationException  `payload_not_raw`, when it is no length
         */
        public function checkPayloadLength(mixed $bytes): void
        {
        }
    }

    /**
     * For how long a store of claims has an event claimed and remembered, and what its keys begin with: for stores of your
     * own. The stores of the library make theirs.
     *
     * ```php
     * $policy = new ClaimPolicy(leaseSeconds: 300, prefix: 'shop:webhook');
     * ```
     */
    final class ClaimPolicy
    {
        /**
         * @param int|float|null $leaseSeconds    how long a claim holds before another delivery may take it over: 1 s to
         *                                        24 h. null: 60 s
         * @param int|float|null $rememberSeconds for how long an event is remembered after its last change: 5765 s, for
         *                                        which the provider retries, to ten years. null: 24 h
         * @param string|null    $prefix          what the keys begin with: 1 to 64 ASCII letters, digits and `_ . : -`,
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
         * The lease, or another one that is asked for.
         *
         * @param int|float|null $seconds 1 s to 24 h
         *
         * @throws ConfigurationException `invalid_option`
         */
        public function leaseMilliseconds(mixed $seconds = null): int
        {
        }

        /**
         * For how long an event is remembered: never shorter than the lease.
         */
        public function rememberMilliseconds(): int
        {
        }

        /**
         * The name under which Redis lists the claims that are not done.
         */
        public function openKey(): string
        {
        }
    }

    /**
     * Why a webhook, or the set-up of its verifier, was refused.
     *
     * `getMessage()` is safe to send back: there is no part of a secret, of a signature or of the payload in it.
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

        private int $httpStatus = 0;

        private string $httpBody = '';

        /**
         * The stable name of the reason, such as `signature_mismatch`: the same in every language.
         */
        final public function getErrorCode(): string
        {
        }

        /**
         * What usually causes this and what to do about it. For the log, not for the caller.
         */
        final public function getHint(): string
        {
        }

        /**
         * For `invalid_json`: where in the payload the first problem is, in bytes from its start. Otherwise null.
         *
         * @return int<0, max>|null
         */
        final public function getOffset(): ?int
        {
        }

        /**
         * For `invalid_event`: the field at fault as a JSON Pointer, such as `/createdAt`; `""` is the payload itself.
         * Otherwise null.
         */
        final public function getPointer(): ?string
        {
        }

        /**
         * The HTTP status to answer: 413 for `payload_too_large`, 500 for a configuration error, otherwise 400. 0 for
         * an exception that you have made yourself.
         */
        final public function getHttpStatus(): int
        {
        }

        /**
         * The body to answer, JSON with the code and the message: `{"error":{"code":"…","message":"…"}}`.
         */
        final public function getHttpBody(): string
        {
        }
    }

    /**
     * The receiver is set up wrongly; nothing the sender does can help: `invalid_secret`, `invalid_option`,
     * `payload_not_raw`.
     */
    class ConfigurationException extends WebhookException
    {
    }

    /**
     * The signature does not vouch for the payload: `missing_signature`, `malformed_signature`, `signature_mismatch`.
     */
    class SignatureVerificationException extends WebhookException
    {
    }

    /**
     * The signed payload cannot be used: `payload_too_large`, `invalid_json`, `invalid_event`.
     */
    class InvalidPayloadException extends WebhookException
    {
    }

    /**
     * A genuine event that the receiver asked not to get: `live_mode_mismatch`, `event_too_old`, `event_in_future`.
     */
    class EventRejectedException extends WebhookException
    {
    }
}

/**
 * For the Composer library `payvost/webhooks` alone: it may change with any release.
 */

namespace Payvost\Webhooks\Internal {

    /**
     * What to answer, by the code of the outcome.
     *
     * @return array{int, string, int|null} the HTTP status, the body, and the seconds of `Retry-After`
     */
    function answer(mixed $code, mixed $waitMilliseconds = 0): array
    {
    }

    /**
     * The payload of a sample event, or null for a type that is not documented.
     */
    function sampleEvent(mixed $type): ?string
    {
    }

    /**
     * Verifies for a receiver, in one call. `isKept`: the delivery was verified when it came, and may be of any age now.
     *
     * @param \Payvost\Webhooks\ClaimPolicy|null $policy where there is a store
     *
     * @return array{array<string, mixed>, int, 2?: string, 3?: string, 4?: string} the event, which secret matched, and,
     *     with a policy, the key of the claim, the body's fingerprint, and the type as it is kept
     */
    function receive(mixed $verifier, mixed $policy, mixed $payload, mixed $signature, mixed $isKept): array
    {
    }

    /**
     * What a store's reply means.
     *
     * @return array{string, int}|null `claimed` and the attempt, or the code of what to answer and how long to wait; null
     *     of no reply of the protocol
     */
    function claimReply(mixed $word, mixed $number): ?array
    {
    }

    /**
     * The name of a kind of error as stores keep it: at most 255 bytes of UTF-8, without control characters.
     */
    function handlerError(mixed $kind): string
    {
    }

    /**
     * The steps as Lua.
     *
     * @return list<array{string, string}> names and texts
     */
    function redisScripts(): array
    {
    }

    /**
     * The steps as SQL.
     *
     * @param 'postgres'|'mysql'|'sqlite' $dialect
     * @param string|null                 $table   null: the usual name
     *
     * @return list<array{string, string, list<string>}> names, texts with `?` for values, and the names of those
     *
     * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
     */
    function sqlStatements(mixed $dialect, mixed $table): array
    {
    }

    /**
     * The store in memory.
     */
    final class MemoryClaims
    {
        /**
         * How many events are remembered at the most.
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function __construct(mixed $capacity)
        {
        }

        /**
         * Claims; the payload and the signature are kept unless they are null.
         *
         * @return array{string, int} a reply; `full` and 0 when there is no room
         */
        public function claim(
            mixed $policy,
            mixed $key,
            mixed $fingerprint,
            mixed $eventType,
            mixed $token,
            mixed $payload,
            mixed $signature
        ): array {
        }

        /**
         * Makes a claim hold for so long from now.
         */
        public function extend(mixed $key, mixed $token, mixed $milliseconds): bool
        {
        }

        /**
         * Notes that the event is handled.
         */
        public function complete(mixed $policy, mixed $key, mixed $token): bool
        {
        }

        /**
         * Gives the event back.
         */
        public function release(mixed $policy, mixed $key, mixed $token, mixed $error): bool
        {
        }

        /**
         * What was claimed and not handled.
         *
         * @return list<array{string, string, string, int, string|null, int}> key, type, reason, attempts, error, and age
         *     in milliseconds
         */
        public function deadLetters(mixed $limit): array
        {
        }

        /**
         * The delivery that was kept.
         *
         * @return array{string, string}|null the payload and the signature
         */
        public function delivery(mixed $key): ?array
        {
        }

        /**
         * How many events are remembered.
         */
        public function count(): int
        {
        }
    }

    /**
     * Which pattern an event goes to.
     */
    final class RouteTable
    {
        /**
         * Adds a pattern, and gives its number: 0, 1, 2, …
         *
         * @throws \Payvost\Webhooks\ConfigurationException `invalid_option`
         */
        public function add(mixed $pattern): int
        {
        }

        /**
         * The number of the most specific pattern for a type, or null.
         */
        public function find(mixed $type): ?int
        {
        }
    }
}
