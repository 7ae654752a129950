"""``core/src/manage/objects.rs``: the parameters and responses of the management API as Rust types."""

from api import NOTICE, snake

PARAMETERS = {
    "id": "&'a str",
    "text": "&'a str",
    "url": "&'a str",
    "patterns": "&'a [&'a str]",
    "event_type": "&'a str",
    "flag": "bool",
    "limit": "u32",
    "whole": "u64",
    "choice": "&'a str",
    "metadata": "&'a [(&'a str, &'a str)]",
    "object": "&'a str",
}
FIELDS = {
    "text": "String",
    "id": "String",
    "timestamp": "String",
    "url": "String",
    "texts": "Vec<String>",
    "flag": "bool",
    "whole": "u64",
    "metadata": "BTreeMap<String, String>",
    "code": "String",
}


def types(api):
    return f"""// {NOTICE}

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::read::Read;
use super::secret::WebhookSecret;
use super::write::Members;
use crate::json::Value;
{"".join(answer(entry, api) for entry in api.objects)}{"".join(map(parameters, api.operations))}"""


def answer(entry, api):
    fields = "\n".join(
        f"    /// {field.description}\n    pub {rust_name(field.name)}: {field_type(field, api)},"
        for field in entry.fields
    )
    reads = "\n".join(
        f'            {rust_name(field.name)}: Read::member(value, "{field.name}"),'
        for field in entry.fields
    )
    return f"""
/// {entry.description}
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct {entry.type_name} {{
{fields}
}}

#[rustfmt::skip]
impl Read for {entry.type_name} {{
    fn read(value: Value<'_>) -> Option<Self> {{
        Some(Self {{
{reads}
        }})
    }}
}}
"""


def field_type(field, api):
    if field.name == "secret":
        return "WebhookSecret"
    name = FIELDS.get(field.type) or api.object(field.type).type_name
    return f"Option<{name}>" if field.optional or field.nullable else name


def parameters(operation):
    entries = operation.placed("query") + operation.placed("body")
    if not entries:
        return ""
    fields, writes = [], []
    for entry in entries:
        name, kind = rust_name(entry.name), PARAMETERS[entry.type]
        more = " JSON." if entry.type == "object" else ""
        if entry.nullable:
            kind, more = f"Option<Option<{kind}>>", " `Some(None)` sends null."
        elif not entry.required:
            kind = f"Option<{kind}>"
        fields.append(f"    /// {entry.description}{more}\n    pub {name}: {kind},")
        method = "nullable" if entry.nullable else "json" if entry.type == "object" else "member"
        writes.append(f'        members.{method}("{entry.snake}", &self.{name});')
    lifetime = "<'a>" if any("'a" in PARAMETERS[entry.type] for entry in entries) else ""
    anonymous = "<'_>" if lifetime else ""
    listed, written = "\n".join(fields), "\n".join(writes)
    required = "" if any(entry.required for entry in entries) else " All are optional."
    takes_id = bool(operation.placed("path"))
    argument, begin = (", id: &str", "Members::with_id(id)") if takes_id else ("", "Members::new()")
    about = " of the webhook `id`" if takes_id else ""
    return f"""
/// The parameters of `{snake(operation.name)}`.{required}
#[derive(Debug, Clone, Copy, Default)]
pub struct {operation.type_name}Params{lifetime} {{
{listed}
}}

impl {operation.type_name}Params{anonymous} {{
    /// The parameters of a [`Client::call`](super::Client::call){about}.
    #[must_use]
    pub fn to_json(&self{argument}) -> String {{
        let mut members = {begin};
{written}
        members.finish()
    }}
}}
"""


def rust_name(name):
    # `type` is a keyword, and always the type of an event.
    return "event_type" if name == "type" else snake(name)
