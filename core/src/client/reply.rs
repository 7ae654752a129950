//! What a call returns.

use core::ops::Deref;

use crate::manage::{Data, Facts};

/// What a call returned: the object, which it dereferences to, and what came with it.
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

    /// The answer's data as it came: undocumented fields are part of it.
    #[must_use]
    pub const fn data(&self) -> &Data {
        &self.data
    }

    /// The answer's request id and rate limit.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How many requests it took.
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
