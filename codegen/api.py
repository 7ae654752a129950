"""Reads ``core/contract/api.toml``: the operations, objects and errors of the management API."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCE = Path("core/contract/api.toml")
NOTICE = f"Made by `make generate` from {SOURCE}: edit that file, not this one."

PARAMETER_TYPES = {
    "id",
    "text",
    "url",
    "patterns",
    "event_type",
    "flag",
    "limit",
    "whole",
    "choice",
    "metadata",
    "object",
}
FIELD_TYPES = {"text", "id", "timestamp", "url", "texts", "flag", "whole", "metadata", "code"}
METHODS = {"GET", "POST", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    description: str
    required: bool = False
    nullable: bool = False
    values: tuple = ()
    #: Where it goes: "path", "query" or "body".
    place: str = "body"

    @property
    def snake(self):
        return snake(self.name)


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    answer: str = "anything"
    page_of: str = ""
    checked: tuple = ()
    sandbox: bool = False
    unlimited: bool = False
    needs_one: bool = False
    parameters: tuple = ()

    @property
    def resource(self):
        return self.name.partition(".")[0]

    @property
    def function(self):
        """The method's name in JavaScript and PHP."""
        return self.name.partition(".")[2]

    @property
    def type_name(self):
        """The name of its type: ``CreateWebhook`` is ``WebhooksCreate``, so that resources keep apart."""
        return self.resource.capitalize() + self.function[0].upper() + self.function[1:]

    def placed(self, place):
        return tuple(entry for entry in self.parameters if entry.place == place)


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    description: str
    example: object = None
    optional: bool = False
    nullable: bool = False
    values: tuple = ()


@dataclass(frozen=True)
class Object:
    name: str
    description: str
    fields: tuple

    @property
    def type_name(self):
        return pascal(self.name)


@dataclass(frozen=True)
class Failure:
    code: str
    description: str
    status: int = 0


@dataclass(frozen=True)
class Api:
    servers: dict
    operations: tuple
    objects: tuple
    #: The provider's, and the client's own.
    errors: tuple
    client_errors: tuple

    def object(self, name):
        return next(entry for entry in self.objects if entry.name == name)


def read():
    content = tomllib.loads(SOURCE.read_text("utf-8"))
    raw = content["objects"]
    objects = tuple(read_object(name, raw) for name in raw)
    api = Api(
        content["servers"],
        tuple(map(read_operation, content["operations"])),
        objects,
        tuple(Failure(**entry) for entry in content["errors"]),
        tuple(Failure(**entry) for entry in content["client_errors"]),
    )
    check(api)
    return api


def read_operation(entry):
    entry = dict(entry)
    named = re.findall(r"{(\w+)}", entry["path"])
    rest = "query" if entry["method"] in ("GET", "DELETE") else "body"
    parameters = tuple(
        Parameter(name, place="path" if name in named else rest, **tupled(parameter))
        for name, parameter in entry.pop("parameters", {}).items()
    )
    return Operation(parameters=parameters, **tupled(entry))


def read_object(name, raw):
    fields = {}
    if base := raw[name].get("extends"):
        fields.update(raw[base]["fields"])
    fields.update(raw[name]["fields"])
    made = tuple(Field(key, **tupled(field)) for key, field in fields.items())
    return Object(name, raw[name]["description"], made)


def tupled(entry):
    lists = ("values", "checked")
    return {key: tuple(value) if key in lists else value for key, value in entry.items()}


def check(api):
    known = {entry.name for entry in api.objects}
    for operation in api.operations:
        wrong = {entry.type for entry in operation.parameters} - PARAMETER_TYPES
        if wrong or operation.method not in METHODS:
            sys.exit(f"{SOURCE}: {operation.name}: unknown type or method: {wrong}")
        answer = operation.page_of or operation.answer
        if answer not in known | {"anything"}:
            sys.exit(f"{SOURCE}: {operation.name}: no such object: {answer}")
    for entry in api.objects:
        if wrong := {field.type for field in entry.fields} - FIELD_TYPES - known:
            sys.exit(f"{SOURCE}: {entry.name}: unknown types: {wrong}")


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def pascal(name):
    return "".join(part.capitalize() for part in name.split("_"))
