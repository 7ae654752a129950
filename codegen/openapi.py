"""``docs/openapi.json``: the management API as an OpenAPI 3.1 document."""

import json

from api import SOURCE, pascal

PARAMETERS = {
    "id": {"type": "string", "minLength": 1, "maxLength": 255},
    "text": {"type": "string"},
    "url": {"type": "string", "format": "uri"},
    "patterns": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "event_type": {"type": "string"},
    "flag": {"type": "boolean"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    "whole": {"type": "integer", "minimum": 0},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
    "object": {"type": "object"},
}
FIELDS = {
    "text": {"type": "string"},
    "id": {"type": "string"},
    "timestamp": {"type": "string", "format": "date-time"},
    "url": {"type": "string", "format": "uri"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "flag": {"type": "boolean"},
    "whole": {"type": "integer"},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
    "code": {"type": "string"},
}


def document(api):
    paths = {}
    for operation in api.operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation, api)
    schemas = {entry.type_name: schema(entry, api) for entry in api.objects}
    schemas["Error"] = error_schema(api)
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "Payvost webhooks",
            "version": "1",
            "description": f"Generated from {SOURCE}. Do not edit.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [
            {"url": url, "description": name.capitalize()} for name, url in api.servers.items()
        ],
        "security": [{"apiKey": []}],
        "tags": [
            {"name": "webhooks", "description": "Manage webhooks."},
            {"name": "testing", "description": "Only in a sandbox."},
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A secret API key: `sk_test_…` or `sk_live_…`.",
                }
            },
            "parameters": {
                "IdempotencyKey": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "The same for all attempts of one call.",
                    "schema": {"type": "string", "maxLength": 255},
                }
            },
            "responses": {pascal(failure.code): failed(failure) for failure in api.errors},
            "schemas": schemas,
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def described(operation, api):
    parameters = [
        {
            "name": entry.name,
            "in": entry.place,
            "required": entry.required,
            "description": entry.description,
            "schema": parameter_schema(entry),
        }
        for entry in operation.placed("path") + operation.placed("query")
    ]
    if operation.method == "POST":
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    result = {
        "operationId": operation.name,
        "tags": [operation.resource],
        "summary": operation.summary,
        "parameters": parameters,
    }
    if body := operation.placed("body"):
        result["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body_schema(body)}},
        }
    result["responses"] = {
        "200": {
            "description": "Success.",
            "content": {"application/json": {"schema": envelope(operation, api)}},
        },
        **{
            str(failure.status): {"$ref": f"#/components/responses/{pascal(failure.code)}"}
            for failure in api.errors
        },
    }
    return result


def body_schema(entries):
    properties = {
        entry.name: {**parameter_schema(entry), "description": entry.description}
        for entry in entries
    }
    required = [entry.name for entry in entries if entry.required]
    result = {"type": "object", "properties": properties}
    return {**result, "required": required} if required else {**result, "minProperties": 1}


def parameter_schema(entry):
    if entry.values:
        return {"type": "string", "enum": list(entry.values)}
    return nullable(PARAMETERS[entry.type]) if entry.nullable else PARAMETERS[entry.type]


def envelope(operation, api):
    data = {}
    if operation.page_of:
        data = {"type": "array", "items": reference(operation.page_of, api)}
    elif operation.answer != "anything":
        data = reference(operation.answer, api)
    properties = {"success": {"const": True}, "data": data}
    if operation.page_of:
        properties["total"] = {
            "type": "integer",
            "description": "The number of entries on all pages, if the server reports it.",
        }
    return {"type": "object", "properties": properties, "required": ["success", "data"]}


def schema(entry, api):
    properties = {}
    for field in entry.fields:
        if field.type not in FIELDS:
            properties[field.name] = reference(field.type, api)
            continue
        made = nullable(FIELDS[field.type]) if field.nullable else dict(FIELDS[field.type])
        made["description"] = field.description
        if field.values:
            made["description"] += " Documented: " + ", ".join(field.values) + "."
        made["examples"] = [field.example]
        properties[field.name] = made
    return {
        "type": "object",
        "description": entry.description,
        "properties": properties,
        "required": [field.name for field in entry.fields if not field.optional],
    }


def error_schema(api):
    error = {
        "code": {
            "type": "string",
            "description": "Documented: " + ", ".join(failure.code for failure in api.errors) + ".",
        },
        "message": {"type": "string"},
        "field": {"type": ["string", "null"], "description": "The invalid parameter."},
        "requestId": {"type": "string"},
    }
    return {
        "type": "object",
        "description": "An error. Some responses lack `success`, or have `type` instead of `code`.",
        "properties": {
            "success": {"const": False},
            "error": {"type": "object", "properties": error, "required": ["message"]},
        },
        "required": ["error"],
    }


def failed(failure):
    headers = {}
    if failure.status == 429:
        names = {
            "Retry-After": "The number of seconds to wait before a retry.",
            "X-RateLimit-Limit": "The number of requests that a window allows.",
            "X-RateLimit-Remaining": "The number of requests left.",
            "X-RateLimit-Reset": "When the window ends.",
        }
        headers = {
            name: {"description": text, "schema": {"type": "integer"}}
            for name, text in names.items()
        }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    response = {"description": f"`{failure.code}`. {failure.description}", "content": content}
    return {**response, "headers": headers} if headers else response


def reference(name, api):
    return {"$ref": f"#/components/schemas/{api.object(name).type_name}"}


def nullable(made):
    return {**made, "type": [made["type"], "null"]}
