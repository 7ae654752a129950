//! The bytes of a payload, in a buffer that each call lends to the next.

use std::cell::Cell;
use std::mem;
use std::ops::Deref;

use payvost_webhooks::Error;

use crate::boundary::{Memory, Value};
use crate::utf16;

/// A larger buffer is not kept.
const MAX_KEPT: usize = 1 << 20;

/// The buffer, which is empty while a payload is in use. New memory would have to be mapped for each large payload, which takes longer than the
/// copy itself.
#[derive(Default)]
pub(crate) struct Buffer(Cell<Vec<u8>>);

/// A copy of a payload. It returns the buffer when it is dropped.
pub(crate) struct Payload<'b> {
    bytes: Vec<u8>,
    lender: &'b Buffer,
}

impl Buffer {
    /// Copies a payload: `string`, `Uint8Array` or `ArrayBuffer`. A payload whose length is rejected is not copied.
    #[inline]
    pub(crate) fn copy(
        &self,
        value: Value<'_>,
        check_length: impl FnOnce(usize) -> Result<(), Error>,
    ) -> Result<Payload<'_>, Error> {
        if let Some(memory) = value.uint8_array().or_else(|| value.array_buffer()) {
            check_length(memory.len())?;
            let mut bytes = self.0.take();
            memory.copy_to(&mut bytes).ok_or(Error::OutOfMemory)?;
            return Ok(Payload { bytes, lender: self });
        }
        let length = value.string_length().ok_or(Error::PayloadNotRaw)?;
        check_length(length)?; // each unit takes at least a byte
        let mut units = Vec::new();
        units.try_reserve_exact(length + 1).map_err(|_| Error::OutOfMemory)?;
        let units = value.string_units_in(units, length).ok_or(Error::PayloadNotRaw)?;
        let mut text = Vec::new();
        text.try_reserve_exact(utf16::room(&units)).map_err(|_| Error::OutOfMemory)?;
        let bytes = utf16::to_utf8_in(text, &units).ok_or(Error::PayloadNotRaw)?;
        Ok(Payload { bytes, lender: self })
    }

    /// What `hash` returns for the bytes of a payload, which it must only hash. They are copied if a worker can write to them.
    #[inline]
    pub(crate) fn hash<T>(
        &self,
        value: Value<'_>,
        check_length: impl FnOnce(usize) -> Result<(), Error>,
        hash: impl FnOnce(&[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let memory = value.uint8_array().or_else(|| value.array_buffer());
        if let Some(bytes) = memory.as_ref().and_then(Memory::to_hash) {
            check_length(bytes.len())?;
            return hash(bytes);
        }
        hash(&self.copy(value, check_length)?)
    }
}

impl Deref for Payload<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Payload<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.bytes.capacity() <= MAX_KEPT {
            self.lender.0.set(mem::take(&mut self.bytes));
        }
    }
}

/// The length of a payload in bytes; `None` if it is not a payload.
pub(crate) fn length(value: Value<'_>) -> Option<usize> {
    match value.uint8_array().or_else(|| value.array_buffer()) {
        Some(memory) => Some(memory.len()),
        None => Buffer::default().copy(value, |_| Ok(())).ok().map(|payload| payload.len()),
    }
}
