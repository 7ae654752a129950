<?php

/**
 * Makes the PHP reference, one page per class and one for the functions, from PHP's reflection and from the documentation comments of
 * the extension's stubs and the Composer library. Fails when something public has no comment, or when a comment is broken.
 *
 *   php docs/reference/php/generate.php FOLDER
 */

declare(strict_types=1);

use PHPStan\PhpDocParser\Ast\PhpDoc\InvalidTagValueNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\ParamTagValueNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\PhpDocNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\PhpDocTagNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\PhpDocTextNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\ThrowsTagValueNode;
use PHPStan\PhpDocParser\Lexer\Lexer;
use PHPStan\PhpDocParser\Parser\ConstExprParser;
use PHPStan\PhpDocParser\Parser\PhpDocParser;
use PHPStan\PhpDocParser\Parser\TokenIterator;
use PHPStan\PhpDocParser\Parser\TypeParser;

const SPACE = 'Payvost\\Webhooks\\';
const PACKAGE = __DIR__ . '/../../../bindings-php';

require 'PHPStan/PhpDocParser/autoload.php';
require 'Psr/Log/autoload.php';
require 'Psr/Http/Message/autoload.php';
require PACKAGE . '/tests/Support/psr-15.php';
require PACKAGE . '/stubs/payvost_webhooks.stub.php';
require PACKAGE . '/stubs/events.stub.php';

spl_autoload_register(static function (string $class): void {
    $file = PACKAGE . '/library/src/' . str_replace('\\', '/', substr($class, strlen(SPACE))) . '.php';
    if (str_starts_with($class, SPACE) && is_file($file)) {
        require_once $file;
    }
});

function main(string $folder): int
{
    $classes = publicClasses();
    $functions = publicFunctions();
    foreach ($classes as $class) {
        write($folder, fileOf($class->getName()), shortName($class->getName()), classPage($class));
    }
    write($folder, 'functions.html', 'Functions', implode('', array_map(callableSection(...), $functions)));
    write($folder, 'index.html', 'Payvost Webhooks for PHP', indexPage($classes, $functions));
    foreach (problems() as $problem) {
        fwrite(STDERR, "{$problem}\n");
    }

    return problems() === [] ? 0 : 1;
}

/** @return list<ReflectionClass<object>> */
function publicClasses(): array
{
    $library = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(PACKAGE . '/library/src'));
    foreach ($library as $file) {
        if ($file->getExtension() === 'php') {
            require_once $file->getRealPath();
        }
    }
    $names = array_filter([...get_declared_classes(), ...get_declared_interfaces()], isPublic(...));
    sort($names);

    return array_map(static fn (string $name): ReflectionClass => new ReflectionClass($name), $names);
}

/** @return list<ReflectionFunction> */
function publicFunctions(): array
{
    $names = array_filter(get_defined_functions()['user'], isPublic(...));

    return array_map(static fn (string $name): ReflectionFunction => new ReflectionFunction($name), array_values($names));
}

/** What is wrong with the comments; what is given is added to it. */
function problems(string ...$more): array
{
    static $problems = [];

    return $problems = [...$problems, ...$more];
}

/** @param ReflectionClass<object> $class */
function classPage(ReflectionClass $class): string
{
    $kind = [...Reflection::getModifierNames($class->getModifiers()), $class->isInterface() ? 'interface' : 'class'];
    $parents = array_filter([$class->getParentClass() ?: null, ...array_values($class->getInterfaces())]);
    $above = array_map(static fn (ReflectionClass $parent): string => $parent->getName(), $parents);
    $head = implode(' ', [...$kind, $class->getName()]) . ($above === [] ? '' : ' : ' . implode(', ', $above));
    $page = signature($head) . comment($class, $class->getName());

    $own = static fn (Reflector $member): bool => $member->getDeclaringClass()->getName() === $class->getName();
    foreach (array_filter($class->getReflectionConstants(ReflectionClassConstant::IS_PUBLIC), $own) as $constant) {
        $text = "const {$constant->getName()} = " . var_export($constant->getValue(), true);
        $page .= section($constant->getName(), $text, comment($constant, "{$class->getName()}::{$constant->getName()}"));
    }
    foreach (array_filter($class->getProperties(ReflectionProperty::IS_PUBLIC), $own) as $property) {
        $modifiers = Reflection::getModifierNames($property->getModifiers());
        $text = implode(' ', [...$modifiers, (string) $property->getType(), "\${$property->getName()}"]);
        $page .= section($property->getName(), $text, comment($property, "{$class->getName()}::\${$property->getName()}"));
    }
    foreach (array_filter($class->getMethods(ReflectionMethod::IS_PUBLIC), $own) as $method) {
        $page .= callableSection($method);
    }

    return $page;
}

