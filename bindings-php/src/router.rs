//! The class `Internal\RouteTable`: which handler an event goes to. The handlers stay in PHP; here each is a number.
#![allow(unsafe_code)] // takes the router out of PHP's object

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::OnceLock;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_object_handlers;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::Router;

use crate::boundary::{Failure, arguments, run};
use crate::namespaced;
use crate::object::{Held, class, held, registered};

/// What an object of the class holds. A receiver shares it, and sees what is registered later.
pub(crate) type Shared = Rc<RefCell<Routes>>;

/// A router, and how many patterns it has: the number of the next one.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<i64>,
    length: i64,
}

impl Routes {
    /// The number of the most specific pattern for a type.
    pub(crate) fn find(&self, event_type: &str) -> Option<i64> {
        self.router.route(event_type).copied()
    }
}

pub(crate) fn register() -> Result<()> {
    class::<Shared>(namespaced!("Internal\\RouteTable"))
        .method(construct(), MethodFlags::Public)
        .method(add(), MethodFlags::Public)
        .method(find(), MethodFlags::Public)
        .registration(registered::<Shared>)
        .register()
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(Shared::default()) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
}

fn add() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([pattern]) = arguments(call, 1) else { return };
            let number = run(|| {
                let routes = &mut *routes(call)?.borrow_mut();
                let number = routes.length;
                routes.router.on(pattern.pattern()?, number)?;
                routes.length += 1;
                Ok(number)
            });
            if let Some(number) = number {
                result.set_long(number);
            }
        }
    }
    FunctionBuilder::new("add", handler).arg(Arg::new("pattern", DataType::Mixed)).returns(DataType::Long, false, false)
}

fn find() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([event_type]) = arguments(call, 1) else { return };
            let number = run(|| Ok(event_type.text().and_then(|event_type| routes(call).ok()?.borrow().find(event_type))));
            if let Some(number) = number.flatten() {
                result.set_long(number);
            }
        }
    }
    FunctionBuilder::new("find", handler).arg(Arg::new("type", DataType::Mixed)).returns(DataType::Long, false, true)
}

/// The routes of the object whose method is being called.
fn routes(call: &ExecuteData) -> std::result::Result<&Shared, Failure> {
    // SAFETY: a method of this class. Nothing runs until it returns that could change the object.
    unsafe { &*held::<Shared>(call) }.as_ref().ok_or(Failure::Panic)
}

impl Held for Shared {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
