<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\Internal\Fault;
use Payvost\Webhooks\Internal\Faults;
use RuntimeException;
use Throwable;

/**
 * A step of a store failed: the store cannot be reached, refuses the step, or does not support it.
 *
 * The message is safe to log: it contains no part of a delivery, a password or a connection string. For the same reason there
 * is no previous exception.
 */
final class StoreException extends RuntimeException
{
    private Fault $fault;

    /** Kept apart, because a fault cannot be serialized. */
    private string $errorCode;

    /**
     * For your own stores.
     *
     * @param Fault|null $fault the details, which only the library's own stores know
     */
    public function __construct(string $message, ?Fault $fault = null)
    {
        parent::__construct($message);
        $this->fault = $fault ?? new Fault(self::class, [], '', false);
        $this->errorCode = $this->fault->code();
    }

    /**
     * Serializes everything but the stack trace, so that the exception fits into a table of failed jobs.
     *
     * @return list<string>
     */
    public function __sleep(): array
    {
        return ['message', 'code', 'file', 'line', 'errorCode'];
    }

    public function __wakeup(): void
    {
        parent::__wakeup();
        $this->fault = new Fault(self::class, [$this->errorCode], '', false);
    }

    /**
     * An exception with the class of an error and its code, but without its message.
     */
    public static function causedBy(Throwable $error): self
    {
        return $error instanceof self ? $error : self::of(Faults::of($error));
    }

    /**
     * @param Throwable|null $error what was thrown: a StoreException already says what to do
     *
     * @internal
     */
    public static function of(Fault $fault, ?Throwable $error = null): self
    {
        $message = "the store cannot be reached or refuses the step ({$fault->describe()}): check its address, table and rights";

        return $error instanceof self ? $error : new self($message, $fault);
    }

    /**
     * A client or a call that the store does not support.
     *
     * @internal
     */
    public static function misuse(string $code, string $message): self
    {
        return new self($message, new Fault(self::class, [$code], '', false));
    }

    /**
     * A transaction is open already, with which the claim would come and go.
     */
    public static function inTransaction(): self
    {
        return self::misuse('IN_TRANSACTION', 'connection is in a transaction already: pass the store a connection of its own');
    }

    /**
     * The driver's code, such as the SQLSTATE `42P01`, or a word, such as `connection_refused`.
     */
    public function getErrorCode(): string
    {
        return $this->errorCode;
    }

    /** @internal */
    public function fault(): Fault
    {
        return $this->fault;
    }
}
