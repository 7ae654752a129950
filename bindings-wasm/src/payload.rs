//! The bytes of a payload, where JavaScript has written them.

use payvost_webhooks::Error;

use crate::boundary::{Raw, Value};

/// Stands in for the buffer of the native library, which has to copy payloads.
#[derive(Default)]
pub(crate) struct Buffer(());

impl Buffer {
    /// The bytes of a payload. JavaScript announces a large one before it writes it. If its length is accepted, the answer is that of the next
    /// check, for which there is no signature yet: `src-ts/wasm.ts` then writes the payload and calls again.
    #[inline]
    #[allow(clippy::unused_self)]
    pub(crate) fn copy<'c>(
        &self,
        value: Value<'c>,
        check_length: impl FnOnce(usize) -> Result<(), Error>,
    ) -> Result<&'c [u8], Error> {
        let (length, bytes) = match value.raw().ok_or(Error::PayloadNotRaw)? {
            Raw::Bytes(bytes) => (bytes.len(), Ok(bytes)),
            Raw::Announced(length) => (length, Err(Error::MissingSignature)),
            Raw::NoRoom(length) => (length, Err(Error::OutOfMemory)),
            Raw::IllFormed(length) => (length, Err(Error::PayloadNotRaw)),
        };
        check_length(length)?;
        bytes
    }

    /// What `hash` returns for the bytes of a payload.
    #[inline]
    pub(crate) fn hash<T>(
        &self,
        value: Value<'_>,
        check_length: impl FnOnce(usize) -> Result<(), Error>,
        hash: impl FnOnce(&[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        hash(self.copy(value, check_length)?)
    }
}

/// The length of a payload in bytes; `None` if it is not a payload.
pub(crate) fn length(value: Value<'_>) -> Option<usize> {
    match value.raw()? {
        Raw::Bytes(bytes) => Some(bytes.len()),
        Raw::Announced(length) | Raw::NoRoom(length) => Some(length),
        Raw::IllFormed(_) => None,
    }
}
