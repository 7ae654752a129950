<?php

// The errors of the shared deliveries. Their class names are logged.

declare(strict_types=1);

/** A driver's exception with a code. */
final class ScriptedFault extends PDOException
{
    public function __construct(string $code)
    {
        parent::__construct('host=10.0.0.1 password=secret');
        $this->errorInfo = [$code, 7, 'password=secret'];
    }
}

final class OrderNotFound extends RuntimeException
{
}
