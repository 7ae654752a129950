//! The class `ApiException`: a call of the management API that failed.
#![allow(unsafe_code)] // creates PHP's objects

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_throw_exception;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::manage::ApiError;

use crate::boundary::{arguments, run};
use crate::errors::{BASE_FIELDS, Class, GETTER, Property, Text, detail, getter, mark};
use crate::item::{Item, build};
use crate::namespaced;

/// Throws the exception of a call that failed. No frame may own anything that a bailout would leak.
#[cold]
pub(crate) fn throw(error: &ApiError) {
    /// The answer of a receiver whose handler lets the exception pass: a failure of its own.
    const RECEIVER_STATUS: usize = 500;
    let message = Text::<2048>::of(error);
    let body = Text::<256>::of(format_args!(
        r#"{{"error":{{"code":"{}","message":"a call of the management API failed"}}}}"#,
        error.code()
    ));
    // SAFETY: the class is registered, the message ends with a NUL, and PHP is calling a function of this extension. The engine holds
    // the object, because it is the current exception.
    unsafe {
        let exception = zend_throw_exception(API.entry(), message.as_c_str(), 0);
        detail(exception, error.code(), error.hint(), RECEIVER_STATUS, body.as_str());
        for (property, number) in [
            (&STATUS, error.status().map(usize::from)),
            (&RETRY_AFTER, error.retry_after().map(|seconds| usize::try_from(seconds).unwrap_or(usize::MAX))),
            (&ATTEMPTS, usize::try_from(error.attempts()).ok()),
        ] {
            if let Some(number) = number {
                property.set_int(exception, number);
            }
        }
        for (property, text) in [(&FIELD, error.field()), (&REQUEST_ID, error.request_id()), (&CAUSE_CODE, error.cause())] {
            if let Some(text) = text {
                property.set(exception, text);
            }
        }
    }
}

pub(crate) fn register() -> Result<()> {
    mark(namespaced!("ApiException"))
        .method(getter(FunctionBuilder::new("getStatus", get_status), &STATUS), GETTER)
        .method(getter(FunctionBuilder::new("getField", get_field), &FIELD), GETTER)
        .method(getter(FunctionBuilder::new("getRequestId", get_request_id), &REQUEST_ID), GETTER)
        .method(getter(FunctionBuilder::new("getRetryAfter", get_retry_after), &RETRY_AFTER), GETTER)
        .method(getter(FunctionBuilder::new("getAttempts", get_attempts), &ATTEMPTS), GETTER)
        .method(getter(FunctionBuilder::new("getCauseCode", get_cause_code), &CAUSE_CODE), GETTER)
        .method(FunctionBuilder::new("__sleep", sleep).returns(DataType::Array, false, false), MethodFlags::Public)
        .registration(|class, tables| API.registered(class, tables))
        .register()?;
    [&STATUS, &FIELD, &REQUEST_ID, &RETRY_AFTER, &ATTEMPTS, &CAUSE_CODE].into_iter().try_for_each(Property::declare)
}

static API: Class = Class::new();

static STATUS: Property = Property { owner: &API, name: "status", r#type: DataType::Long, nullable: true };
static FIELD: Property = Property { owner: &API, name: "field", r#type: DataType::String, nullable: true };
static REQUEST_ID: Property = Property { owner: &API, name: "requestId", r#type: DataType::String, nullable: true };
static RETRY_AFTER: Property = Property { owner: &API, name: "retryAfter", r#type: DataType::Long, nullable: true };
static ATTEMPTS: Property = Property { owner: &API, name: "attempts", r#type: DataType::Long, nullable: false };
static CAUSE_CODE: Property = Property { owner: &API, name: "causeCode", r#type: DataType::String, nullable: true };

zend_fastcall! {
    extern fn get_status(call: &mut ExecuteData, result: &mut Zval) {
        STATUS.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_field(call: &mut ExecuteData, result: &mut Zval) {
        FIELD.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_request_id(call: &mut ExecuteData, result: &mut Zval) {
        REQUEST_ID.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_retry_after(call: &mut ExecuteData, result: &mut Zval) {
        RETRY_AFTER.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_attempts(call: &mut ExecuteData, result: &mut Zval) {
        ATTEMPTS.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_cause_code(call: &mut ExecuteData, result: &mut Zval) {
        CAUSE_CODE.get(call, result);
    }
}

/// The engine's name of a private property of this class.
macro_rules! private {
    ($name:literal) => {
        concat!("\0", namespaced!("ApiException"), "\0", $name)
    };
}

zend_fastcall! {
    /// As the base class, with the properties of this class.
    extern fn sleep(call: &mut ExecuteData, result: &mut Zval) {
        let Some([]) = arguments(call, 0) else { return };
        let own = [
            private!("status"),
            private!("field"),
            private!("requestId"),
            private!("retryAfter"),
            private!("attempts"),
            private!("causeCode"),
        ];
        run(|| {
            let names: Vec<_> = BASE_FIELDS.into_iter().chain(own).map(Item::from).collect();
            build(&Item::List(&names), result)
        });
    }
}
