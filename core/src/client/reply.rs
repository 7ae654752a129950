//! The result of a call.

use core::ops::Deref;

use crate::manage::{Data, Facts};

/// The result of a call: an object, to which it dereferences, and facts about the response.
#[derive(Debug)]
pub struct Reply<T> {
    pub(super) object: T,
    pub(super) data: Data,
    pub(super) facts: Facts,
    pub(super) attempts: u32,
}

impl<T> Reply<T> {
    /// The object alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.object
    }

    /// The data of the response, including undocumented fields.
    #[must_use]
    pub const fn data(&self) -> &Data {
        &self.data
    }

    /// The request id and rate limit of the response.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The number of requests, including those that could not be sent.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}
