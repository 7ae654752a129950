"""``docs/api.md``: the management API, for people."""

from api import NOTICE

TYPES = {
    "id": "text",
    "text": "text",
    "url": "URL",
    "patterns": "list of patterns",
    "event_type": "event type",
    "flag": "true or false",
    "limit": "1 to 100",
    "whole": "whole number",
    "metadata": "object of texts",
    "object": "object",
    "timestamp": "RFC 3339 date-time",
    "texts": "list of texts",
    "code": "text",
}


def page(api):
    operations = "\n".join(map(operation_section, api.operations))
    objects = "\n".join(object_section(entry, api) for entry in api.objects)
    errors = "\n".join(
        f"| `{failure.code}` | {failure.status} | {failure.description} |" for failure in api.errors
    )
    client_errors = "\n".join(
        f"| `{failure.code}` | {failure.description} |" for failure in api.client_errors
    )
    return f"""<!-- {NOTICE} -->

# The management API

The calls of Payvost's API for webhooks: their parameters, what they return, and how they fail. The clients of all
languages make them. [openapi.json](openapi.json) describes the same as an OpenAPI 3.1 document.

Names are those that are sent. Python, Rust and C write the names of parameters in snake case.

## Errors

An error has one of the provider's codes, and the status that comes with it. The provider can add codes.

| code | status | what to do |
| --- | --- | --- |
{errors}

The client has codes of its own where no answer tells:

| code | what to do |
| --- | --- |
{client_errors}

{operations}
{objects}"""


def operation_section(operation):
    where = "A sandbox only. " if operation.sandbox else ""
    returns = "nothing in particular"
    if operation.page_of:
        returns = f"pages of [{heading(operation.page_of)}](#{operation.page_of})"
    elif operation.answer != "anything":
        returns = f"[{heading(operation.answer)}](#{operation.answer})"
    text = f"""## {operation.name}

`{operation.method} {operation.path}`: {operation.summary[0].lower()}{operation.summary[1:]} {where}Returns {returns}.
"""
    if not operation.parameters:
        return text
    rows = "\n".join(map(parameter_row, operation.parameters))
    return f"{text}\n| parameter | type | |\n| --- | --- | --- |\n{rows}\n"


def parameter_row(entry):
    kind = ", ".join(f"`{value}`" for value in entry.values) or TYPES[entry.type]
    required = " Required." if entry.required else ""
    return f"| `{entry.name}` | {kind} | {entry.description}{required} |"


def object_section(entry, api):
    rows = "\n".join(
        f"| `{field.name}` | {kind(field, api)} | {field.description} |" for field in entry.fields
    )
    return f"""## {entry.name}

{entry.description}

| field | type | |
| --- | --- | --- |
{rows}
"""


def kind(field, api):
    if field.values:
        name = ", ".join(f"`{value}`" for value in field.values)
    else:
        name = TYPES.get(field.type) or f"[{heading(field.type)}](#{field.type})"
    more = [
        word
        for word, there in (("may be missing", field.optional), ("may be null", field.nullable))
        if there
    ]
    return ", ".join([name, *more])


def heading(name):
    return name.replace("_", " ")
