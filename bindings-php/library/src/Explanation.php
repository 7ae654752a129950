<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use SensitiveParameter;

/**
 * Why a delivery was refused, for development. A receiver does not ask for it.
 *
 * ```php
 * $explanation = Explanation::of($body, $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null, $secret);
 * foreach ($explanation->causes as $cause) {
 *     echo "{$cause->code}: {$cause->fix}\n";
 * }
 * ```
 */
final class Explanation
{
    private function __construct(
        /** `ok`, or the error code of the exception that `verify` throws. */
        public readonly string $verdict,
        /** @var list<Cause> The most telling first: empty if the verdict is `ok`, only `unknown` if nothing is proven. */
        public readonly array $causes,
    ) {
    }

    /**
     * Undoes what usually goes wrong, signs the result again, and names a cause only if the signature then matches.
     *
     * @param string                   $body         the body as it was verified
     * @param list<string>|string|null $signature    the value of the header, a list if it was sent more than once, or null if
     *                                               it was absent
     * @param string                   $secret       the secret as it is configured
     * @param list<string>             $otherSecrets secrets that may have signed instead: of other endpoints, of the other
     *                                               mode, from before a rotation
     * @param list<string>             $otherBodies  bodies to compare with: other deliveries, or what a proxy has recorded
     */
    public static function of(
        #[SensitiveParameter] string $body,
        array|string|null $signature,
        #[SensitiveParameter] string $secret,
        #[SensitiveParameter] array $otherSecrets = [],
        #[SensitiveParameter] array $otherBodies = [],
    ): self {
        [$verdict, $causes] = Internal\explain($body, (array) $signature, $secret, $otherSecrets, $otherBodies);

        return new self($verdict, array_map(static fn (array $cause): Cause => new Cause(...$cause), $causes));
    }
}
