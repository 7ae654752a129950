//! Passes the data of one native function to another: JavaScript holds the functions, but cannot read their data.

use std::cell::RefCell;
use std::rc::Rc;

use crate::boundary::{Env, Fault, Kind, Value};

/// The third argument that asks a function for its data.
pub(crate) const ASKED: Kind = Kind::Boolean(true);

/// The place where a function puts its data when it is asked for it.
pub(crate) struct Handoff<T>(Rc<RefCell<Option<T>>>);

impl<T> Handoff<T> {
    pub(crate) fn new() -> Self {
        Self(Rc::default())
    }

    pub(crate) fn put(&self, owned: T) {
        self.0.replace(Some(owned));
    }

    /// The data of that function. A function with other data is a fault.
    pub(crate) fn take_from<'c>(&self, env: Env<'c>, function: Value<'c>) -> Result<T, Fault> {
        self.0.take();
        function.call(&[env.undefined()?, env.undefined()?, env.boolean(true)?])?;
        self.0.take().ok_or(Fault)
    }
}

impl<T> Clone for Handoff<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
