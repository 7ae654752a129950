"""``core/src/manage/api.rs``: the core's table of operations."""

import json

from api import NOTICE, snake

METHODS = {"GET": "Get", "POST": "Post", "PATCH": "Patch", "DELETE": "Delete"}
KINDS = {
    "id": "Id",
    "text": "Text",
    "url": "Url",
    "patterns": "Patterns",
    "event_type": "EventType",
    "flag": "Flag",
    "limit": "Limit",
    "whole": "Whole",
    "metadata": "Object",
    "object": "Object",
}


def table(api):
    variants = "\n".join(
        f"    /// `{operation.name}`: {clause(operation.summary)}\n    {operation.type_name},"
        for operation in api.operations
    )
    names = "\n".join(f"        Self::{operation.type_name}," for operation in api.operations)
    arms = "\n".join(
        f"            Self::{operation.type_name} => &{constant(operation)},"
        for operation in api.operations
    )
    codes = "\n".join(
        f'    ({failure.status}, "{failure.code}", {json.dumps(failure.description)}),'
        for failure in api.errors + api.client_errors
    )
    return f"""// {NOTICE}

use super::operation::{{Kind, Method, Parameter, Place, Shape, Spec}};

/// An operation of the management API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {{
{variants}
}}

impl Operation {{
    /// Every operation.
    pub const ALL: [Self; {len(api.operations)}] = [
{names}
    ];

    pub(super) const fn spec(self) -> &'static Spec {{
        match self {{
{arms}
        }}
    }}
}}

pub(super) const PRODUCTION: &str = {json.dumps(api.servers["production"])};
pub(super) const SANDBOX: &str = {json.dumps(api.servers["sandbox"])};

/// The error codes: the status of each (0 for the client's own), the code and the hint.
#[rustfmt::skip]
pub(super) const ERRORS: &[(u16, &str, &str)] = &[
{codes}
];
{"".join(map(spec, api.operations))}"""


def spec(operation):
    shape = "Shape::Anything"
    if operation.page_of:
        shape = "Shape::Page"
    elif operation.answer != "anything":
        shape = f"Shape::Object(&{json.dumps(list(operation.checked))})"
    parameters = "\n".join(map(parameter, operation.parameters))
    listed = f"&[\n{parameters}\n    ]" if parameters else "&[]"
    return f"""
#[rustfmt::skip]
static {constant(operation)}: Spec = Spec {{
    name: "{operation.name}",
    snake_name: "{snake(operation.name)}",
    method: Method::{METHODS[operation.method]},
    path: "{operation.path}",
    shape: {shape},
    sandbox: {flag(operation.sandbox)},
    unlimited: {flag(operation.unlimited)},
    needs_one: {flag(operation.needs_one)},
    parameters: {listed},
}};
"""


def parameter(entry):
    kind = (
        f"Kind::{KINDS[entry.type]}"
        if entry.type in KINDS
        else f"Kind::Choice(&{json.dumps(list(entry.values))})"
    )
    place = f"Place::{entry.place.capitalize()}"
    flags = f"required: {flag(entry.required)}, nullable: {flag(entry.nullable)}"
    return (
        f"""        Parameter {{ name: "{entry.name}", place: {place}, kind: {kind}, {flags} }},"""
    )


def constant(operation):
    return snake(operation.name).replace(".", "_").upper()


def flag(value):
    return "true" if value else "false"


def clause(sentence):
    return sentence[0].lower() + sentence[1:]
