<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\Internal\Fault;
use Payvost\Webhooks\Internal\Faults;
use RuntimeException;
use Throwable;

/**
 * A step of a store failed: the store cannot be reached, refuses, or is used in a way that it does not allow.
 *
 * The message is safe to log. It holds nothing of a delivery, a password or a connection string; for the same reason there
 * is no previous exception.
 */
final class StoreException extends RuntimeException
{
    private Fault $fault;

    /** Is serialised, which a fault cannot be. */
    private string $errorCode;

    /**
     * For stores of your own.
     *
     * @param Fault|null $fault the library's own stores say more
     */
    public function __construct(string $message, ?Fault $fault = null)
    {
        parent::__construct($message);
        $this->fault = $fault ?? new Fault(self::class, [], '', false);
        $this->errorCode = $this->fault->code();
    }

    /**
     * What is serialised, for a table of failed jobs say: all but the stack trace.
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
     * Names the class of an error and its code, but not its message.
     */
    public static function causedBy(Throwable $error): self
    {
        return $error instanceof self ? $error : self::of(Faults::of($error));
    }

    /**
     * @param Throwable|null $error what was thrown: a misuse says itself what to do
     *
     * @internal
     */
    public static function of(Fault $fault, ?Throwable $error = null): self
    {
        return $error instanceof self ? $error : new self("the store cannot be reached, or refuses ({$fault->describe()})", $fault);
    }

    /**
     * A client or a call that cannot work.
     *
     * @internal
     */
    public static function misuse(string $code, string $message): self
    {
        return new self($message, new Fault(self::class, [$code], '', false));
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
