<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use Symfony\Component\HttpFoundation\Request;

/**
 * Finds the secret for a request: that of a tenant, or from a secret manager.
 */
interface SecretProvider
{
    /**
     * @param Request|null $request null when a command or a worker handles kept deliveries, which may be those of all tenants
     *
     * @return string|list<string> several while a secret is being rotated
     */
    public function secret(?Request $request): string|array;
}
