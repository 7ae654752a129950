"""Reads ``core/contract/events.toml`` and rejects mistakes in it."""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCE = Path("core/contract/events.toml")
# When every sample event happened, and whether real money was meant.
SAMPLE_CREATED_AT = "2025-11-01T10:00:00Z"
NOTES = {
    "money": "A decimal string.",
    "currency": "An ISO 4217 code.",
    "country": "An ISO 3166-1 alpha-2 code.",
    "timestamp": "An RFC 3339 date-time.",
}
STRING_TYPES = {"id", "money", "currency", "country", "email", "timestamp", "code", "text"}


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    description: str
    example: object
    optional: bool = False
    values: tuple = ()

    @property
    def summary(self):
        """The description with the details of the type."""
        notes = [self.description, NOTES.get(self.type, "")]
        if self.type == "code":
            listed = ", ".join(f"`{value}`" for value in self.values)
            notes.append(
                f"One of {listed}, or a new one." if listed else f"Such as `{self.example}`."
            )
        return " ".join(filter(None, notes))


@dataclass(frozen=True)
class Object:
    name: str
    description: str
    fields: tuple


@dataclass(frozen=True)
class Event:
    type: str
    number: int
    description: str
    fields: tuple
    previous: object

    @property
    def name(self):
        """``payment.succeeded`` as the name of a type: ``PaymentSucceeded``."""
        return pascal(self.type.replace(".", "_"))

    @property
    def constant(self):
        """``payment.succeeded`` as the name of a constant: ``PAYMENT_SUCCEEDED``."""
        return self.type.replace(".", "_").upper()

    @property
    def sample(self):
        """A whole envelope, as compact JSON."""
        envelope = {
            "id": "evt_" + hashlib.sha256(self.type.encode()).hexdigest()[:12],
            "type": self.type,
            "createdAt": SAMPLE_CREATED_AT,
            "liveMode": False,
            "data": {field.name: field.example for field in self.fields},
            "previousData": self.previous,
        }
        return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Catalogue:
    events: tuple
    objects: tuple


def read():
    source = tomllib.loads(SOURCE.read_text("utf-8"))
    objects = tuple(
        Object(name, entry["description"], read_fields(name, entry["fields"], set()))
        for name, entry in source["objects"].items()
    )
    names = {entry.name for entry in objects}
    events = tuple(read_event(entry, names) for entry in source["events"])
    for attribute in ("type", "number", "name"):
        values = [getattr(event, attribute) for event in events]
        twice = sorted({value for value in values if values.count(value) > 1})
        check(not twice, f"two events have the same {attribute}: {twice}")
    return Catalogue(events, objects)


def read_event(entry, objects):
    event_type, number = entry["type"], entry["number"]
    check(isinstance(number, int) and number > 0, f"{event_type}: a number is 1 or more")
    fields = read_fields(event_type, entry["data"], objects)
    previous = entry.get("previous")
    unknown = set(previous or ()) - {field.name for field in fields}
    check(not unknown, f"{event_type}: previous has fields that data lacks: {sorted(unknown)}")
    return Event(event_type, number, entry["description"], fields, previous)


def read_fields(owner, table, objects):
    fields = []
    for name, entry in table.items():
        try:
            field = Field(name, **{**entry, "values": tuple(entry.get("values", ()))})
        except TypeError as error:
            sys.exit(f"{SOURCE}: {owner}: {name}: {error}")
        check_field(f"{owner}: {name}", field, objects)
        fields.append(field)
    return tuple(fields)


def check_field(where, field, objects):
    if field.type in STRING_TYPES:
        expected = isinstance(field.example, str)
    elif field.type == "texts":
        expected = isinstance(field.example, list)
    else:
        check(field.type == "metadata" or field.type in objects, f"{where}: no type {field.type!r}")
        expected = isinstance(field.example, dict)
    check(expected, f"{where}: the example must be a {field.type}")
    check(field.type == "code" or not field.values, f"{where}: only a code has values")
    check(not field.values or field.example in field.values, f"{where}: values lack the example")


def check(good, complaint):
    if not good:
        sys.exit(f"{SOURCE}: {complaint}")


def pascal(name):
    """``kyc_verified`` → ``KycVerified``, ``customer`` → ``Customer``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
