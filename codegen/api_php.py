"""``bindings-php/library/src/Internal/ManageTypes.php``: the management API as array shapes."""

from api import NOTICE

PARAMETERS = {
    "id": "string",
    "text": "string",
    "url": "string",
    "patterns": "list<string>",
    "event_type": "string",
    "flag": "bool",
    "limit": "int<1, 100>",
    "whole": "int<0, max>",
    "metadata": "array<string, string>",
    "object": "array<string, mixed>",
}
FIELDS = {
    "text": "string",
    "id": "string",
    "timestamp": "string",
    "url": "string",
    "texts": "list<string>",
    "flag": "bool",
    "whole": "int",
    "metadata": "array<string, string>",
    "code": "string",
}


def stub(api):
    # A shape is used after it is defined.
    objects = sorted(
        api.objects, key=lambda entry: any(field.type not in FIELDS for field in entry.fields)
    )
    shapes = [answer(entry, api) for entry in objects]
    shapes += [text for operation in api.operations if (text := parameters(operation))]
    return f"""<?php

declare(strict_types=1);

namespace Payvost\\Webhooks\\Internal;

/**
 * The parameters and responses of the management API, for static analysis. At run time, they are plain arrays.
 *
 * {NOTICE}
 *
 * @internal
 *
{chr(10).join(shapes)}
 */
final class ManageTypes
{{
}}
"""


def parameters(operation):
    entries = operation.placed("query") + operation.placed("body")
    members = [(entry.name, not entry.required, parameter_type(entry)) for entry in entries]
    return shape(f"{operation.type_name}Params", members) if members else ""


def parameter_type(entry):
    name = (
        "|".join(f"'{value}'" for value in entry.values) if entry.values else PARAMETERS[entry.type]
    )
    return f"{name}|null" if entry.nullable or not entry.required else name


def answer(entry, api):
    members = []
    for field in entry.fields:
        name = FIELDS.get(field.type) or api.object(field.type).type_name
        members.append((field.name, field.optional, f"{name}|null" if field.nullable else name))
    return shape(entry.type_name, members, ", ...")


def shape(name, members, more=""):
    listed = ", ".join(
        f"{key}{'?' if optional else ''}: {type_}" for key, optional, type_ in members
    )
    return f" * @phpstan-type {name} array{{{listed}{more}}}"
