<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\DependencyInjection;

use Payvost\Webhooks\Stores\DoctrineTransactions;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Symfony\Attribute\AsWebhookHandler;
use Payvost\Webhooks\Symfony\Command\WebhooksCommand;
use Payvost\Webhooks\Symfony\Messenger\HandleWebhook;
use Payvost\Webhooks\Symfony\Messenger\HandleWebhookHandler;
use Payvost\Webhooks\Symfony\Receivers;
use Payvost\Webhooks\Symfony\RequestParser;
use Payvost\Webhooks\Symfony\WebhookConsumer;
use Payvost\Webhooks\Symfony\WebhookController;
use Symfony\Component\DependencyInjection\ChildDefinition;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\ContainerInterface;
use Symfony\Component\DependencyInjection\Definition;
use Symfony\Component\DependencyInjection\Extension\Extension;
use Symfony\Component\DependencyInjection\Reference;
use Symfony\Component\Webhook\Client\AbstractRequestParser;

/**
 * Registers the services.
 *
 * @internal
 */
final class PayvostWebhooksExtension extends Extension
{
    public const HANDLER = 'payvost_webhooks.handler';

    /**
     * @param array<mixed> $configs
     */
    public function load(array $configs, ContainerBuilder $container): void
    {
        $configuration = $this->processConfiguration(new Configuration(), $configs);
        $container->registerAttributeForAutoconfiguration(
            AsWebhookHandler::class,
            static function (ChildDefinition $definition, AsWebhookHandler $attribute): void {
                $definition->addTag(self::HANDLER, ['pattern' => $attribute->pattern, 'queued' => $attribute->queued]);
            }
        );
        $ifThere = static fn (?string $id): ?Reference => $id === null ? null
            : new Reference($id, ContainerInterface::NULL_ON_INVALID_REFERENCE);
        $secrets = $configuration['secrets'] === null ? null : new Reference($configuration['secrets']);
        $receivers = $container->register(Receivers::class)->setArguments([
            '$secret' => $configuration['secret'],
            '$liveMode' => $configuration['live_mode'],
            '$queueSeconds' => $configuration['queue_seconds'],
            '$store' => self::registerStore($configuration, $container),
            '$logger' => $ifThere('logger'),
            '$secrets' => $secrets,
            '$bus' => $ifThere($configuration['bus']),
        ]);
        $receivers->addTag('monolog.logger', ['channel' => 'payvost']);
        $receiver = [new Reference(Receivers::class)];
        $container->register(WebhookController::class)->setArguments($receiver)->setPublic(true)->addTag('controller.service_arguments');
        $container->register(WebhooksCommand::class)->setArguments($receiver)->addTag('console.command', ['command' => 'payvost:webhooks']);
        $container->register(HandleWebhookHandler::class)->setArguments($receiver)
            ->addTag('messenger.message_handler', ['handles' => HandleWebhook::class]);
        if (class_exists(AbstractRequestParser::class)) {
            $container->register(RequestParser::class)->setArguments([$secrets, $configuration['live_mode']]);
            $container->register(WebhookConsumer::class)->setArguments($receiver);
        }
    }

    /**
     * @param array<string, mixed> $configuration
     */
    private static function registerStore(array $configuration, ContainerBuilder $container): ?Reference
    {
        if ($configuration['store'] !== null) {
            $container->setAlias(Store::class, $configuration['store']);
        } elseif ($configuration['inbox'] !== null) {
            $transactions = new Definition(DoctrineTransactions::class, [new Reference($configuration['inbox'])]);
            $arguments = ['$connection' => $transactions];
            foreach ($configuration['options'] as $name => $value) {
                $arguments["\${$name}"] = $value;
            }
            $container->register(Store::class, PdoInbox::class)->setArguments($arguments);
        } else {
            return null;
        }

        return new Reference(Store::class);
    }
}
