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
     * What to answer when the handler has returned (true) or has failed.
     *
     * @return array{int, string} the HTTP status and the body
     */
    function answer(mixed $handled): array
    {
    }

    /**
     * The payload of a sample event, or null for a type that is not documented.
     */
    function sampleEvent(mixed $type): ?string
    {
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