function callableSection(ReflectionFunctionAbstract $function): string
{
    $isMethod = $function instanceof ReflectionMethod;
    $name = $function->getShortName();
    $modifiers = $isMethod ? Reflection::getModifierNames($function->getModifiers() & ~ReflectionMethod::IS_PUBLIC) : [];
    $parameters = implode(', ', array_map(parameter(...), $function->getParameters()));
    $text = implode(' ', [...$modifiers, 'function', "{$name}({$parameters})"]);
    $text .= $function->hasReturnType() ? ": {$function->getReturnType()}" : '';
    $owner = $isMethod ? "{$function->getDeclaringClass()->getName()}::" : '';

    return section($name, $text, comment($function, "{$owner}{$name}()"));
}

function parameter(ReflectionParameter $parameter): string
{
    $text = ltrim("{$parameter->getType()} ") . ($parameter->isVariadic() ? '...' : '') . "\${$parameter->getName()}";

    return $parameter->isDefaultValueAvailable() ? "{$text} = " . var_export($parameter->getDefaultValue(), true) : $text;
}

/** What a documentation comment says, as HTML. */
function comment(Reflector $of, string $name): string
{
    $text = $of->getDocComment();
    if ($text === false) {
        return withoutComment($of, $name);
    }
    $constants = new ConstExprParser();
    $parser = new PhpDocParser(new TypeParser($constants), $constants);
    $node = $parser->parse(new TokenIterator((new Lexer())->tokenize($text)));

    return paragraphs(description($node), $name) . tags($node, $of, $name);
}

/** An interface documents the methods that implement it. A constructor whose arguments are the properties needs no comment. */
function withoutComment(Reflector $of, string $name): string
{
    if ($of instanceof ReflectionMethod && $of->hasPrototype()) {
        return paragraphs("As `{$of->getPrototype()->class}` has it.", $name);
    }
    $isOther = static fn (ReflectionParameter $parameter): bool => !$parameter->isPromoted();
    if (!$of instanceof ReflectionMethod || !$of->isConstructor() || array_filter($of->getParameters(), $isOther) !== []) {
        problems("{$name} has no documentation");
    }

    return '';
}

function description(PhpDocNode $node): string
{
    $lines = [];
    foreach ($node->children as $child) {
        if (!$child instanceof PhpDocTextNode) {
            break;
        }
        $lines[] = $child->text;
    }

    return implode("\n", $lines);
}

function tags(PhpDocNode $node, Reflector $of, string $name): string
{
    $rows = '';
    foreach ($node->getTags() as $tag) {
        $value = $tag->value;
        check($tag, $of, $name);
        if ($value instanceof InvalidTagValueNode) {
            continue;
        }
        $type = preg_replace('/\s+/', ' ', (string) ($value->type ?? ''));
        $code = trim("{$type} " . ($value->parameterName ?? $value->alias ?? ''));
        $text = isset($value->type) ? (string) ($value->description ?? '') : (string) $value;
        $rows .= '<dt><i>' . escape($tag->name) . '</i> ' . ($code === '' ? '' : '<code>' . escape($code) . '</code>') . '</dt>'
            . '<dd>' . inline($text, $name) . '</dd>';
    }

    return $rows === '' ? '' : "<dl>{$rows}</dl>";
}

function check(PhpDocTagNode $tag, Reflector $of, string $name): void
{
    $value = $tag->value;
    if ($value instanceof InvalidTagValueNode) {
        problems("{$name}: {$tag->name}: {$value->exception->getMessage()}");
    }
    if ($value instanceof ThrowsTagValueNode && classNamed((string) $value->type, $name) === null) {
        problems("{$name}: there is no class {$value->type}");
    }
    if ($value instanceof ParamTagValueNode && $of instanceof ReflectionFunctionAbstract) {
        $names = array_map(static fn (ReflectionParameter $parameter): string => "\${$parameter->getName()}", $of->getParameters());
        in_array($value->parameterName, $names, true) || problems("{$name}: there is no parameter {$value->parameterName}");
    }
}

