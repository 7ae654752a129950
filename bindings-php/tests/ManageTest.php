<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use GuzzleHttp\Client as Guzzle;
use GuzzleHttp\Psr7\HttpFactory;
use Payvost\Webhooks\ApiException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\Curl;
use Payvost\Webhooks\Internal\CurlTransport;
use Payvost\Webhooks\Manage\Attempt;
use Payvost\Webhooks\Manage\Rotation;
use Payvost\Webhooks\Payvost;
use Payvost\Webhooks\Tests\Support\ApiServer;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Http;
use Payvost\Webhooks\Tests\Support\Php;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Symfony\Component\HttpClient\HttpClient as Symfony;
use Symfony\Component\HttpClient\Psr18Client;
use Throwable;

/** The management client over real connections, through each of the HTTP clients. */
final class ManageTest extends TestCase
{
    private const KEY = 'sk_test_canary_4f1d';

    private static ?ApiServer $server;

    public static function setUpBeforeClass(): void
    {
        self::$server = new ApiServer();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server = null;
    }

    /** @return array<string, array{string}> */
    public function clients(): array
    {
        return ['cURL' => ['curl'], 'Guzzle' => ['guzzle'], 'Symfony' => ['symfony'], 'the discovered one' => ['discovered']];
    }

    /** @dataProvider clients */
    public function testCalls(string $client): void
    {
        self::$server->requests();
        $payvost = self::payvost($client, 'api');
        $parameters = ['url' => 'https://yourapp.com/webhooks/payvost', 'events' => ['payment.*'], 'metadata' => []];
        $webhook = $payvost->webhooks->create($parameters + ['description' => 'Grüße']);
        self::assertSame(['whsec_canary', 'Grüße'], [$webhook['secret'], $webhook['description']]);
        self::assertSame([100, 98, 60], [
            $payvost->lastResponse()->rateLimit,
            $payvost->lastResponse()->rateLimitRemaining,
            $payvost->lastResponse()->rateLimitReset,
        ]);
        self::assertSame('webhook_abc123', $payvost->webhooks->get('webhook_abc123')['id']);
        self::assertFalse($payvost->webhooks->update('webhook_abc123', ['enabled' => false])['enabled']);
        self::assertSame('whsec_new', $payvost->webhooks->rotateSecret('webhook_abc123')['secret']);
        self::assertSame('log_1', $payvost->webhooks->test('webhook_abc123', ['eventType' => 'payment.succeeded'])['id']);
        $logs = $payvost->webhooks->getLogs('webhook_abc123', ['limit' => 50, 'status' => 'failed']);
        self::assertSame('payment.failed: failed - 500', sprintf(
            '%s: %s - %d',
            $logs->data[0]['event']['type'],
            $logs->data[0]['status'],
            $logs->data[0]['responseCode']
        ));
        $page = $payvost->webhooks->list(['limit' => 2]);
        self::assertSame([2, 5], [count($page->data), $page->total]);
        self::assertSame(['id_1', 'id_2', 'id_3', 'id_4', 'id_5'], array_column(iterator_to_array($page), 'id'));
        self::assertNull($payvost->webhooks->delete('webhook_abc123'));
        self::assertSame('200 req_1', "{$payvost->lastResponse()->status} {$payvost->lastResponse()->requestId}");

        $requests = self::$server->requests();
        self::assertSame(
            ['POST', 'GET', 'PATCH', 'POST', 'POST', 'GET', 'GET', 'GET', 'GET', 'DELETE'],
            array_map(static fn (array $request): string => strtok($request[1], ' '), $requests)
        );
        $connections = array_unique(array_column($requests, 0));
        self::assertLessThan(count($requests), count($connections), 'no connection was kept open');
        [, $head, $body] = $requests[0];
        self::assertStringContainsStringIgnoringCase("\r\nAuthorization: Bearer " . self::KEY . "\r\n", $head);
        self::assertStringContainsStringIgnoringCase("\r\nContent-Type: application/json\r\n", $head);
        self::assertMatchesRegularExpression('~\r\nIdempotency-Key: [0-9a-f]{32}\r\n~i', $head);
        self::assertMatchesRegularExpression('~\r\nUser-Agent: payvost-webhooks/\S+ php/\S+\r\n~i', $head);
        self::assertStringNotContainsStringIgnoringCase("\r\nExpect:", $head);
        self::assertEquals($parameters + ['description' => 'Grüße'], json_decode($body, true));
        self::assertStringContainsString('"metadata":{}', $body);
        self::assertMatchesRegularExpression('~\r\nContent-Length: 0\r\n~i', $requests[3][1]);
    }

