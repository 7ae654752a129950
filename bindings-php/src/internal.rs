//! What the library in PHP asks the core for.
#![allow(unsafe_code)] // writes strings of PHP's

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::ffi::zend_long;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::Outcome;

use crate::boundary::{arguments, run};
use crate::{namespaced, values};

/// The status and the body to answer when the handler has returned, or has failed.
pub(crate) fn answer() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([handled]) = arguments(call, 1) else { return };
            run(|| {
                let outcome = if handled.is_true() { Outcome::Handled } else { Outcome::HandlerFailed };
                values::build_pair(zend_long::from(outcome.status()), &outcome.body(), result)
            });
        }
    }
    let function = FunctionBuilder::new(namespaced!("Internal\\answer"), handler);
    function.arg(Arg::new("handled", DataType::Mixed)).returns(DataType::Array, false, false)
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
