<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use FilesystemIterator;
use PHPStan\PhpDocParser\Ast\PhpDoc\InvalidTagValueNode;
use PHPStan\PhpDocParser\Lexer\Lexer;
use PHPStan\PhpDocParser\Parser\ConstExprParser;
use PHPStan\PhpDocParser\Parser\PhpDocParser;
use PHPStan\PhpDocParser\Parser\TokenIterator;
use PHPStan\PhpDocParser\Parser\TypeParser;
use PHPUnit\Framework\TestCase;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;

/** PHPStan's parser reads the documentation comments of the library, the packages for frameworks and the programs of the guides. */
final class DocblocksTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    /** @return iterable<string, array{string, int}> folders, and at least how many comments they have */
    public function sources(): iterable
    {
        yield 'the library' => ['bindings-php/library/src', 250];
        yield 'Laravel' => ['integrations/laravel', 10];
        yield 'Symfony' => ['integrations/symfony', 20];
        yield 'the guides' => ['docs/guides/php', 4];
    }

    /** @dataProvider sources */
    public function testCommentsAreRead(string $folder, int $atLeast): void
    {
        require_once 'PHPStan/PhpDocParser/autoload.php';
        $constants = new ConstExprParser();
        $parser = new PhpDocParser(new TypeParser($constants), $constants);
        $read = 0;
        foreach (self::comments($folder) as [$name, $comment]) {
            $node = $parser->parse(new TokenIterator((new Lexer())->tokenize($comment)));
            foreach ($node->getTags() as $tag) {
                self::assertNotInstanceOf(InvalidTagValueNode::class, $tag->value, "{$name}: {$tag->name} {$tag->value}");
            }
            ++$read;
        }
        self::assertGreaterThanOrEqual($atLeast, $read);
    }

    /** @return iterable<array{string, string}> */
    private static function comments(string $folder): iterable
    {
        $files = new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator(self::ROOT . "/{$folder}", FilesystemIterator::SKIP_DOTS)
        );
        foreach ($files as $file) {
            $text = match ($file->getExtension()) {
                'php' => (string) file_get_contents((string) $file),
                'md' => preg_match_all('~^```php\n(<\?php.*?)^```$~ms', (string) file_get_contents((string) $file), $programs) > 0
                    ? implode("\n?>\n", $programs[1]) : '',
                default => '',
            };
            foreach (\PhpToken::tokenize($text) as $token) {
                if ($token->is(T_DOC_COMMENT)) {
                    yield [$file->getFilename(), $token->text];
                }
            }
        }
    }
}
