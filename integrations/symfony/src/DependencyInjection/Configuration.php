<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\DependencyInjection;

use Symfony\Component\Config\Definition\Builder\TreeBuilder;
use Symfony\Component\Config\Definition\ConfigurationInterface;

/**
 * The keys of `payvost_webhooks`.
 *
 * @internal
 */
final class Configuration implements ConfigurationInterface
{
    public function getConfigTreeBuilder(): TreeBuilder
    {
        $tree = new TreeBuilder('payvost_webhooks');
        $nodes = $tree->getRootNode()->children();
        $nodes->variableNode('secret')->info('The secret, or a list while it is being rotated')->defaultNull();
        $nodes->scalarNode('secrets')->info('A service of SecretProvider, instead of the secret')->defaultNull();
        $nodes->booleanNode('live_mode')->info('true refuses test events, false refuses live events')->defaultNull();
        $nodes->scalarNode('inbox')->info('An entity manager or a DBAL connection, in whose transaction handlers run')->defaultNull();
        $nodes->scalarNode('store')->info('A service of Payvost\Webhooks\Stores\Store, instead of the inbox')->defaultNull();
        $nodes->arrayNode('options')->info('Further arguments of the inbox, such as prefix and table')->scalarPrototype();
        $nodes->scalarNode('bus')->info('The message bus of queued handlers')->defaultValue('messenger.default_bus');
        $nodes->integerNode('queue_seconds')->info('How long a claim waits in the queue')->defaultValue(600);

        return $tree;
    }
}
