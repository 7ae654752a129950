"""``bindings-c/src/call_operation.rs``: the operations of the management API as an enum."""

from api import NOTICE, snake


def enum(api):
    variants = "\n".join(
        f"    /// `{operation.name}`: {operation.summary[0].lower()}{operation.summary[1:]}\n"
        f"    PAYVOST_CALL_{constant(operation)} = {number},"
        for number, operation in enumerate(api.operations, 1)
    )
    arms = "\n".join(
        f"            {number} => Operation::{operation.type_name},"
        for number, operation in enumerate(api.operations, 1)
    )
    return f"""//! `payvost_call_operation`: the operations of the management API.
// {NOTICE}

use payvost_webhooks::manage::Operation;

/// The operations of the management API. Numbers never change; new ones may be added.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // functions take its numbers
pub enum payvost_call_operation {{
{variants}
}}

impl payvost_call_operation {{
    /// The operation with this number. A caller in C can pass any number.
    pub(crate) const fn of(number: u32) -> Option<Operation> {{
        Some(match number {{
{arms}
            _ => return None,
        }})
    }}
}}
"""


def constant(operation):
    return snake(operation.name).replace(".", "_").upper()
