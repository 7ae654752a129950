<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Server;
use PHPUnit\Framework\TestCase;

/** The README's quick start works. */
final class ReadmeTest extends TestCase
{
    public function testQuickStart(): void
    {
        $readme = (string) file_get_contents(__DIR__ . '/../README.md');
        self::assertSame(1, preg_match('~^```php\n(.*?)^```$~ms', $readme, $match));
        $script = tempnam(sys_get_temp_dir(), 'payvost') . '.php';
        file_put_contents($script, $match[1]);
        try {
            $this->tryReceiver($script);
        } finally {
            unlink($script);
            unlink(substr($script, 0, -4));
        }
    }

    private function tryReceiver(string $script): void
    {
        $header = 'Payvost-Signature: ' . Sample::sign(Sample::EVENT);
        $server = new Server($script, ['WEBHOOK_SECRET' => Sample::SECRET]);
        self::assertSame([200, '{"received":true}'], $server->post(Sample::EVENT, [$header]));
        self::assertSame([400, 'signature_mismatch'], self::refused($server->post('{}', [$header])));
        self::assertSame([400, 'missing_signature'], self::refused($server->post(Sample::EVENT)));

        $misconfigured = new Server($script);
        self::assertSame([500, 'invalid_secret'], self::refused($misconfigured->post(Sample::EVENT, [$header])));
    }

    /**
     * @param array{int, string} $answer
     *
     * @return array{int, string} the status and the code
     */
    private static function refused(array $answer): array
    {
        return [$answer[0], json_decode($answer[1], true)['error']['code']];
    }
}
