<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use PDO;

/**
 * The connections that a store works on: the one that it was given, or those that it has made.
 *
 * @internal
 */
final class Connections
{
    private ?PDO $given;

    /** @var Closure(): PDO|null */
    private ?Closure $connect;

    /** @var list<PDO> */
    private array $idle = [];

    /**
     * @param PDO|callable(): PDO $connection
     */
    public function __construct(PDO|callable $connection)
    {
        $this->given = $connection instanceof PDO ? $connection : null;
        $this->connect = $connection instanceof PDO ? null : $connection(...);
    }

    public function take(): PDO
    {
        return $this->given ?? array_pop($this->idle) ?? ($this->connect)();
    }

    /**
     * Takes one back that can be used again. One with which a step has failed does not come back.
     */
    public function giveBack(PDO $connection): void
    {
        if ($this->given === null) {
            $this->idle[] = $connection;
        }
    }
}