/** The class that a comment means by a name: one of the namespace of what is documented, of the package, or of PHP; or null. */
function classNamed(string $name, string $of): ?string
{
    [$owner] = explode('::', $of);
    $namespace = substr($owner, 0, (int) strrpos($owner, '\\') + 1);
    foreach ([$namespace . $name, SPACE . $name, $name] as $class) {
        if (class_exists($class) || interface_exists($class)) {
            return (new ReflectionClass($class))->getName();
        }
    }

    return null;
}

/** Blocks of code and paragraphs. */
function paragraphs(string $text, string $name): string
{
    $html = '';
    foreach (preg_split('/^```\w*\n(.*?)^```$/ms', $text, -1, PREG_SPLIT_DELIM_CAPTURE) ?: [] as $number => $part) {
        if ($number % 2 === 1) {
            $html .= '<pre>' . escape($part) . '</pre>';
            continue;
        }
        foreach (array_filter(preg_split('/\n\s*\n/', trim($part)) ?: []) as $paragraph) {
            $html .= '<p>' . inline($paragraph, $name) . '</p>';
        }
    }

    return $html;
}

/** Code between backquotes, and references, which have to lead somewhere. */
function inline(string $text, string $name): string
{
    $link = static function (array $found) use ($name): string {
        [$first, $second] = [...explode('::', rtrim($found[1], '()')), ''];
        [$owner] = explode('::', $name);
        $class = classNamed($first, $name);
        // A member of the class itself appears without the class's name.
        [$class, $member] = $class === null && method_exists($owner, $first) ? [$owner, $first] : [$class, $second];
        if ($class === null || ($member !== '' && !method_exists($class, $member))) {
            problems("{$name}: {@see {$found[1]}} leads nowhere");
        } elseif (isPublic($class)) {
            return '<a href="' . fileOf($class) . ($member === '' ? '' : "#{$member}") . "\"><code>{$found[1]}</code></a>";
        }

        return "<code>{$found[1]}</code>";
    };
    $code = preg_replace('/`([^`]*)`/', '<code>$1</code>', escape($text));

    return (string) preg_replace_callback('/\{@see ([^}]+)\}/', $link, (string) $code);
}

/**
 * @param list<ReflectionClass<object>> $classes
 * @param list<ReflectionFunction>      $functions
 */
function indexPage(array $classes, array $functions): string
{
    $rows = '';
    foreach ($functions as $function) {
        $rows .= "<li><a href=\"functions.html#{$function->getShortName()}\"><code>{$function->getShortName()}()</code></a></li>\n";
    }
    foreach ($classes as $class) {
        $name = $class->getName();
        $rows .= '<li><a href="' . fileOf($name) . '"><code>' . escape(shortName($name)) . "</code></a></li>\n";
    }

    return '<p>The extension <code>payvost_webhooks</code> and the Composer library <code>payvost/webhooks</code>, both in the'
        . " namespace <code>Payvost\\Webhooks</code>.</p>\n<ul>\n{$rows}</ul>\n";
}

function section(string $name, string $text, string $html): string
{
    return '<section id="' . escape($name) . '"><h2>' . escape($name) . '</h2>' . signature($text) . "{$html}</section>\n";
}

function signature(string $text): string
{
    return '<pre class="signature">' . escape($text) . "</pre>\n";
}

function write(string $folder, string $file, string $title, string $html): void
{
    $title = escape($title);
    file_put_contents("{$folder}/{$file}", <<<HTML
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{$title}</title><link rel="stylesheet" href="../style.css"></head>
        <body>
        <p><a href="../../references.html">Reference</a> · <a href="index.html">PHP</a></p>
        <h1>{$title}</h1>
        {$html}</body>
        </html>

        HTML);
}

function isPublic(string $name): bool
{
    return stripos($name, SPACE) === 0 && stripos($name, SPACE . 'Internal\\') !== 0;
}

function shortName(string $name): string
{
    return substr($name, strlen(SPACE));
}

function fileOf(string $class): string
{
    return str_replace('\\', '-', shortName($class)) . '.html';
}

function escape(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE);
}

exit(main($argv[1]));
