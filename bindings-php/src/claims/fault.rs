//! The class `Internal\Fault`: what went wrong in a store, in the core's terms.
#![allow(unsafe_code)] // reads the fault in PHP's object

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use payvost_webhooks::claims::Fault;

use crate::arguments::Argument;
use crate::boundary::{Failure, constructor, held, method};
use crate::engine::hide_parameters;
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{class, held, make, registered};

static CLASS: AtomicPtr<ClassEntry> = AtomicPtr::new(ptr::null_mut());

held!(Fault);

pub(crate) fn register() -> Result<()> {
    let construct = constructor!((class: "class", codes: "codes", message: "message", is_connecting: "isConnecting"), {
        let codes = codes.0.and_then(Zval::array).ok_or(Failure::Panic)?;
        let codes: Vec<_> = codes.values().filter_map(|code| Argument(Some(code)).text()).collect();
        let message = String::from_utf8_lossy(message.payload().unwrap_or_default());
        let fault = Fault::classify(class.text().unwrap_or_default(), &codes, &message);
        if is_connecting.is_true() { fault.while_connecting() } else { fault }
    });
    class::<Fault>(namespaced!("Internal\\Fault"))
        .method(construct, MethodFlags::Public)
        .method(
            method!("describe", () -> String, |call, result| {
                let text = fault(call)?.to_string();
                build(&Item::from(&*text), result)
            }),
            MethodFlags::Public,
        )
        .method(method!("code", () -> String, |call, result| build(&fault(call)?.code().into(), result)), MethodFlags::Public)
        .registration(|class, tables| {
            CLASS.store(class, Ordering::Release);
            hide_parameters(class, &[("__construct", &[2])]);
            registered::<Fault>(class, tables);
        })
        .register()
}

/// Creates an object of a fault.
pub(super) fn write(fault: &Fault, result: &mut Zval) -> std::result::Result<(), Failure> {
    make(CLASS.load(Ordering::Acquire), fault.clone(), result)
}

/// The fault of the object whose method is called.
fn fault(call: &ExecuteData) -> std::result::Result<&Fault, Failure> {
    // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
    unsafe { &*held::<Fault>(call) }.as_ref().ok_or(Failure::Panic)
}
