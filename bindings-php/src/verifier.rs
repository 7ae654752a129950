//! The class `WebhookVerifier`, and the function `verifyWebhook`.
#![allow(unsafe_code)] // reads the verifier in PHP's object

use std::ops::Deref;
use std::ptr;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{zend_long, zend_object_handlers};
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use ext_php_rs::zend_fastcall;
use payvost_webhooks::{Error, SecretProblem, WebhookVerifier};

use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::clock::Clock;
use crate::engine::{hide_parameters as hide, hide_parameters_of_function};
use crate::object::{Held, class, held, make, registered};
use crate::{namespaced, values};

/// The value in an object of the class. A receiver shares it.
pub(crate) type Shared = Rc<Verifier>;

pub(crate) struct Verifier {
    core: WebhookVerifier,
    clock: Option<Clock>,
}

impl Verifier {
    /// The core's verifier, after the clock was read.
    #[inline]
    pub(crate) fn at_present(&self) -> Result<&WebhookVerifier, Failure> {
        self.clock.as_ref().map_or(Ok(()), Clock::read)?;
        Ok(&self.core)
    }
}

impl From<WebhookVerifier> for Verifier {
    fn from(core: WebhookVerifier) -> Self {
        Self { core, clock: None }
    }
}

impl Deref for Verifier {
    type Target = WebhookVerifier;

    fn deref(&self) -> &WebhookVerifier {
        &self.core
    }
}

const VERIFY_WEBHOOK: &str = namespaced!("verifyWebhook");

pub(crate) fn verify_webhook() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, signature, secret]) = arguments(call, 3) else { return };
            run(|| verify(&secret.secrets().build()?, payload, signature, result));
        }
    }
    FunctionBuilder::new(VERIFY_WEBHOOK, handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .arg(Arg::new("secret", DataType::Mixed))
        .returns(DataType::Array, false, false)
}

/// Keeps the arguments of `verifyWebhook` out of stack traces. To be called only while the extension starts.
pub(crate) fn hide_parameters() {
    hide_parameters_of_function(VERIFY_WEBHOOK, &[0, 1, 2]);
}

/// Verifies, and writes the event into the result. Shared by the method and the function.
#[inline]
fn verify(
    verifier: &WebhookVerifier,
    payload: Argument<'_>,
    signature: Argument<'_>,
    result: &mut Zval,
) -> Result<(), Failure> {
    let event = verifier.verify(payload.payload()?, signature.signature())?;
    values::build(event.as_value(), result)
}

static CLASS: AtomicPtr<ClassEntry> = AtomicPtr::new(ptr::null_mut());

/// Creates another object of the same verifier.
pub(crate) fn write(verifier: &Shared, result: &mut Zval) -> std::result::Result<(), Failure> {
    make(CLASS.load(Ordering::Acquire), Rc::clone(verifier), result)
}

pub(crate) fn register() -> ext_php_rs::error::Result<()> {
    class::<Shared>(namespaced!("WebhookVerifier"))
        .method(construct(), MethodFlags::Public)
        .method(verify_method(), MethodFlags::Public)
        .method(verify_signature_method(), MethodFlags::Public)
        .method(matching_secret_method(), MethodFlags::Public)
        .method(check_payload_length_method(), MethodFlags::Public)
        .registration(|class, tables| {
            CLASS.store(class, Ordering::Release);
            hide(
                class,
                &[("__construct", &[0]), ("verify", &[0, 1]), ("verifySignature", &[0, 1]), ("matchingSecret", &[0, 1])],
            );
            registered::<Shared>(class, tables);
        })
        .register()
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([secrets, tolerance, expect_live_mode, max_payload_bytes, clock]) = arguments(call, 1) else { return };
            run(|| {
                let clock = Clock::of(clock)?;
                let builder = tolerance.tolerance(secrets.secrets(), clock.as_ref());
                let builder = max_payload_bytes.max_payload_bytes(expect_live_mode.expect_live_mode(builder));
                let verifier = Rc::new(Verifier { core: builder.build()?, clock });
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(verifier) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .arg(Arg::new("secrets", DataType::Mixed))
        .not_required()
        .arg(Arg::new("toleranceSeconds", DataType::Mixed).default("null"))
        .arg(Arg::new("expectLiveMode", DataType::Mixed).default("null"))
        .arg(Arg::new("maxPayloadBytes", DataType::Mixed).default("null"))
        .arg(Arg::new("clock", DataType::Mixed).default("null"))
}

fn verify_method() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, signature]) = arguments(call, 2) else { return };
            run(|| verify(self::verifier(call)?.at_present()?, payload, signature, result));
        }
    }
    FunctionBuilder::new("verify", handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .returns(DataType::Array, false, false)
}

fn verify_signature_method() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([payload, signature]) = arguments(call, 2) else { return };
            run(|| Ok(self::verifier(call)?.verify_signature(payload.payload()?, signature.signature())?));
        }
    }
    FunctionBuilder::new("verifySignature", handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .returns(DataType::Void, false, false)
}

fn matching_secret_method() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, signature]) = arguments(call, 2) else { return };
            let position = run(|| Ok(self::verifier(call)?.matching_secret(payload.payload()?, signature.signature())?));
            if let Some(position) = position {
                result.set_long(zend_long::try_from(position).unwrap_or(zend_long::MAX));
            }
        }
    }
    FunctionBuilder::new("matchingSecret", handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .returns(DataType::Long, false, false)
}

fn check_payload_length_method() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([bytes]) = arguments(call, 1) else { return };
            run(|| Ok(self::verifier(call)?.check_payload_length(bytes.length()?)?));
        }
    }
    let method = FunctionBuilder::new("checkPayloadLength", handler).arg(Arg::new("bytes", DataType::Mixed));
    method.returns(DataType::Void, false, false)
}

impl Held for Shared {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}

/// The verifier of the object whose method is called.
fn verifier(call: &ExecuteData) -> std::result::Result<&Verifier, Error> {
    // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
    unsafe { &*held::<Shared>(call) }.as_deref().ok_or(Error::InvalidSecret(SecretProblem::Missing))
}
