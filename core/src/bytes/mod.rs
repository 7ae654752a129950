//! Helpers for bytes, whatever they mean.

pub(crate) mod ascii;
pub(crate) mod hex;
pub(crate) mod sha256;
