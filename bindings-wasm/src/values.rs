//! Passes an event to JavaScript: `JSON.parse` builds it from the text that has just passed the strict check.

use std::rc::Rc;

use payvost_webhooks::Event;

use crate::boundary::{Env, Fault, Value};
use crate::errors::Refusal;
use crate::payload::Buffer;

/// Stands in for what the native library keeps from one event to the next.
pub(crate) type SharedNotes = Rc<Kept>;

#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) payload: Buffer,
}

pub(crate) struct Notes;

impl Notes {
    pub(crate) fn shared() -> SharedNotes {
        SharedNotes::default()
    }
}

/// Builds the object of an event.
#[derive(Clone, Copy)]
pub(crate) struct Builder<'c> {
    /// Not called.
    #[allow(dead_code)]
    pub(crate) function: Value<'c>,
    pub(crate) notes: &'c SharedNotes,
}

impl<'c> Builder<'c> {
    #[allow(clippy::unused_self)]
    pub(crate) fn plan(self, env: Env<'c>) -> Plan<'c> {
        Plan { env }
    }
}

/// An event that is being passed on.
pub(crate) struct Plan<'c> {
    env: Env<'c>,
}

impl<'c> Plan<'c> {
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    pub(crate) fn read(&mut self, _: &Event<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps)]
    pub(crate) fn build(&mut self) -> Result<Value<'c>, Fault> {
        Ok(self.env.event())
    }
}
