<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Psr\Log\AbstractLogger;

/** A PSR-3 logger that keeps its records. */
final class Logger extends AbstractLogger
{
    /** @var list<array{string, string, array<string, mixed>}> level, message, context */
    public array $records = [];

    public function log($level, $message, array $context = [])
    {
        $this->records[] = [$level, (string) $message, $context];
    }
}
