"""``docs/api.md``: the reference of the management API."""

from api import NOTICE

TYPES = {
    "id": "string",
    "text": "string",
    "url": "URL",
    "patterns": "list of patterns",
    "event_type": "event type",
    "flag": "true or false",
    "limit": "1 to 100",
    "whole": "integer",
    "metadata": "object of strings",
    "object": "object",
    "timestamp": "RFC 3339 date-time",
    "texts": "list of strings",
    "code": "string",
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

The operations of Payvost's API for webhooks: parameters, results and errors. The client of each language has all of
them. [openapi.json](openapi.json) is the same as an OpenAPI 3.1 document.

Names are as in requests and responses. Python, Rust and C use snake case for parameters. The `testing` operations exist
only in a sandbox.

## Errors

An error response has one of the provider's codes, with this status. The provider can add codes.

| code | status | what to do |
| --- | --- | --- |
{errors}

If there is no usable response, the client uses its own codes:

| code | what to do |
| --- | --- |
{client_errors}

{operations}
{objects}"""


def operation_section(operation):
    returns = "no documented data"
    if operation.page_of:
        returns = f"pages of [{heading(operation.page_of)}](#{operation.page_of})"
    elif operation.answer != "anything":
        returns = f"[{heading(operation.answer)}](#{operation.answer})"
    text = f"""## {operation.name}

`{operation.method} {operation.path}`: {operation.summary[0].lower()}{operation.summary[1:]} Returns {returns}.
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