    /** @dataProvider clients */
    public function testAnErrorOfTheProvider(string $client): void
    {
        $error = self::thrown(static fn () => self::payvost($client, 'api')->webhooks->get('webhook_missing'));
        self::assertInstanceOf(ApiException::class, $error);
        self::assertSame(
            ['not_found', 'No such webhook.', 404, 'req_body', 1, null, null, null, 500],
            [
                $error->getErrorCode(), $error->getMessage(), $error->getStatus(), $error->getRequestId(), $error->getAttempts(),
                $error->getField(), $error->getRetryAfter(), $error->getCauseCode(), $error->getHttpStatus(),
            ]
        );
        self::assertSame('not_found', json_decode($error->getHttpBody(), true)['error']['code']);
        $read = unserialize(serialize($error));
        self::assertEquals(
            [ApiException::class, 404, 'req_body', 1, $error->getHint(), 'not_found'],
            [$read::class, $read->getStatus(), $read->getRequestId(), $read->getAttempts(), $read->getHint(), $read->getErrorCode()]
        );
    }

    /** @return iterable<string, array{string, string}> */
    public function misbehaviors(): iterable
    {
        $kinds = [
            'closed', 'half-head', 'half-body', 'html', 'html-error', 'short-length', 'negative-length', 'two-lengths', 'big',
            'redirect', 'not-json', 'not-text', 'years', 'centuries', 'not-http', 'bad-chunk', 'bad-gzip', 'bomb', 'nothing',
            'switching', 'silent', 'slow-head', 'slow-body', 'endless-head', 'endless-body', 'interim',
        ];
        foreach (['curl', 'guzzle', 'symfony'] as $client) {
            foreach ($kinds as $kind) {
                yield "{$kind}, {$client}" => [$client, $kind];
            }
        }
    }

    /** @dataProvider misbehaviors */
    public function testMisbehaviorEndsInAnError(string $client, string $kind): void
    {
        $elsewhere = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($elsewhere);
        $port = substr((string) strrchr((string) stream_socket_get_name($elsewhere, false), ':'), 1);
        $baseUrl = 'http://' . self::$server->address . "/{$kind}/{$port}";
        // The others answer at once, or close the connection.
        $isSlow = in_array($kind, ['silent', 'slow-head', 'slow-body', 'interim', 'endless-head'], true)
            // Symfony's client reads on as long as the server sends, unless it was made with `on_progress`.
            || [$client, $kind] === ['symfony', 'endless-body'];
        $timeout = $isSlow ? 0.25 : 10;
        $payvost = self::payvost($client, baseUrl: $baseUrl, timeoutSeconds: $timeout, maxRetries: 0);
        memory_reset_peak_usage();
        [$before, $start] = [memory_get_usage(), microtime(true)];
        $error = self::thrown(static fn () => $payvost->webhooks->get('webhook_abc123'));
        self::assertInstanceOf(ApiException::class, $error, (string) $error);
        self::assertLessThan($timeout + 1, microtime(true) - $start);
        // The bomb has 64 MB. Symfony's client decompresses large pieces of it at once.
        self::assertLessThan($client === 'symfony' ? 48 << 20 : 24 << 20, memory_get_peak_usage() - $before);
        self::assertStringNotContainsString('canary', self::shown($error));
        self::assertFalse(@stream_socket_accept($elsewhere, 0), 'the redirect was followed');
        $codes = [
            'html-error' => 'unreadable_answer', 'not-text' => 'unreadable_answer', 'years' => 'service_error',
            'silent' => 'timed_out', 'slow-body' => 'timed_out', 'closed' => 'connection_failed', 'redirect' => 'unreadable_answer',
            'big' => 'unreadable_answer', 'html' => 'unreadable_answer', 'bomb' => 'unreadable_answer',
        ];
        // Symfony's exceptions do not tell a timeout from a broken connection.
        if (isset($codes[$kind]) && ($client !== 'symfony' || $codes[$kind] !== 'timed_out')) {
            self::assertSame($codes[$kind], $error->getErrorCode(), $error->getMessage());
        }
        if ($kind === 'years') {
            self::assertSame([999_999_999, 1], [$error->getRetryAfter(), $error->getAttempts()]);
        }
    }

