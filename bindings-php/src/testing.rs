//! What tests need: signatures and sample events.
#![allow(unsafe_code)] // writes strings of PHP's

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;

use crate::boundary::{Failure, arguments, run};
use crate::engine::hide_parameters_of_function;
use crate::{namespaced, values};

const SIGN: &str = namespaced!("sign");

/// The function `sign`.
pub(crate) fn sign() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, secret]) = arguments(call, 2) else { return };
            let signature = run(|| {
                // A mistake in the secret is named first, as everywhere.
                let raw = payload.payload();
                let signature = payvost_webhooks::sign(raw.unwrap_or_default(), secret.secret()?)?;
                raw?;
                <[u8; 64]>::try_from(signature.as_bytes()).map_err(|_| Failure::Panic)
            });
            if let Some(signature) = signature {
                // SAFETY: PHP's place for the result holds null, and nothing is owned here that a bailout would skip.
                unsafe { values::write_string(result, &signature) };
            }
        }
    }
    FunctionBuilder::new(SIGN, handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("secret", DataType::Mixed))
        .returns(DataType::String, false, false)
}

/// Keeps the payload and the secret out of stack traces. Only while the extension starts.
pub(crate) fn hide_parameters() {
    hide_parameters_of_function(SIGN, &[0, 1]);
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
