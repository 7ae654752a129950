<?php

declare(strict_types=1);

namespace App;

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\DriverManager;
use Doctrine\ORM\EntityManager;
use Doctrine\ORM\ORMSetup;
use Doctrine\Persistence\AbstractManagerRegistry;
use Doctrine\ORM\Proxy\Proxy;
use Symfony\Component\DependencyInjection\ContainerInterface;

/** The services that DoctrineBundle would define. */
final class Doctrine extends AbstractManagerRegistry
{
    public function __construct(private ContainerInterface $container)
    {
        parent::__construct('orm', ['default' => 'connection'], ['default' => 'manager'], 'default', 'default', Proxy::class);
    }

    public static function connection(string $url): Connection
    {
        $parts = parse_url($url);
        $driver = ['postgres' => 'pgsql', 'mysql' => 'mysql', 'sqlite' => 'sqlite'][$parts['scheme']];

        return DriverManager::getConnection([
            'driver' => "pdo_{$driver}", 'host' => $parts['host'], 'port' => $parts['port'] ?? 0, 'user' => $parts['user'] ?? '',
        ] + ($driver === 'sqlite' ? ['path' => $parts['path']] : ['dbname' => ltrim($parts['path'], '/')]));
    }

    public static function manager(Connection $connection): EntityManager
    {
        return new EntityManager($connection, ORMSetup::createAttributeMetadataConfiguration([__DIR__ . '/Entity'], true));
    }

    protected function getService(string $name): object
    {
        return $this->container->get($name === 'manager' ? 'doctrine.orm.entity_manager' : Connection::class);
    }

    protected function resetService(string $name): void
    {
    }
}
