<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use PDOException;
use Predis\Connection\ConnectionException;
use RedisClusterException;
use RedisException;
use Throwable;

/**
 * Collects what an exception tells about a store's fault. The extension decides what that means, and keeps no message.
 *
 * @internal
 */
final class Faults
{
    /**
     * @param list<string> $codes        codes that the driver knows besides those in the exception
     * @param bool         $isConnecting whether the connection was still being opened, so that the store has done nothing
     */
    public static function of(Throwable $error, array $codes = [], bool $isConnecting = false): Fault
    {
        if ($error instanceof StoreException) {
            return $error->fault();
        }
        [$class, $message] = [get_debug_type($error), $error->getMessage()];
        for (; $error !== null; $error = $error->getPrevious()) {
            if ($error instanceof StoreException) {
                return $error->fault();
            }
            array_push($codes, ...self::codes($error), ...array_values(class_parents($error)));
        }

        return new Fault($class, $codes, $message, $isConnecting);
    }

    /**
     * @return list<string> SQLSTATE, the database's own number, the first word of a Redis error
     */
    private static function codes(Throwable $error): array
    {
        $codes = match (true) {
            // MySQL, SQLite and PDO itself use "general error" for almost everything.
            $error instanceof PDOException && is_array($error->errorInfo) => array_diff(
                array_map(strval(...), array_slice($error->errorInfo, 0, 2)),
                ['HY000']
            ),
            $error instanceof RedisException || $error instanceof RedisClusterException => preg_match('/^[A-Z]{2,}(?= )/', $error->getMessage(), $word) === 1 ? $word : [],
            // An errno, which the message says better.
            $error instanceof ConnectionException => [],
            default => [(string) $error->getCode()],
        };

        return array_values(array_diff($codes, ['', '0']));
    }
}
