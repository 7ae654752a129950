//! What the library in PHP asks the core for.
#![allow(unsafe_code)] // writes strings of PHP's

use std::time::Duration;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::Outcome;

use crate::boundary::{arguments, run};
use crate::item::{Item, build};
use crate::{namespaced, values};

/// The status, the body and the seconds of `Retry-After` to answer, by the code of the outcome. What has no such code has failed.
pub(crate) fn answer() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([code, wait]) = arguments(call, 1) else { return };
            run(|| {
                let wait = Duration::from_millis(wait.natural_number().unwrap_or(0));
                let outcome = code.text().and_then(|code| Outcome::from_code(code, wait)).unwrap_or(Outcome::HandlerFailed);
                let retry_after = outcome.retry_after().map_or(Item::Null, Item::Int);
                build(&Item::List(&[Item::Int(outcome.status().into()), Item::from(&*outcome.body()), retry_after]), result)
            });
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\answer"), handler)
        .arg(Arg::new("code", DataType::Mixed))
        .not_required()
        .arg(Arg::new("waitMilliseconds", DataType::Mixed).default("0"))
        .returns(DataType::Array, false, false)
}

/// The payload of a sample event, or null for a type that is not documented.
pub(crate) fn sample_event() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([event_type]) = arguments(call, 1) else { return };
            if let Some(payload) = run(|| Ok(event_type.text().and_then(payvost_webhooks::sample_event))).flatten() {
                // SAFETY: PHP's place for the result holds null, and nothing is owned here that a bailout would skip.
                unsafe { values::write_string(result, payload.as_bytes()) };
            }
        }
    }
    let function = FunctionBuilder::new(namespaced!("Internal\\sampleEvent"), handler);
    function.arg(Arg::new("type", DataType::Mixed)).returns(DataType::String, false, true)
}
