//! `payvost_client`: the key, the options and the budget that calls of the management API share.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use payvost_webhooks::manage::{Client, Names, Refusal};
use payvost_webhooks::{Error, OptionName};

use crate::boundary::{self, boxed};
use crate::call::{self, given};
use crate::errors::{Failure, payvost_error};
use crate::result::payvost_result;

/// A client of the management API: its API key, its options, and the budget for retries that its calls
/// share. It does no I/O. Any number of threads can start calls on one client.
pub struct payvost_client {
    client: Client,
}

/// Creates a client with a secret API key (`sk_test_...` or `sk_live_...`).
///
/// `options` is `NULL`, or a JSON object with some of `environment` (`"sandbox"` or `"production"`, which
/// must match the key), `base_url`, `timeout` and `deadline` (seconds), `max_retries`. `*client` is
/// written on success only, and must be freed with `payvost_client_free()`. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION` if the key or an option is invalid. The library keeps a copy
/// of the key until the client and its calls are freed, and then wipes it.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_client_new(
    api_key: *const c_char,
    api_key_len: usize,
    options: *const c_char,
    options_len: usize,
    client: Option<&mut MaybeUninit<Box<payvost_client>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    run(error, || {
        let client = given(client)?;
        // SAFETY: they point to as many readable bytes as their lengths say, or are null.
        let (key, options) = unsafe { (boundary::bytes(api_key.cast(), api_key_len), json(options, options_len)?) };
        let builder = Client::builder(key.unwrap_or_default()).names(Names::Snake).host("c").options(options)?;
        client.write(boxed(payvost_client { client: builder.build()? })?);
        Ok(())
    })
}

/// Frees a client. Its calls stay valid. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_client_free(client: Option<Box<payvost_client>>) {
    boundary::guarded((), || drop(client));
}

impl payvost_client {
    pub(crate) const fn get(&self) -> &Client {
        &self.client
    }
}

/// Optional JSON: `NULL` counts as an empty object.
///
/// # Safety
///
/// As for [`boundary::bytes`].
pub(crate) unsafe fn json<'a>(start: *const c_char, length: usize) -> Result<&'a [u8], Failure> {
    if start.is_null() {
        return Ok(&[]);
    }
    // SAFETY: the caller keeps to it.
    unsafe { boundary::bytes(start.cast(), length) }.ok_or(Failure::InvalidArgument)
}

/// Why a call failed before anything was sent.
pub(crate) enum Refused {
    Failure(Failure),
    Option(Box<Refusal>),
}

/// As [`call::run`], for calls that check options and parameters.
pub(crate) fn run(
    mut error: Option<&mut MaybeUninit<payvost_error>>,
    call: impl FnOnce() -> Result<(), Refused>,
) -> payvost_result {
    let mut refusal = None;
    let result = call::run(error.as_deref_mut(), || {
        call().map_err(|refused| match refused {
            Refused::Failure(failure) => failure,
            Refused::Option(option) => {
                refusal = Some(option);
                Failure::Refused(Error::InvalidOption(OptionName::Unknown))
            }
        })
    });
    if let (Some(refusal), Some(error)) = (refusal, error) {
        // SAFETY: the call above has written it.
        let error = unsafe { error.assume_init_mut() };
        boundary::guarded((), || error.describe(&*refusal, refusal.hint()));
    }
    result
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Option(Box::new(refusal))
    }
}