    /** @dataProvider clients */
    public function testAConnectionThatIsRefused(string $client): void
    {
        $payvost = self::payvost($client, baseUrl: 'http://127.0.0.1:' . Http::freePort(), maxRetries: 1);
        $error = self::thrown(static fn () => $payvost->webhooks->get('webhook_abc123'));
        self::assertSame(['connection_failed', 2], [$error->getErrorCode(), $error->getAttempts()]);
        $error = self::thrown(static fn () => $payvost->webhooks->rotateSecret('webhook_abc123'));
        // Only cURL and Guzzle tell that nothing was sent.
        self::assertSame($client === 'symfony' ? 'outcome_unknown' : 'connection_failed', $error->getErrorCode());
    }

    /** @dataProvider clients */
    public function testAFailedHandshakeIsNotRepeated(string $client): void
    {
        $payvost = self::payvost($client, baseUrl: 'https://' . self::$server->address . '/api', maxRetries: $client === 'symfony' ? 0 : 1);
        $error = self::thrown(static fn () => $payvost->webhooks->get('webhook_abc123'));
        self::assertSame(['connection_failed', 1], [$error->getErrorCode(), $error->getAttempts()]);
    }

    public function testWhatCurlReportsIsAFault(): void
    {
        $faults = [
            'not_sent' => [CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT],
            'timed_out' => [CURLE_OPERATION_TIMEDOUT],
            'tls_failed' => [CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT, CURLE_SSL_PEER_CERTIFICATE, CURLE_SSL_CIPHER],
            'malformed' => [CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR, CURLE_UNSUPPORTED_PROTOCOL, 8],
            'lost' => [CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, 16, 92, 9_999],
        ];
        foreach ($faults as $fault => $numbers) {
            foreach ($numbers as $number) {
                self::assertSame($fault, Curl::fault($number, 0.1), (string) $number);
            }
        }
        self::assertSame('connect_timed_out', Curl::fault(CURLE_OPERATION_TIMEDOUT, 0));
    }

    /** @dataProvider clients */
    public function testAPostWhoseOutcomeIsUnknownIsSentOnce(string $client): void
    {
        self::$server->requests();
        $payvost = self::payvost($client, 'closed');
        $error = self::thrown(static fn () => $payvost->webhooks->rotateSecret('webhook_abc123'));
        self::assertSame(
            ['outcome_unknown', 'connection_failed', 1],
            [$error->getErrorCode(), $error->getCauseCode(), count(self::$server->requests())]
        );
        if ($client === 'symfony') {
            // This version cannot be prevented from using its connections again.
            return;
        }
        // Nor does cURL repeat it when the server closes a connection that was kept open.
        $payvost = self::payvost($client, 'once');
        $payvost->webhooks->get('webhook_abc123');
        self::$server->requests();
        $payvost->webhooks->rotateSecret('webhook_abc123');
        self::assertCount(1, self::$server->requests());
    }

    public function testHooksSeeEachAttemptAndCannotDisturbTheCall(): void
    {
        $seen = [];
        $payvost = self::payvost(
            'curl',
            'api',
            beforeRequest: static function (Attempt $attempt) use (&$seen): void {
                $seen[] = $attempt;
            },
            afterResponse: static function (Attempt $attempt) use (&$seen): void {
                $seen[] = $attempt;
                throw new RuntimeException('a hook');
            }
        );
        $log = ini_set('error_log', '/dev/null');
        self::assertNull($payvost->lastResponse());
        $payvost->webhooks->rotateSecret('webhook_abc123');
        ini_set('error_log', (string) $log);
        self::assertCount(2, $seen);
        foreach ($seen as $attempt) {
            self::assertSame(
                ['webhooks.rotateSecret', 'POST', '/v1/webhooks/webhook_abc123/rotate-secret', 1],
                [$attempt->operation, $attempt->method, $attempt->path, $attempt->number]
            );
        }
        self::assertSame([null, 200, 'req_1'], [$seen[0]->status, $seen[1]->status, $seen[1]->requestId]);
        self::assertStringNotContainsString('canary', self::shown($seen));
    }

