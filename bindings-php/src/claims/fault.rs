//! The class `Internal\Fault`: what went wrong in a store, as the core names it.
#![allow(unsafe_code)] // takes the fault out of PHP's object

use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_object_handlers;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::Fault;

use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{Held, class, held, make, registered};

static CLASS: AtomicPtr<ClassEntry> = AtomicPtr::new(ptr::null_mut());

pub(crate) fn register() -> Result<()> {
    class::<Fault>(namespaced!("Internal\\Fault"))
        .method(construct(), MethodFlags::Public)
        .method(describe(), MethodFlags::Public)
        .method(code(), MethodFlags::Public)
        .registration(|class, tables| {
            CLASS.store(class, Ordering::Release);
            registered::<Fault>(class, tables);
        })
        .register()
}

/// Makes an object of a fault.
pub(super) fn write(fault: &Fault, result: &mut Zval) -> std::result::Result<(), Failure> {
    make(CLASS.load(Ordering::Acquire), fault.clone(), result)
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([class, codes, message, is_connecting]) = arguments(call, 4) else { return };
            run(|| {
                let codes = codes.0.and_then(Zval::array).ok_or(Failure::Panic)?;
                let codes: Vec<_> = codes.values().filter_map(|code| Argument(Some(code)).text()).collect();
                let message = String::from_utf8_lossy(message.payload().unwrap_or_default());
                let fault = Fault::classify(class.text().unwrap_or_default(), &codes, &message);
                let fault = if is_connecting.is_true() { fault.while_connecting() } else { fault };
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(fault) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .arg(Arg::new("class", DataType::Mixed))
        .arg(Arg::new("codes", DataType::Mixed))
        .arg(Arg::new("message", DataType::Mixed))
        .arg(Arg::new("isConnecting", DataType::Mixed))
}

fn describe() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                let text = fault(call)?.to_string();
                build(&Item::from(&*text), result)
            });
        }
    }
    FunctionBuilder::new("describe", handler).returns(DataType::String, false, false)
}

fn code() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| build(&fault(call)?.code().into(), result));
        }
    }
    FunctionBuilder::new("code", handler).returns(DataType::String, false, false)
}

/// The fault of the object whose method is being called.
fn fault(call: &ExecuteData) -> std::result::Result<&Fault, Failure> {
    // SAFETY: a method of this class. Nothing runs until it returns that could change the object.
    unsafe { &*held::<Fault>(call) }.as_ref().ok_or(Failure::Panic)
}

impl Held for Fault {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
