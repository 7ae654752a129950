//! How one native function gets at what another one owns: JavaScript holds the functions, and cannot look into them.

use std::cell::RefCell;
use std::rc::Rc;

use crate::boundary::{Call, Env, Fault, Kind, Value};

/// The third argument to a function that asks for what the function owns.
pub(crate) const ASKED: Kind = Kind::Boolean(true);

/// Where a function puts what it owns when it is asked for it.
pub(crate) struct Handoff<T>(Rc<RefCell<Option<T>>>);

impl<T> Handoff<T> {
    pub(crate) fn new() -> Self {
        Self(Rc::default())
    }

    pub(crate) fn put(&self, owned: T) {
        self.0.replace(Some(owned));
    }

    /// What that function owns. A function that owns something else is a fault.
    pub(crate) fn take_from<'c>(&self, env: Env<'c>, function: Value<'c>) -> Result<T, Fault> {
        self.0.take();
        let mut call = Call::new(function);
        for argument in [env.undefined()?, env.undefined()?, env.boolean(true)?] {
            call.push(argument);
        }
        call.make()?;
        self.0.take().ok_or(Fault)
    }
}

impl<T> Clone for Handoff<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
