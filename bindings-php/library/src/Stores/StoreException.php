<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDOException;
use RuntimeException;
use Throwable;

/**
 * A step could not be taken: the store cannot be reached, refuses, or is used in a way that it does not allow.
 *
 * The message can be logged. There is nothing in it of a delivery, of a password or of a connection string, and so there
 * is no previous exception either, which might hold them.
 */
final class StoreException extends RuntimeException
{
    /**
     * Names the kind of an error, and for SQL its SQLSTATE, but not its message.
     */
    public static function causedBy(Throwable $error): self
    {
        $kind = $error instanceof PDOException ? 'PDOException ' . self::state($error) : get_debug_type($error);

        return $error instanceof self ? $error : new self("the store cannot be reached, or refuses ({$kind})");
    }

    private static function state(PDOException $error): string
    {
        $state = (string) ($error->errorInfo[0] ?? $error->getCode());

        return preg_match('/^[0-9A-Z]{5}$/D', $state) === 1 ? $state : 'without SQLSTATE';
    }
}
