//! The C interface: opaque handles, result codes and plain structs over `payvost-webhooks`.
//!
//! The doc comments of this crate are the documentation of `include/payvost_webhooks.h`, so they
//! address C programmers. Each file is one noun of that header. Each depends only on those above it
//! in the order below: first the [`boundary`], then how calls fail, then the calls.

// Exporting a C symbol is itself `unsafe` in the sense of this lint, and nearly every file here exports one.
#![allow(unsafe_code)]
// The names are those of the header.
#![allow(non_camel_case_types)]
// cbindgen only reads `pub` items; this crate is not linked as Rust.
#![allow(unreachable_pub)]

// In the order of the header; the empty lines keep rustfmt from sorting them.
mod version;

mod boundary;

mod text;

mod arguments;

mod result;

mod outcome;

mod errors;

mod call;

#[rustfmt::skip]
mod event_type;

mod unescaped;

mod event;

mod values;

mod iterator;

mod verifier;

mod router;

mod policy;

mod request;

mod claim;

mod fault;

mod reply;

mod body;

mod record;

mod delivery;

mod answer;

mod dead_letters;

mod memory;

mod redis;

mod statements;

mod sql;

mod explain;
mod testing;

mod client;

#[rustfmt::skip]
mod call_operation;

mod api_call;
