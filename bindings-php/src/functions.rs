//! The functions `verifyWebhook` and `sign`.
#![allow(unsafe_code)] // writes strings of PHP's

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::ffi::ext_php_rs_compiler_globals;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;

use crate::boundary::{Failure, arguments, run};
use crate::engine::hide_parameter;
use crate::{namespaced, values, verifier};

const VERIFY_WEBHOOK: &str = namespaced!("verifyWebhook");
const SIGN: &str = namespaced!("sign");

pub(crate) fn verify_webhook() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, signature, secret]) = arguments(call, 3) else { return };
            run(|| verifier::verify(&secret.secrets().build()?, payload, signature, result));
        }
    }
    FunctionBuilder::new(VERIFY_WEBHOOK, handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .arg(Arg::new("secret", DataType::Mixed))
        .returns(DataType::Array, false, false)
}

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

/// Keeps the secrets out of stack traces.
pub(crate) fn hide_secrets() {
    // SAFETY: while extensions start, the compiler's table of functions is the one that they are registered in.
    unsafe {
        let functions = (*ext_php_rs_compiler_globals()).function_table;
        hide_parameter(functions, VERIFY_WEBHOOK, 2);
        hide_parameter(functions, SIGN, 1);
    }
}
