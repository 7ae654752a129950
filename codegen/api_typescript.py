"""``bindings-node/src-ts/manage/types.ts``: the parameters and responses of the management API."""

from api import NOTICE

PARAMETERS = {
    "id": "string",
    "text": "string",
    "url": "string",
    "patterns": "readonly string[]",
    "event_type": "string",
    "flag": "boolean",
    "limit": "number",
    "whole": "number",
    "metadata": "{ [key: string]: string }",
    "object": "{ [key: string]: unknown }",
}
FIELDS = {
    "text": "string",
    "id": "string",
    "timestamp": "string",
    "url": "string",
    "texts": "string[]",
    "flag": "boolean",
    "whole": "number",
    "metadata": "{ [key: string]: string }",
    "code": "string",
}


def module(api):
    codes = "\n".join(f'  | "{failure.code}"' for failure in api.errors + api.client_errors)
    return f"""// {NOTICE}

import type {{ OpenCode }} from "../events.js";

/** The code of an `ApiError`. The provider can add codes at any time. */
export type ApiErrorCode = OpenCode<
{codes}
>;
{"".join(map(parameters, api.operations))}{"".join(answer(entry, api) for entry in api.objects)}"""


def parameters(operation):
    entries = operation.placed("query") + operation.placed("body")
    if not entries:
        return ""
    members = "\n".join(
        f"  /** {entry.description} */\n  {entry.name}{'' if entry.required else '?'}: {parameter_type(entry)};"
        for entry in entries
    )
    return f"""
/** The parameters of `{operation.name}`. */
export interface {operation.type_name}Params {{
{members}
}}
"""


def parameter_type(entry):
    choices = " | ".join(f'"{value}"' for value in entry.values)
    name = choices or PARAMETERS[entry.type]
    null = " | null" if entry.nullable else ""
    return f"{name}{null}" if entry.required else f"{name}{null} | undefined"


def answer(entry, api):
    members = "\n".join(
        f"  /** {field.description} */\n  {field.name}{'?' if field.optional else ''}: {field_type(field, api)};"
        for field in entry.fields
    )
    return f"""
/** {entry.description} */
export interface {entry.type_name} {{
{members}
}}
"""


def field_type(field, api):
    if field.values:
        name = "OpenCode<" + " | ".join(f'"{value}"' for value in field.values) + ">"
    else:
        name = FIELDS.get(field.type) or api.object(field.type).type_name
    return f"{name} | null" if field.nullable else name
