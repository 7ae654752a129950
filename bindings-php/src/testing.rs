//! Signatures and sample events, for tests.
#![allow(unsafe_code)] // writes PHP's strings

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
                // The secret is checked first, as everywhere.
                let raw = payload.payload();
                let signature = payvost_webhooks::sign(raw.unwrap_or_default(), secret.secret()?)?;
                raw?;
                <[u8; 64]>::try_from(signature.as_bytes()).map_err(|_| Failure::Panic)
            });
            if let Some(signature) = signature {
                // SAFETY: the result is null, and this frame owns nothing that a bailout would leak.
                unsafe { values::write_string(result, &signature) };
            }
        }
    }
    FunctionBuilder::new(SIGN, handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("secret", DataType::Mixed))
        .returns(DataType::String, false, false)
}

/// Keeps the payload and the secret out of stack traces. To be called only while the extension starts.
pub(crate) fn hide_parameters() {
    hide_parameters_of_function(SIGN, &[0, 1]);
}

/// The payload of a sample event, or null for a type that is not documented.
pub(crate) fn sample_event() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([event_type]) = arguments(call, 1) else { return };
            if let Some(payload) = run(|| Ok(event_type.text().and_then(payvost_webhooks::sample_event))).flatten() {
                // SAFETY: the result is null, and this frame owns nothing that a bailout would leak.
                unsafe { values::write_string(result, payload.as_bytes()) };
            }
        }
    }
    let function = FunctionBuilder::new(namespaced!("Internal\\sampleEvent"), handler);
    function.arg(Arg::new("type", DataType::Mixed)).returns(DataType::String, false, true)
}
