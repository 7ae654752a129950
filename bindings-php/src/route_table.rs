//! The class `Internal\RouteTable`: which handler an event goes to. The handlers stay in PHP; here each is a number.
#![allow(unsafe_code)] // takes the router out of PHP's object

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

use crate::boundary::{arguments, run};
use crate::namespaced;
use crate::object::{Held, class, held, registered};

/// A router, and how many patterns it has: the number of the next one.
#[derive(Default)]
struct Routes {
    router: Router<i64>,
    length: i64,
}

pub(crate) fn register() -> Result<()> {
    class::<Routes>(namespaced!("Internal\\RouteTable"))
        .method(add(), MethodFlags::Public)
        .method(find(), MethodFlags::Public)
        .registration(registered::<Routes>)
        .register()
}

fn add() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([pattern]) = arguments(call, 1) else { return };
            let number = run(|| {
                // SAFETY: a method of this class is being called, and no other one is.
                let routes = unsafe { &mut *held::<Routes>(call) }.get_or_insert_default();
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
            let number = run(|| {
                // SAFETY: as above.
                let routes = unsafe { &*held::<Routes>(call) };
                Ok(routes.as_ref().and_then(|routes| routes.router.route(event_type.text()?)).copied())
            });
            if let Some(number) = number.flatten() {
                result.set_long(number);
            }
        }
    }
    FunctionBuilder::new("find", handler).arg(Arg::new("type", DataType::Mixed)).returns(DataType::Long, false, true)
}

impl Held for Routes {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
