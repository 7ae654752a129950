<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use Payvost\Webhooks\Symfony\DependencyInjection\HandlersPass;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\HttpKernel\Bundle\Bundle;

final class PayvostWebhooksBundle extends Bundle
{
    public function build(ContainerBuilder $container): void
    {
        $container->addCompilerPass(new HandlersPass());
    }
}
