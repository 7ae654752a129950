<?php

/**
 * A server of the management API for tests: `php api-server.php ADDRESS LOG`. What it does follows from the first segment of the path:
 * `/api` behaves, the others do not. Writes a line of JSON per request.
 */

declare(strict_types=1);

[, $address, $log] = $argv;
define('BOMB', bomb());
$server = stream_socket_server("tcp://{$address}");
while (true) {
    $connection = @stream_socket_accept($server, 3600);
    if ($connection === false) {
        continue;
    }
    while (pcntl_waitpid(-1, $status, WNOHANG) > 0) {
    }
    if (pcntl_fork() === 0) {
        fclose($server);
        // Nobody waits for a child for that long.
        pcntl_alarm(20);
        while (serve($connection, $log)) {
        }
        exit(0);
    }
    fclose($connection);
}

/** 64 MB of spaces. */
function bomb(): string
{
    $deflate = deflate_init(ZLIB_ENCODING_GZIP);
    for ([$bomb, $chunk] = ['', 0]; $chunk < 64; $chunk++) {
        $bomb .= deflate_add($deflate, str_repeat(' ', 1 << 20), ZLIB_NO_FLUSH);
    }

    return $bomb . deflate_add($deflate, '', ZLIB_FINISH);
}

/** @param resource $connection */
function serve($connection, string $log): bool
{
    if (stream_socket_recvfrom($connection, 1, STREAM_PEEK) === "\x16") {
        // The client wants to speak TLS.
        fwrite($connection, "HTTP/1.1 400 Bad Request\r\n\r\n");

        return false;
    }
    $head = '';
    while (!str_ends_with($head, "\r\n\r\n")) {
        $line = fgets($connection);
        if ($line === false) {
            return false;
        }
        $head .= $line;
    }
    $length = preg_match('~^content-length: (\d+)~mi', $head, $match) === 1 ? (int) $match[1] : 0;
    $body = $length === 0 ? '' : (string) stream_get_contents($connection, $length);
    [$method, $target] = explode(' ', $head);
    file_put_contents($log, json_encode([getmypid(), $head, $body]) . "\n", FILE_APPEND);
    [, $kind, $path] = explode('/', $target, 3);

    static $served = 0;
    if ($kind === 'once' && $served++ > 0) {
        // It was received, and may have been carried out.
        return false;
    }

    return $kind === 'api' || $kind === 'once' ? answer($connection, $method, "/{$path}", $body) : misbehave($connection, $kind, $path);
}

/** @param resource $connection */
function answer($connection, string $method, string $target, string $body): bool
{
    [$path, $query] = explode('?', $target . '?');
    parse_str($query, $query);
    $given = json_decode($body, true) ?? [];
    $webhook = ['id' => 'webhook_abc123', 'url' => 'https://yourapp.com/webhooks/payvost', 'events' => ['payment.*'], 'enabled' => true];
    $log = ['id' => 'log_1', 'event' => ['type' => 'payment.failed'], 'status' => 'failed', 'responseCode' => 500, 'responseBody' => 'no'];
    $of = static function (array $entry) use ($query): array {
        $all = array_map(static fn (int $number): array => ['id' => "id_{$number}"] + $entry, range(1, 5));

        return array_slice($all, (int) ($query['offset'] ?? 0), (int) ($query['limit'] ?? 20));
    };
    [$status, $answer] = match ("{$method} {$path}") {
        'POST /v1/webhooks' => [200, ['data' => $given + $webhook + ['secret' => 'whsec_canary']]],
        'GET /v1/webhooks' => [200, ['data' => $of($webhook), 'total' => 5]],
        'GET /v1/webhooks/webhook_abc123' => [200, ['data' => $webhook]],
        'PATCH /v1/webhooks/webhook_abc123' => [200, ['data' => $given + $webhook]],
        'DELETE /v1/webhooks/webhook_abc123' => [200, ['data' => null]],
        'POST /v1/webhooks/webhook_abc123/rotate-secret' => [200, ['data' => ['secret' => 'whsec_new']]],
        'POST /v1/webhooks/webhook_abc123/test' => [200, ['data' => $log]],
        'GET /v1/webhooks/webhook_abc123/logs' => [200, ['data' => $of($log)]],
        default => [404, ['error' => ['code' => 'not_found', 'message' => 'No such webhook.', 'requestId' => 'req_body']]],
    };
    $json = json_encode(['success' => $status === 200] + $answer);
    fwrite($connection, "HTTP/1.1 {$status} Answered\r\nContent-Type: application/json\r\nX-Request-Id: req_1\r\n"
        . "X-RateLimit-Limit: 100\r\nX-RateLimit-Remaining: 98\r\nX-RateLimit-Reset: 60\r\n"
        . 'Content-Length: ' . strlen($json) . "\r\n\r\n{$json}");

    return true;
}

