//! How a `payvost_delivery` ended: its outcome, the response and the log record.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use payvost_webhooks::Outcome;

use crate::boundary::{self, read};
use crate::delivery::payvost_delivery;
use crate::outcome::{self, INTERNAL_SERVER_ERROR, payvost_outcome};
use crate::record::{payvost_field, payvost_level};
use crate::result::payvost_result;
use crate::text::c_string;

/// The level of the record.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_log_level(delivery: Option<&payvost_delivery>) -> payvost_level {
    read(delivery, payvost_level::PAYVOST_LEVEL_ERROR, |delivery| match delivery.ended() {
        Some(ended) => ended.logged.level,
        None => payvost_level::PAYVOST_LEVEL_ERROR,
    })
}

/// The record as one line, without a line break at its end; empty before a record is asked for. Ends in
/// NUL, lives as long as the delivery, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_log_line(delivery: Option<&payvost_delivery>) -> *const c_char {
    read(delivery, c"".as_ptr(), |delivery| delivery.ended().map_or(c"".as_ptr(), |ended| ended.logged.line.as_ptr()))
}

/// The field of the record at an index, from 0 on; the first one is `code`. Returns whether there is one;
/// `*field` is written only then, and `field` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_log_field(
    delivery: Option<&payvost_delivery>,
    index: usize,
    field: Option<&mut MaybeUninit<payvost_field>>,
) -> bool {
    boundary::write(field, read(delivery, None, |delivery| delivery.ended()?.logged.field(index)))
}

/// Whether to add details of the handler's failure, such as a backtrace.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_log_with_exception(delivery: Option<&payvost_delivery>) -> bool {
    read(delivery, false, |delivery| delivery.ended().is_some_and(|ended| ended.logged.with_exception))
}

/// How the delivery ended. Returns whether it has ended; `*outcome` is written only then, and
/// `outcome` may be `NULL`. A retry that finds nothing under its key ends without an outcome.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_outcome(
    delivery: Option<&payvost_delivery>,
    outcome: Option<&mut MaybeUninit<payvost_outcome>>,
) -> bool {
    boundary::write(outcome, read(delivery, None, |delivery| delivery.outcome().map(payvost_outcome::from)))
}

/// The name of the outcome, the same in every language, such as `"handled"`; for a refusal the code
/// of its error, such as `"signature_mismatch"`. Empty if there is no outcome. Ends in NUL, lives
/// as long as the library, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_code(delivery: Option<&payvost_delivery>) -> *const c_char {
    read(delivery, c"".as_ptr(), |delivery| match delivery.outcome() {
        Some(outcome) => c_string(outcome.code()).as_ptr(),
        None => c"".as_ptr(),
    })
}

/// Why the delivery was refused; `PAYVOST_OK` when it was not.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_result(delivery: Option<&payvost_delivery>) -> payvost_result {
    read(delivery, payvost_result::PAYVOST_INVALID_ARGUMENT, |delivery| match delivery.outcome() {
        Some(Outcome::Refused(error)) => error.code().into(),
        _ => payvost_result::PAYVOST_OK,
    })
}

/// The HTTP status of the response. 500 for a delivery that has not ended, so that it is delivered
/// again. 0 after a retry that found nothing, because nobody waits for a response.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_http_status(delivery: Option<&payvost_delivery>) -> u32 {
    read(delivery, INTERNAL_SERVER_ERROR, |delivery| match delivery.outcome() {
        Some(outcome) => outcome.status().into(),
        None if delivery.found_nothing() => 0,
        None => INTERNAL_SERVER_ERROR,
    })
}

/// The header of the response at an index, from 0 on; names are in lower case. Returns whether
/// there is one; `*name` and `*value` are written only then, end in NUL, and may each be `NULL`.
/// The caller adds the length of the body.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_http_header(
    delivery: Option<&payvost_delivery>,
    index: usize,
    name: Option<&mut MaybeUninit<*const c_char>>,
    value: Option<&mut MaybeUninit<*const c_char>>,
) -> bool {
    let found = read(delivery, None, |delivery| {
        let (name, value) = delivery.ended()?.headers.get(index)?;
        Some((name.as_ptr(), value.as_ptr()))
    });
    let Some(found) = found else { return false };
    boundary::write(name, Some(found.0));
    boundary::write(value, Some(found.1));
    true
}

/// The body of the response, which is JSON. Ends in NUL, lives as long as the library, is never
/// `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_http_body(delivery: Option<&payvost_delivery>) -> *const c_char {
    match read(delivery, None, |delivery| delivery.ended().map(|ended| ended.body.as_ptr())) {
        Some(body) => body,
        None => outcome::http_body(Outcome::HandlerFailed),
    }
}
