//! What the module exports.

#![allow(unsafe_code)] // in what the attribute expands to

use napi::bindgen_prelude::{JsValue, Object};
use napi_derive::napi;

use crate::claims::{KeptError, MakePolicy, ReadClaim, RedisScripts, SqlStatements};
use crate::event::Notes;
use crate::functions::{CreateVerifier, Sign, VerifyWebhook};
use crate::js::Exports;
use crate::memory::CreateMemoryClaims;
use crate::receiver::Answer;
use crate::refusal::DescribeBrief;
use crate::router::CreateRouter;
use crate::samples::SampleEvent;

/// Runs once for every thread and context that loads the module, and keeps nothing outside them.
#[napi(module_exports)]
fn init(exports: Object<'_>) -> napi::Result<()> {
    let value = exports.value();
    // SAFETY: Node has just given both of them to this call.
    let exports = unsafe { Exports::new(value.env, value.value) };
    let notes = Notes::shared();
    exports
        .add::<VerifyWebhook>(notes.clone())
        .and_then(|()| exports.add::<CreateVerifier>(notes.clone()))
        .and_then(|()| exports.add::<Sign>(()))
        .and_then(|()| exports.add::<CreateRouter>(()))
        .and_then(|()| exports.add::<Answer>(()))
        .and_then(|()| exports.add::<SampleEvent>(()))
        .and_then(|()| exports.add::<MakePolicy>(()))
        .and_then(|()| exports.add::<ReadClaim>(()))
        .and_then(|()| exports.add::<KeptError>(()))
        .and_then(|()| exports.add::<RedisScripts>(()))
        .and_then(|()| exports.add::<SqlStatements>(()))
        .and_then(|()| exports.add::<CreateMemoryClaims>(()))
        .and_then(|()| exports.add::<DescribeBrief>(()))
        .map_err(|_| napi::Error::from_reason("the exports could not be made"))
}