/** @param resource $connection */
function misbehave($connection, string $kind, string $path): bool
{
    $json = '{"success":true,"data":{"id":"webhook_abc123"}}';
    $head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    $failure = static fn (string $status, string $headers): string
        => "HTTP/1.1 {$status}\r\nConnection: close\r\n{$headers}\r\n" . '{"success":false,"error":{"code":"service_error","message":"No."}}';
    $answer = match ($kind) {
        'closed' => '',
        'half-head' => "HTTP/1.1 200 O",
        'half-body' => "{$head}Content-Length: 100\r\n\r\n{",
        'html' => "{$head}Content-Type: text/html\r\n\r\n<html>Hello</html>",
        'html-error' => "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>Bad gateway</html>",
        'short-length' => "{$head}Content-Length: 5\r\n\r\n{$json}",
        'negative-length' => "{$head}Content-Length: -5\r\n\r\n",
        'two-lengths' => "{$head}Content-Length: 3\r\nContent-Length: 5\r\n\r\n{$json}",
        'big' => "{$head}\r\n" . '{"success":true,"data":{"id":"' . str_repeat('a', 10 << 20) . '"}}',
        'redirect' => "HTTP/1.1 307 Elsewhere\r\nConnection: close\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:{$path}\r\n\r\n",
        'not-json' => "{$head}\r\n{\"success\":true,\"data\":{\"id\":\"\xff\"}}",
        'not-text' => "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n{\"error\":{\"code\":\"service_error\",\"message\":\"\xff\xfe\"}}",
        'years' => $failure('503 No', "Retry-After: 999999999\r\n"),
        'centuries' => $failure('429 No', "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
        'not-http' => "220 mail.example ESMTP\r\n",
        'bad-chunk' => "{$head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{$json}\r\n0\r\n\r\n",
        'bad-gzip' => "{$head}Content-Encoding: gzip\r\n\r\n{$json}",
        'bomb' => "{$head}Content-Encoding: gzip\r\n\r\n" . BOMB,
        'nothing' => "HTTP/1.1 204 Nothing\r\nConnection: close\r\n\r\n",
        'switching' => "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        default => null,
    };
    if ($answer !== null) {
        @fwrite($connection, $answer);
        fclose($connection);

        return false;
    }
    [$first, $again, $pause] = match ($kind) {
        'silent' => ['', '', 100_000],
        'slow-head' => ['HTTP/1.1 200 OK' . "\r\n", 'x', 20_000],
        'slow-body' => ["{$head}\r\n", ' ', 20_000],
        'endless-head' => ["HTTP/1.1 200 OK\r\n", 'X-Filler: ' . str_repeat('a', 1_000) . "\r\n", 0],
        'endless-body' => ["{$head}\r\n", str_repeat(' ', 65_536), 0],
        'interim' => ['', "HTTP/1.1 100 Continue\r\n\r\n", 100],
    };
    @fwrite($connection, $first);
    stream_set_blocking($connection, false);
    while (!feof($connection)) {
        $written = $again === '' ? 0 : @fwrite($connection, $again);
        if ($written === false || fread($connection, 1) === false) {
            break;
        }
        usleep($pause);
    }

    return false;
}
