"""``bindings-python/python/payvost_webhooks/_manage_types.py``: the management API as ``TypedDict``s."""

from api import NOTICE, snake

PARAMETERS = {
    "id": "str",
    "text": "str",
    "url": "str",
    "patterns": "Sequence[str]",
    "event_type": "str",
    "flag": "bool",
    "limit": "int",
    "whole": "int",
    "metadata": "Mapping[str, str]",
    "object": "Mapping[str, Any]",
}
FIELDS = {
    "text": "str",
    "id": "str",
    "timestamp": "str",
    "url": "str",
    "texts": "list[str]",
    "flag": "bool",
    "whole": "int",
    "metadata": "dict[str, str]",
    "code": "str",
}


def module(api):
    names = sorted(
        [entry.type_name for entry in api.objects]
        + [f"{operation.type_name}Params" for operation in api.operations if passed(operation)]
    )
    exported = "\n".join(f'    "{name}",' for name in names)
    # A class is used after it is defined.
    objects = sorted(
        api.objects, key=lambda entry: any(field.type not in FIELDS for field in entry.fields)
    )
    answers = "".join(answer(entry, api) for entry in objects)
    return f'''"""The types of the management API, for type checkers. At run time, they are plain ``dict``s."""

# {NOTICE}

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional, TypedDict

__all__ = [
{exported}
]
{answers}{"".join(map(parameters, api.operations))}'''


def passed(operation):
    return operation.placed("query") + operation.placed("body")


def parameters(operation):
    entries = passed(operation)
    if not entries:
        return ""
    text = f"The parameters of ``{operation.resource}.{snake(operation.function)}``."
    lines = {True: [], False: []}
    for entry in entries:
        lines[entry.required] += [
            f"    {entry.snake}: {parameter_type(entry)}",
            documented(entry.description),
        ]
    return typed_dict(f"{operation.type_name}Params", text, lines[True], lines[False])


def parameter_type(entry):
    if entry.values:
        return "Literal[" + ", ".join(f'"{value}"' for value in entry.values) + "]"
    name = PARAMETERS[entry.type]
    return f"Optional[{name}]" if entry.nullable else name


def answer(entry, api):
    lines = {True: [], False: []}
    for field in entry.fields:
        name = FIELDS.get(field.type) or api.object(field.type).type_name
        name = f"Optional[{name}]" if field.nullable else name
        lines[not field.optional] += [f"    {field.name}: {name}", documented(field.description)]
    return typed_dict(entry.type_name, entry.description, lines[True], lines[False])


def typed_dict(name, text, required, optional):
    if not required:
        return (
            f'\n\nclass {name}(TypedDict, total=False):\n    """{text}"""\n\n'
            + "\n".join(optional)
            + "\n"
        )
    base, before = "TypedDict", ""
    if optional:
        base = f"_{name}Optional"
        before = f"\n\nclass {base}(TypedDict, total=False):\n" + "\n".join(optional) + "\n"
    return f'{before}\n\nclass {name}({base}):\n    """{text}"""\n\n' + "\n".join(required) + "\n"


def documented(text):
    return f'    """{text.replace("`", "``")}"""'
