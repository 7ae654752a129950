<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\Attribute;

use Attribute;

/**
 * Marks a service that handles events: its `__invoke()` gets the event and the claim.
 *
 * ```php
 * #[AsWebhookHandler('payment.succeeded')]
 * ```
 */
#[Attribute(Attribute::TARGET_CLASS | Attribute::IS_REPEATABLE)]
final class AsWebhookHandler
{
    /**
     * @param string $pattern a type, a family (`payment.*`) or `*`
     * @param bool $queued run it in a worker of Messenger
     */
    public function __construct(public string $pattern, public bool $queued = false)
    {
    }
}