    public function testEachAttemptIsASpan(): void
    {
        $address = self::$server->address;
        $require = static fn (string $file): string => 'require ' . var_export(__DIR__ . $file, true) . ';';
        $code = $require('/Support/open-telemetry.php') . $require('/../library/autoload.php')
            . "\$payvost = new Payvost\\Webhooks\\Payvost('sk_test_canary', baseUrl: 'http://{$address}/api');"
            . '$payvost->webhooks->get("webhook_abc123");'
            . 'try { $payvost->webhooks->delete("w"); } catch (Payvost\Webhooks\ApiException) { }'
            . "\$payvost = new Payvost\\Webhooks\\Payvost('sk_test_canary', baseUrl: 'http://{$address}/closed', maxRetries: 1);"
            . 'try { $payvost->webhooks->list(); } catch (Payvost\Webhooks\ApiException) { }';
        [, $output] = Php::execute(Php::commandWithClients(['-r', $code]));
        self::assertStringNotContainsString('canary', $output);
        $spans = array_map(static fn (string $line): array => json_decode($line, true), explode("\n", trim($output)));
        self::assertCount(4, $spans, $output);
        [$host, $port] = explode(':', $address);
        self::assertSame([
            'name' => 'GET /v1/webhooks/{id}',
            'kind' => 1,
            'http.request.method' => 'GET',
            'url.full' => "http://{$address}/api/v1/webhooks/webhook_abc123",
            'url.template' => '/v1/webhooks/{id}',
            'server.address' => $host,
            'server.port' => (int) $port,
            'payvost.operation' => 'webhooks.get',
            'is active' => false,
            'http.response.status_code' => 200,
        ], $spans[0]);
        $of = static fn (array $span): array => [
            $span['name'], $span['status'], $span['error.type'], $span['http.request.resend_count'] ?? 0,
        ];
        self::assertSame([
            ['DELETE /v1/webhooks/{id}', 'Error', '404', 0],
            ['GET /v1/webhooks', 'Error', 'lost', 0],
            ['GET /v1/webhooks', 'Error', 'lost', 1],
        ], array_map($of, array_slice($spans, 1)));
    }

    public function testTheKeyIsShownNowhere(): void
    {
        foreach (['curl', 'guzzle', 'discovered'] as $client) {
            $payvost = self::payvost($client, 'api');
            $payvost->webhooks->get('webhook_abc123');
            $shown = self::shown($payvost) . json_encode($payvost->dryRun('webhooks.get', ['id' => 'w']));
            self::assertStringNotContainsString('canary', $shown);
            self::assertStringContainsString('Bearer sk_test_[redacted]', $shown);
            self::assertInstanceOf(Throwable::class, self::thrown(static fn () => serialize($payvost)));
        }
        foreach (['pk_test_canary', ' sk_test_canary', 'whsec_canary', "sk_test_canary\n", ['sk_test_canary'], false, null] as $key) {
            $refusal = self::thrown(static fn () => new Payvost($key));
            self::assertInstanceOf(ConfigurationException::class, $refusal);
            self::assertSame(['apiKey', 'invalid_option'], [$refusal->getParameter(), $refusal->getErrorCode()]);
            self::assertStringNotContainsString('canary', self::shown($refusal));
        }
    }

    public function testStackTracesHideTheKey(): void
    {
        if (PHP_VERSION_ID < 80200) {
            self::assertFalse(class_exists('SensitiveParameterValue'));

            return;
        }
        self::assertSame('0', ini_get('zend.exception_ignore_args'));
        $trace = '';
        $payvost = self::payvost('guzzle', 'api', httpClient: new Guzzle(['on_stats' => static function () use (&$trace): void {
            foreach ((new RuntimeException())->getTrace() as $frame) {
                if (str_starts_with($frame['class'] ?? '', 'Payvost\\Webhooks\\') && !str_contains($frame['class'], 'Tests')) {
                    $plain = array_filter($frame['args'] ?? [], static fn (mixed $argument): bool => !is_object($argument));
                    $trace .= $frame['function'] . print_r($plain, true);
                }
            }
        }]));
        $payvost->webhooks->get('webhook_abc123');
        self::assertStringContainsString('send', $trace);
        self::assertStringNotContainsString('canary', $trace);
    }

