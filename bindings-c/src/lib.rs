//! The C interface: opaque handles, result codes and plain structs over `payvost-webhooks`.
//!
//! The doc comments of this crate are the documentation of `include/payvost_webhooks.h`, so they speak to C programmers. Each
//! file is one noun of that header. [`ffi`] is the boundary: every exported function that does more than read a field goes through it.

// Exporting a C symbol is itself `unsafe` in the sense of this lint, and nearly every file here exports one.
#![allow(unsafe_code)]
// The names are those of the header.
#![allow(non_camel_case_types)]
// cbindgen takes nothing but `pub`; nobody links this crate as Rust.
#![allow(unreachable_pub)]

mod ffi;

// In the order of the header; the empty lines keep rustfmt from sorting them.
mod version;

mod result;

mod error;

mod verifier;

#[rustfmt::skip]
mod event_type;

mod event;

mod text;

mod value;

mod iterator;

mod outcome;

mod router;

mod sign;
