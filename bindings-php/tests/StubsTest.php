<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Php;
use PHPUnit\Framework\TestCase;

/** The stubs equal the extension's declarations. */
final class StubsTest extends TestCase
{
    private const STUBS = __DIR__ . '/../stubs/payvost_webhooks.stub.php';
    private const EVENT_STUBS = __DIR__ . '/../stubs/events.stub.php';
    private const DECLARATIONS = __DIR__ . '/Support/declarations.php';

    public function testStubsDeclareWhatTheExtensionDeclares(): void
    {
        [$stubsCode, $stubs] = Php::run([self::DECLARATIONS, self::STUBS, self::EVENT_STUBS], false);
        [$extensionCode, $extension] = Php::run([self::DECLARATIONS]);

        self::assertSame([0, 0], [$stubsCode, $extensionCode], $stubs . $extension);
        self::assertSame($extension, $stubs);
        self::assertStringContainsString('verifySignature', $stubs);
        self::assertStringContainsString('"PAYMENT_SUCCEEDED": "payment.succeeded"', $stubs);
    }

    public function testEverythingThatTheStubsDeclareIsDocumented(): void
    {
        $stubs = (string) file_get_contents(self::STUBS);
        $declaration = '(?:(?:final |abstract )?class|(?:final )?(?:public )?function)';
        preg_match_all("~(\\*/\\n)?^ +{$declaration} (\\w+)~m", $stubs, $declarations);

        self::assertCount(122, $declarations[2]);
        foreach ($declarations[2] as $index => $name) {
            self::assertSame("*/\n", $declarations[1][$index], "{$name} has no documentation");
        }
    }
}