    public function testRefusalsNameTheParameterAndSendNothing(): void
    {
        self::$server->requests();
        $payvost = self::payvost('curl', 'api');
        $refusals = [
            'events' => static fn () => $payvost->webhooks->create(['url' => 'https://a.example', 'events' => ['payment.**']]),
            'colour' => static fn () => $payvost->webhooks->update('w', ['colour' => 'red']),
            'parameters' => static fn () => $payvost->webhooks->update('w', ['description' => "\xff"]),
            'id' => static fn () => $payvost->webhooks->get('..'),
            'maxRetries' => static fn () => $payvost->webhooks->list(options: ['maxRetries' => 99]),
            'idempotencyKey' => static fn () => $payvost->webhooks->rotateSecret('w', ['idempotencyKey' => "a\r\nb"]),
        ];
        foreach ($refusals as $parameter => $call) {
            $refusal = self::thrown($call);
            self::assertInstanceOf(ConfigurationException::class, $refusal);
            self::assertSame($parameter, $refusal->getParameter(), $refusal->getMessage());
            self::assertNotNull(json_decode($refusal->getHttpBody(), true), $refusal->getHttpBody());
        }
        $environment = self::thrown(static fn () => new Payvost(self::KEY, environment: 'prod'));
        self::assertSame('`environment` must be "sandbox" or "production"', $environment->getMessage());
        self::assertNotNull(json_decode($environment->getHttpBody(), true));
        self::assertInstanceOf(
            ConfigurationException::class,
            self::thrown(static fn () => new Payvost(self::KEY, httpClient: new RuntimeException()))
        );
        self::assertInstanceOf(ConfigurationException::class, self::thrown(static fn () => $payvost->dryRun('webhooks.explode')));
        self::assertSame([], self::$server->requests());
    }

    public function testOptionsOfOneCall(): void
    {
        self::$server->requests();
        $payvost = self::payvost('curl', 'api');
        $payvost->webhooks->rotateSecret('webhook_abc123', ['idempotencyKey' => 'mine', 'timeoutSeconds' => 2.5]);
        self::assertStringContainsString("\r\nIdempotency-Key: mine\r\n", self::$server->requests()[0][1]);
        $request = $payvost->dryRun('webhooks.update', ['id' => 'w/1', 'enabled' => false]);
        self::assertSame(['PATCH', ['enabled' => false]], [$request['method'], $request['body']]);
        self::assertStringEndsWith('/api/v1/webhooks/w%2F1', $request['url']);
        self::assertSame([], self::$server->requests());
    }

    public function testAConnectionIsNotSharedWithAChildProcess(): void
    {
        self::$server->requests();
        $payvost = self::payvost('curl', 'api');
        $payvost->webhooks->get('webhook_abc123');
        $child = pcntl_fork();
        if ($child === 0) {
            $payvost->webhooks->get('webhook_abc123');
            posix_kill((int) getmypid(), SIGKILL);
        }
        pcntl_waitpid($child, $status);
        $payvost->webhooks->get('webhook_abc123');
        $connections = array_column(self::$server->requests(), 0);
        self::assertCount(3, $connections);
        self::assertSame($connections[0], $connections[2]);
        self::assertNotSame($connections[0], $connections[1]);
    }

    public function testWhatIsDiscovered(): void
    {
        $address = self::$server->address;
        $script = static function (array $requires) use ($address): array {
            $requires[] = __DIR__ . '/../library/autoload.php';
            $code = implode('', array_map(static fn (string $file): string => 'require ' . var_export($file, true) . ';', $requires))
                . "\$payvost = new Payvost\\Webhooks\\Payvost('sk_test_x', baseUrl: 'http://{$address}/api', maxRetries: 0);"
                . 'echo $payvost->webhooks->get("webhook_abc123")["id"], " ";'
                . 'echo $payvost->webhooks->rotateSecret("webhook_abc123")["secret"], " ";'
                . "\$payvost = new Payvost\\Webhooks\\Payvost('sk_test_x', baseUrl: 'http://{$address}/endless-body', timeoutSeconds: 9, maxRetries: 0);"
                . 'try { $payvost->webhooks->get("webhook_abc123"); } catch (Payvost\\Webhooks\\ApiException $error) { echo $error->getStatus() ?? "none"; }'
                . 'echo " ", implode(" ", array_filter(get_declared_classes(), static fn ($class) => str_ends_with($class, "Transport")));';

            return ['-r', $code];
        };
        $start = microtime(true);
        $interfaces = ['GuzzleHttp/Psr7/autoload.php', 'Psr/Http/Client/autoload.php'];
        foreach ([
            [['GuzzleHttp/autoload.php'], 'Psr18Transport'],
            [[...$interfaces, 'Symfony/Component/HttpClient/autoload.php'], 'Psr18Transport'],
            [[], 'CurlTransport'],
        ] as [$requires, $transport]) {
            [$code, $output] = Php::execute(Php::commandWithClients($script($requires)));
            self::assertSame([0, "webhook_abc123 whsec_new none Payvost\\Webhooks\\Internal\\{$transport}"], [$code, $output]);
        }
        // Symfony's client without cURL.
        [$code, $output] = Php::run($script([...$interfaces, 'Symfony/Component/HttpClient/autoload.php']));
        self::assertSame([0, 'webhook_abc123 whsec_new none Payvost\Webhooks\Internal\Psr18Transport'], [$code, $output]);
        self::assertLessThan(9, microtime(true) - $start);
        [, $output] = Php::run($script([]));
        self::assertStringContainsString('ConfigurationException: httpClient is missing, and so is cURL', $output);
    }

