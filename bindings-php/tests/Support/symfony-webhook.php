<?php

/** Stand-ins for what the adapter uses of symfony/webhook and symfony/remote-event, with the declarations of their version 7.0. */

declare(strict_types=1);

namespace Symfony\Component\RemoteEvent {
    class RemoteEvent
    {
        /** @param array<string, mixed> $payload */
        public function __construct(private readonly string $name, private readonly string $id, private readonly array $payload)
        {
        }

        public function getName(): string
        {
            return $this->name;
        }

        public function getId(): string
        {
            return $this->id;
        }

        /** @return array<string, mixed> */
        public function getPayload(): array
        {
            return $this->payload;
        }
    }
}

namespace Symfony\Component\RemoteEvent\Consumer {
    use Symfony\Component\RemoteEvent\RemoteEvent;

    interface ConsumerInterface
    {
        public function consume(RemoteEvent $event): void;
    }
}

namespace Symfony\Component\Webhook\Exception {
    use Symfony\Component\HttpKernel\Exception\HttpException;

    class RejectWebhookException extends HttpException
    {
        public function __construct(int $statusCode = 406, string $message = '', ?\Throwable $previous = null)
        {
            parent::__construct($statusCode, $message, $previous);
        }
    }
}

namespace Symfony\Component\Webhook\Client {
    use Symfony\Component\HttpFoundation\Request;
    use Symfony\Component\HttpFoundation\RequestMatcherInterface;
    use Symfony\Component\RemoteEvent\RemoteEvent;
    use Symfony\Component\Webhook\Exception\RejectWebhookException;

    abstract class AbstractRequestParser
    {
        public function parse(Request $request, #[\SensitiveParameter] string $secret): ?RemoteEvent
        {
            if (!$this->getRequestMatcher()->matches($request)) {
                throw new RejectWebhookException(406, 'Request does not match.');
            }

            return $this->doParse($request, $secret);
        }

        abstract protected function getRequestMatcher(): RequestMatcherInterface;

        abstract protected function doParse(Request $request, #[\SensitiveParameter] string $secret): ?RemoteEvent;
    }
}
