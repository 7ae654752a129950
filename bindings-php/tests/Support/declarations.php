<?php

/**
 * Prints the namespace's declarations as JSON: those of the extension, or of the files in the arguments.
 */

declare(strict_types=1);

foreach (array_slice($argv, 1) as $file) {
    require $file;
}

function inNamespace(string $name): bool
{
    return str_starts_with(strtolower($name), 'payvost\\webhooks\\');
}

function parameter(ReflectionParameter $parameter): array
{
    return [
        'name' => $parameter->getName(),
        'type' => (string) $parameter->getType(),
        'optional' => $parameter->isOptional(),
        'default' => $parameter->isDefaultValueAvailable() ? var_export($parameter->getDefaultValue(), true) : null,
        'byReference' => $parameter->isPassedByReference(),
        'attributes' => array_map(
            static fn (ReflectionAttribute $attribute): string => $attribute->getName(),
            $parameter->getAttributes()
        ),
    ];
}

function callableDeclaration(ReflectionFunctionAbstract $function): array
{
    $modifiers = $function instanceof ReflectionMethod ? $function->getModifiers() : 0;

    return [
        'name' => $function->getName(),
        'modifiers' => Reflection::getModifierNames($modifiers),
        'parameters' => array_map(parameter(...), $function->getParameters()),
        'returns' => (string) $function->getReturnType(),
    ];
}

function property(ReflectionProperty $property): array
{
    return [
        'name' => $property->getName(),
        'modifiers' => Reflection::getModifierNames($property->getModifiers()),
        'type' => (string) $property->getType(),
        'default' => var_export($property->getDefaultValue(), true),
    ];
}

function classDeclaration(ReflectionClass $class): array
{
    $own = static fn (ReflectionMethod|ReflectionProperty $member): bool => $member->class === $class->getName();

    return [
        'name' => $class->getName(),
        'modifiers' => Reflection::getModifierNames($class->getModifiers()),
        'parent' => ($class->getParentClass() ?: null)?->getName(),
        'interfaces' => $class->getInterfaceNames(),
        'constants' => $class->getConstants(),
        'properties' => array_map(property(...), array_values(array_filter($class->getProperties(), $own))),
        'methods' => array_map(callableDeclaration(...), array_values(array_filter($class->getMethods(), $own))),
    ];
}

$functions = array_filter(array_merge(...array_values(get_defined_functions())), inNamespace(...));
$classes = array_filter(get_declared_classes(), inNamespace(...));
sort($functions);
sort($classes);

echo json_encode([
    'functions' => array_map(
        static fn (string $name): array => callableDeclaration(new ReflectionFunction($name)),
        $functions
    ),
    'classes' => array_map(static fn (string $name): array => classDeclaration(new ReflectionClass($name)), $classes),
], JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR);
