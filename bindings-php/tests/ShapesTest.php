<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use PHPStan\PhpDocParser\Ast\ConstExpr\ConstExprStringNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\PhpDocNode;
use PHPStan\PhpDocParser\Ast\Type\ArrayShapeNode;
use PHPStan\PhpDocParser\Ast\Type\ConstTypeNode;
use PHPStan\PhpDocParser\Ast\Type\GenericTypeNode;
use PHPStan\PhpDocParser\Ast\Type\IdentifierTypeNode;
use PHPStan\PhpDocParser\Ast\Type\TypeNode;
use PHPStan\PhpDocParser\Ast\Type\UnionTypeNode;
use PHPStan\PhpDocParser\Lexer\Lexer;
use PHPStan\PhpDocParser\Parser\ConstExprParser;
use PHPStan\PhpDocParser\Parser\PhpDocParser;
use PHPStan\PhpDocParser\Parser\TokenIterator;
use PHPStan\PhpDocParser\Parser\TypeParser;
use PHPUnit\Framework\TestCase;

/** Each array shape in the stubs, read by PHPStan's parser, fits its own sample event and no other. */
final class ShapesTest extends TestCase
{
    private const STUBS = __DIR__ . '/../stubs/events.stub.php';

    /** @var array<string, TypeNode> */
    private array $types = [];

    protected function setUp(): void
    {
        require_once 'PHPStan/PhpDocParser/autoload.php';
        preg_match('~/\*\*(?:(?!\*/).)*@phpstan-type(?:(?!\*/).)*\*/~s', (string) file_get_contents(self::STUBS), $comment);
        foreach (self::parsed($comment[0])->getTypeAliasTagValues('@phpstan-type') as $alias) {
            $this->types[$alias->alias] = $alias->type;
        }
    }

    public function testEachSampleHasItsShapeAndNoOther(): void
    {
        $union = $this->types['WebhookEvent'];
        self::assertInstanceOf(UnionTypeNode::class, $union);
        self::assertCount(17, $union->types);
        foreach (Deliveries::TYPES as $type) {
            $event = Testing::sampleEvent($type);
            $event['previousData'] = $event['data'];
            $fitting = array_filter($union->types, fn (TypeNode $shape): bool => $this->fits($event, $shape));
            $name = str_replace(' ', '', ucwords(strtr($type, '._', '  '))) . 'Event';
            self::assertSame([$name], array_map(strval(...), array_values($fitting)));
        }
    }

    public function testMissingMisspelledOrWronglyTypedFieldsDoNotFit(): void
    {
        $event = Testing::sampleEvent('payment.succeeded');
        $shape = $this->types['PaymentSucceededEvent'];
        $withData = static fn (array $data): array => ['data' => $data + $event['data']] + $event;
        $missing = $event;
        unset($missing['data']['amount']);

        self::assertTrue($this->fits($event, $shape));
        self::assertTrue($this->fits(['previousData' => null] + $event, $shape));
        self::assertFalse($this->fits($missing, $shape));
        self::assertFalse($this->fits($withData(['amount' => 99.99]), $shape));
        self::assertFalse($this->fits($withData(['customer' => ['email' => 'a@example.com']]), $shape));
        self::assertFalse($this->fits($withData(['amonut' => '1.00']), $shape));
        self::assertFalse($this->fits(['type' => 'payment.failed'] + $event, $shape));
        self::assertFalse($this->fits(['liveMode' => 'yes'] + $event, $shape));
    }

    /** Whether a value has a type, without further fields. */
    private function fits(mixed $value, TypeNode $type): bool
    {
        return match (true) {
            $type instanceof UnionTypeNode => $this->fitsOne($value, $type->types),
            $type instanceof ArrayShapeNode => is_array($value) && $this->fitsShape($value, $type),
            $type instanceof GenericTypeNode => is_array($value) && $this->fitsEach($value, $type),
            $type instanceof ConstTypeNode && $type->constExpr instanceof ConstExprStringNode =>
                is_string($value) && trim((string) $type, "'") === $value,
            $type instanceof IdentifierTypeNode => $this->fitsName($value, $type->name),
            default => self::fail('unknown type: ' . $type),
        };
    }

    /** @param array<TypeNode> $types */
    private function fitsOne(mixed $value, array $types): bool
    {
        return array_filter($types, fn (TypeNode $type): bool => $this->fits($value, $type)) !== [];
    }

    private function fitsShape(array $value, ArrayShapeNode $shape): bool
    {
        foreach ($shape->items as $item) {
            $key = (string) $item->keyName;
            if (array_key_exists($key, $value) ? !$this->fits($value[$key], $item->valueType) : !$item->optional) {
                return false;
            }
            unset($value[$key]);
        }

        return $value === [];
    }

    private function fitsEach(array $value, GenericTypeNode $type): bool
    {
        $element = $type->genericTypes[array_key_last($type->genericTypes)];
        $wrong = array_filter($value, fn (mixed $one): bool => !$this->fits($one, $element));

        return $wrong === [] && ((string) $type->type !== 'list' || array_is_list($value));
    }

    private function fitsName(mixed $value, string $name): bool
    {
        return match ($name) {
            'string' => is_string($value),
            'non-empty-string' => is_string($value) && $value !== '',
            'bool' => is_bool($value),
            'int' => is_int($value),
            'null' => $value === null,
            'mixed' => true,
            default => $this->fits($value, $this->types[$name] ?? self::fail("there is no type {$name}")),
        };
    }

    private static function parsed(string $comment): PhpDocNode
    {
        $constants = new ConstExprParser();
        $parser = new PhpDocParser(new TypeParser($constants), $constants);

        return $parser->parse(new TokenIterator((new Lexer())->tokenize($comment)));
    }
}
