<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\DependencyInjection;

use Payvost\Webhooks\Symfony\Receivers;
use Payvost\Webhooks\WebhookRouter;
use Symfony\Component\DependencyInjection\Compiler\CompilerPassInterface;
use Symfony\Component\DependencyInjection\Compiler\ServiceLocatorTagPass;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Reference;

/**
 * Collects the services that handle events.
 *
 * @internal
 */
final class HandlersPass implements CompilerPassInterface
{
    public function process(ContainerBuilder $container): void
    {
        if (!$container->hasDefinition(Receivers::class)) {
            return;
        }
        [$routes, $services, $router] = [[], [], new WebhookRouter()];
        foreach ($container->findTaggedServiceIds(PayvostWebhooksExtension::HANDLER) as $id => $tags) {
            $services[$id] = new Reference($id);
            foreach ($tags as ['pattern' => $pattern, 'queued' => $isQueued]) {
                // An invalid or duplicate pattern is refused now, and not at the first delivery.
                $router->on($pattern, static fn () => null);
                $routes[] = [$pattern, $id, $isQueued];
            }
        }
        $container->getDefinition(Receivers::class)
            ->setArgument('$handlers', ServiceLocatorTagPass::register($container, $services))
            ->setArgument('$routes', $routes);
    }
}
