//! Events whose keys are left to the host's dictionaries.

use crate::error::Error;
use crate::event::Event;
use crate::json::{Document, JsonProblem, Value};
use crate::signature::Signature;

/// An event of which everything has been checked but whether a key stands twice in one object. It is not verified before
/// [`finish`](Self::finish) has said so.
///
/// A host that makes a dictionary of every object finds such keys while it does that, provided that keys are the same to it exactly
/// when their code points are, and that nobody can choose keys that its hash table is slow with.
#[derive(Debug)]
pub struct EventDraft<'p> {
    event: Event<'p>,
    signature: Signature,
}

impl<'p> EventDraft<'p> {
    pub(crate) fn new(event: Event<'p>, signature: Signature) -> Self {
        Self { event, signature }
    }

    /// The whole payload. What is made of it must not be used before [`finish`](Self::finish) has given the event.
    #[inline]
    #[must_use]
    pub fn as_value(&self) -> Value<'_> {
        self.event.as_value()
    }

    /// The event, if it is one. `keys_differ` says whether every dictionary came out with as many members as its
    /// [`Object::len`](crate::Object::len).
    ///
    /// # Errors
    ///
    /// As [`WebhookVerifier::verify`](crate::WebhookVerifier::verify) for a key that stands twice.
    #[inline]
    pub fn finish(self, keys_differ: bool) -> Result<Event<'p>, Error> {
        if keys_differ { Ok(self.event) } else { Err(self.duplicate_key()) }
    }

    #[cold]
    fn duplicate_key(self) -> Error {
        // If there is none after all, the host has lost a member: so it is refused even then.
        let lost = Error::InvalidJson { offset: 0, problem: JsonProblem::DuplicateKey };
        Document::parse(self.event.payload().as_bytes(), self.signature.hash_key()).err().map_or(lost, Error::from)
    }
}
