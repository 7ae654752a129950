//! The exports of the module.

#![allow(unsafe_code)] // in what the attribute expands to

use napi::bindgen_prelude::{JsValue, Object};
use napi_derive::napi;

use crate::boundary::{Fault, Functions};
use crate::claims::{CreateRedisProgram, CreateSqlProgram, KeptError, MakePolicy, RedisScripts, SqlDefinition, SqlStatements};
use crate::errors::DescribeBrief;
use crate::explain::Explain;
use crate::handoff::Handoff;
use crate::manage::{AnswerHeaders, CreateClient, CreateRotation};
use crate::memory::CreateMemoryClaims;
use crate::outcome::UsualEnding;
use crate::receiver::{CreateReceiver, IsMethodOfDeliveries, ReleasesLate};
use crate::router::CreateRouter;
use crate::testing::SampleEvent;
use crate::values::Notes;
use crate::verifier::{CreateVerifier, Sign, VerifyWebhook};

/// Runs once per thread and context that loads the module, and keeps nothing outside them.
#[napi(module_exports)]
fn init(exports: Object<'_>) -> napi::Result<()> {
    let value = exports.value();
    // SAFETY: Node has just passed both of them to this call.
    let exports = unsafe { Functions::exports(value.env, value.value) };
    exports.and_then(add_all).map_err(|Fault| napi::Error::from_reason("the exports could not be created"))
}

fn add_all(exports: Functions<'_>) -> Result<(), Fault> {
    let (notes, verifiers, routers) = (Notes::shared(), Handoff::new(), Handoff::new());
    exports
        .add::<VerifyWebhook>(notes.clone())?
        .add::<CreateVerifier>((notes, verifiers.clone()))?
        .add::<Sign>(())?
        .add::<CreateRouter>(routers.clone())?
        .add::<CreateReceiver>((verifiers, routers))?
        .add::<IsMethodOfDeliveries>(())?
        .add::<ReleasesLate>(())?
        .add::<UsualEnding>(())?
        .add::<SampleEvent>(())?
        .add::<Explain>(())?
        .add::<MakePolicy>(())?
        .add::<KeptError>(())?
        .add::<RedisScripts>(())?
        .add::<CreateRedisProgram>(())?
        .add::<SqlStatements>(())?
        .add::<SqlDefinition>(())?
        .add::<CreateSqlProgram>(())?
        .add::<CreateMemoryClaims>(())?
        .add::<CreateClient>(())?
        .add::<AnswerHeaders>(())?
        .add::<CreateRotation>(())?
        .add::<DescribeBrief>(())?;
    Ok(())
}
