<?php

/** Stands in for OpenTelemetry's API: prints what it is asked to record. */

declare(strict_types=1);

namespace OpenTelemetry\Context {
    interface ScopeInterface
    {
        public function detach(): int;
    }
}

namespace OpenTelemetry\API\Trace {
    use OpenTelemetry\Context\ScopeInterface;

    interface SpanInterface
    {
    }

    interface SpanKind
    {
        public const KIND_CLIENT = 1;
    }

    interface StatusCode
    {
        public const STATUS_ERROR = 'Error';
    }

    final class RecordedSpan implements SpanInterface, ScopeInterface
    {
        private array $recorded;

        public function __construct(string $name)
        {
            $this->recorded = ['name' => $name];
        }

        public function setSpanKind(int $kind): self
        {
            return $this->setAttribute('kind', $kind);
        }

        public function setAttributes(iterable $attributes): self
        {
            foreach ($attributes as $key => $value) {
                $this->setAttribute($key, $value);
            }

            return $this;
        }

        public function setAttribute(string $key, mixed $value): self
        {
            $this->recorded[$key] = $value;

            return $this;
        }

        public function setStatus(string $code): self
        {
            return $this->setAttribute('status', $code);
        }

        public function startSpan(): self
        {
            return $this;
        }

        public function activate(): ScopeInterface
        {
            return $this->setAttribute('is active', true);
        }

        public function detach(): int
        {
            $this->setAttribute('is active', false);

            return 0;
        }

        public function end(): void
        {
            echo json_encode($this->recorded, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES), "\n";
        }
    }
}

namespace OpenTelemetry\API {
    use OpenTelemetry\API\Trace\RecordedSpan;

    final class Globals
    {
        public static function tracerProvider(): self
        {
            return new self();
        }

        public function getTracer(string $name): self
        {
            return $this;
        }

        public function spanBuilder(string $name): RecordedSpan
        {
            return new RecordedSpan($name);
        }
    }
}
