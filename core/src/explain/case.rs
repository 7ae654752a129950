//! The input of an explanation.

use core::fmt;

/// A delivery that was refused, and what it may be compared with.
#[derive(Clone, Copy, Default)]
pub struct Case<'c> {
    /// The body as it was verified.
    pub body: &'c [u8],
    /// Every value of the `Payvost-Signature` header: none if it was absent.
    pub headers: &'c [&'c [u8]],
    /// The secret as it is configured, byte for byte.
    pub secret: &'c [u8],
    /// Other secrets: those of other endpoints, of the other mode, or from before a rotation. The first 64 are tried.
    pub other_secrets: &'c [&'c [u8]],
    /// Other bodies: what else arrived, or what was recorded in front of the application.
    pub other_bodies: &'c [&'c [u8]],
}

impl fmt::Debug for Case<'_> {
    /// Shows numbers and lengths alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("body", &self.body.len())
            .field("headers", &self.headers.len())
            .field("other_secrets", &self.other_secrets.len())
            .field("other_bodies", &self.other_bodies.len())
            .finish_non_exhaustive()
    }
}