    public function testRotation(): void
    {
        $rotation = new Rotation(1_000);
        self::assertSame([1_000, 6_765, false, true], [
            $rotation->lastSeen, $rotation->overAt, $rotation->isOver(6_764), $rotation->isOver(6_765),
        ]);
        $seen = $rotation->oldSecretSeen(2_000);
        self::assertSame([2_000, 2_000], [$seen->lastSeen, $seen->oldSecretSeen(1_500)->lastSeen]);
        self::assertFalse((new Rotation())->isOver());
        self::assertEquals($seen, unserialize(serialize($seen)));
    }

    public function testTheGuide(): void
    {
        $page = (string) file_get_contents(__DIR__ . '/../../docs/guides/php/manage.md');
        self::assertSame(1, preg_match('~^```php\n(<\?php.*?)^```$~ms', $page, $match));
        $folder = Files::temporaryFolder();
        try {
            mkdir("{$folder}/vendor");
            $library = var_export(realpath(__DIR__ . '/../library/autoload.php'), true);
            file_put_contents("{$folder}/vendor/autoload.php", "<?php require {$library};");
            file_put_contents("{$folder}/webhooks.php", $match[1]);
            putenv('PAYVOST_API_KEY=' . self::KEY);
            putenv('PAYVOST_BASE_URL=http://' . self::$server->address . '/api');
            [$code, $output] = Php::execute(Php::commandWithClients(["{$folder}/webhooks.php"]));
        } finally {
            putenv('PAYVOST_API_KEY');
            putenv('PAYVOST_BASE_URL');
            Files::remove($folder);
        }
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('created webhook_abc123', $output);
        self::assertSame(5, substr_count($output, 'https://yourapp.com/webhooks/payvost: payment.*'));
    }

    private static function payvost(string $client, ?string $kind = null, mixed ...$options): Payvost
    {
        $baseUrl = $options['baseUrl'] ?? 'http://' . self::$server->address . "/{$kind}";
        $factory = new HttpFactory();

        return new Payvost(self::KEY, ...$options + ['baseUrl' => $baseUrl, 'httpClient' => match ($client) {
            'curl' => new CurlTransport(),
            'guzzle' => new Guzzle(),
            // This version of Symfony's client has no time limit per request.
            'symfony' => new Psr18Client(
                Symfony::create(['max_redirects' => 0, 'max_duration' => $options['timeoutSeconds'] ?? 10]),
                $factory,
                $factory
            ),
            'discovered' => null,
        }]);
    }

    private static function thrown(callable $call): ?Throwable
    {
        try {
            $call();
        } catch (Throwable $error) {
            return $error;
        }

        return null;
    }

    /** As tools for debugging show it. Of an exception without the objects in its trace, which are those of PHPUnit, too. */
    private static function shown(mixed $value): string
    {
        if ($value instanceof Throwable) {
            $plain = static fn (array $frame): array => array_filter(
                $frame['args'] ?? [],
                static fn (mixed $argument): bool => !is_object($argument)
            );

            return "{$value}" . serialize($value) . print_r(array_map($plain, array_slice($value->getTrace(), 0, 5)), true);
        }
        ob_start();
        var_dump($value);

        return ob_get_clean() . print_r($value, true);
    }
}
