//! The exports of the module.

#![allow(unsafe_code)] // in what the attribute expands to

use napi::bindgen_prelude::{JsValue, Object};
use napi_derive::napi;

use crate::boundary::{Fault, Functions};
use crate::{functions, servers};

/// Runs once per thread and context that loads the module, and keeps nothing outside them.
#[napi(module_exports)]
fn init(exports: Object<'_>) -> napi::Result<()> {
    let value = exports.value();
    // SAFETY: Node has just passed both of them to this call.
    let exports = unsafe { Functions::exports(value.env, value.value) };
    exports
        .and_then(functions::all)
        .and_then(servers::all)
        .map(drop)
        .map_err(|Fault| napi::Error::from_reason("the exports could not be created"))
}
