<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use OpenTelemetry\API\Globals;
use OpenTelemetry\API\Trace\SpanInterface;
use OpenTelemetry\API\Trace\SpanKind;
use OpenTelemetry\API\Trace\StatusCode;
use OpenTelemetry\Context\ScopeInterface;
use Throwable;

/**
 * The OpenTelemetry span of one attempt. It can neither make a call fail nor change its result.
 *
 * @internal
 */
final class Span
{
    private function __construct(private SpanInterface $span, private ScopeInterface $scope)
    {
    }

    /** Null without OpenTelemetry. */
    public static function start(string $route, string $url, string $operation, string $method, string $path, int $attempt): ?self
    {
        if (!class_exists(Globals::class)) {
            return null;
        }
        try {
            $parts = parse_url($url);
            $span = Globals::tracerProvider()->getTracer('payvost/webhooks')->spanBuilder("{$method} {$route}")
                ->setSpanKind(SpanKind::KIND_CLIENT)
                ->setAttributes([
                    'http.request.method' => $method,
                    'url.full' => $url,
                    'url.template' => $route,
                    'server.address' => $parts['host'],
                    'server.port' => $parts['port'] ?? ($parts['scheme'] === 'http' ? 80 : 443),
                    'payvost.operation' => $operation,
                ] + ($attempt > 1 ? ['http.request.resend_count' => $attempt - 1] : []))
                ->startSpan();

            // The spans of instrumented HTTP clients belong to it.
            return new self($span, $span->activate());
        } catch (Throwable) {
            return null;
        }
    }

    /**
     * @param array{int, list<string>, string}|string|null $answer as of {@see Transport::send()}; null if it has thrown
     */
    public function end(array|string|null $answer): void
    {
        try {
            $this->scope->detach();
            $status = is_array($answer) ? $answer[0] : null;
            if ($status !== null) {
                $this->span->setAttribute('http.response.status_code', $status);
            }
            $failure = $status === null ? $answer ?? 'exception' : ($status >= 400 ? (string) $status : null);
            if ($failure !== null) {
                $this->span->setAttribute('error.type', $failure);
                $this->span->setStatus(StatusCode::STATUS_ERROR);
            }
            $this->span->end();
        } catch (Throwable) {
            // A span that cannot be recorded is lost.
        }
    }
}
