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
     *     http_response_code(400);
     * }
     * ```
     */
    abstract class WebhookException extends \Exception
    {
        private string $errorCode = '';

        private string $hint = '';

        private ?int $offset = null;

        private ?string $pointer = null;

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
