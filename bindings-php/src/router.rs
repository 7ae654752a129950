//! The class `Internal\RouteTable`: finds the handler for an event. The handlers stay in PHP; here, each is a number.
#![allow(unsafe_code)] // reads the router in PHP's object

use std::cell::RefCell;
use std::rc::Rc;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::Router;

use crate::boundary::{Failure, constructor, held, method};
use crate::namespaced;
use crate::object::{class, held, registered};

/// The value in an object of the class. A receiver shares it, and sees handlers that are registered later.
pub(crate) type Shared = Rc<RefCell<Routes>>;

/// A router, and the number of its patterns, which is that of the next one.
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

held!(Shared);

pub(crate) fn register() -> Result<()> {
    let add = method!("add", (pattern: "pattern") -> Long, |call, result| {
        let routes = &mut *routes(call)?.borrow_mut();
        let number = routes.length;
        routes.router.on(pattern.pattern()?, number)?;
        routes.length += 1;
        result.set_long(number);
        Ok(())
    });
    let find = method!("find", (event_type: "type") -> Long | null, |call, result| {
        let routes = routes(call)?.borrow();
        if let Some(number) = event_type.text().and_then(|event_type| routes.find(event_type)) {
            result.set_long(number);
        }
        Ok(())
    });
    class::<Shared>(namespaced!("Internal\\RouteTable"))
        .method(constructor!((), Shared::default()), MethodFlags::Public)
        .method(add, MethodFlags::Public)
        .method(find, MethodFlags::Public)
        .registration(registered::<Shared>)
        .register()
}

/// The routes of the object whose method is called.
fn routes(call: &ExecuteData) -> std::result::Result<&Shared, Failure> {
    // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
    unsafe { &*held::<Shared>(call) }.as_ref().ok_or(Failure::Panic)
}
