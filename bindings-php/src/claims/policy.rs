//! The class `ClaimPolicy`.
#![allow(unsafe_code)] // reads the policy in PHP's object

use std::sync::OnceLock;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{zend_long, zend_object_handlers};
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::ClaimPolicy;

use crate::boundary::{Failure, arguments, run};
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{Held, class, held, registered};

pub(crate) fn register() -> Result<()> {
    class::<ClaimPolicy>(namespaced!("ClaimPolicy"))
        .method(construct(), MethodFlags::Public)
        .method(lease_milliseconds(), MethodFlags::Public)
        .method(remember_milliseconds(), MethodFlags::Public)
        .method(open_key(), MethodFlags::Public)
        .registration(registered::<ClaimPolicy>)
        .register()
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([lease, remember, prefix]) = arguments(call, 0) else { return };
            run(|| {
                let policy = prefix.prefix(remember.remember(lease.lease(ClaimPolicy::new())?)?)?;
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(policy) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .not_required()
        .arg(Arg::new("leaseSeconds", DataType::Mixed).default("null"))
        .arg(Arg::new("rememberSeconds", DataType::Mixed).default("null"))
        .arg(Arg::new("prefix", DataType::Mixed).default("null"))
}

fn lease_milliseconds() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([lease]) = arguments(call, 0) else { return };
            set(result, run(|| Ok(lease.lease(policy(call)?.clone())?.lease_ms())));
        }
    }
    FunctionBuilder::new("leaseMilliseconds", handler)
        .not_required()
        .arg(Arg::new("seconds", DataType::Mixed).default("null"))
        .returns(DataType::Long, false, false)
}

fn remember_milliseconds() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            set(result, run(|| Ok(policy(call)?.remember_ms())));
        }
    }
    FunctionBuilder::new("rememberMilliseconds", handler).returns(DataType::Long, false, false)
}

fn open_key() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                let key = policy(call)?.open_key();
                build(&Item::from(&*key), result)
            });
        }
    }
    FunctionBuilder::new("openKey", handler).returns(DataType::String, false, false)
}

fn set(result: &mut Zval, milliseconds: Option<u64>) {
    if let Some(milliseconds) = milliseconds {
        result.set_long(zend_long::try_from(milliseconds).unwrap_or(zend_long::MAX));
    }
}

/// The policy of the object whose method is called.
fn policy(call: &ExecuteData) -> std::result::Result<&ClaimPolicy, Failure> {
    // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
    unsafe { &*held::<ClaimPolicy>(call) }.as_ref().ok_or(Failure::Panic)
}

impl Held for ClaimPolicy {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
