//! `payvost_explanation`: why a delivery was refused, for development.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;

use payvost_webhooks::explain::{Case, Explanation, explain};

use crate::arguments;
use crate::boundary::{self, read};
use crate::call::{self, given};
use crate::errors::{Failure, payvost_error};
use crate::result::payvost_result;
use crate::text::payvost_str;

/// Why a delivery was refused.
pub struct payvost_explanation {
    explanation: Explanation,
}

/// A proven cause. It belongs to its explanation.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_cause {
    /// The stable code, such as `body_reserialized`.
    pub code: payvost_str,
    /// How the cause shows, without any part of a body, a secret or a signature.
    pub evidence: payvost_str,
    /// What to do about it.
    pub fix: payvost_str,
}

/// Explains why a delivery was refused: for development, never for a receiver. It undoes what
/// usually goes wrong, signs the result again, and names a cause only if the signature then matches.
///
/// `headers` are the values of the signature header: `NULL` and 0 if it was absent. `other_secrets`
/// and `other_bodies` are compared with; each may be `NULL` with a count of 0. `error` may be `NULL`.
///
/// On success `*explanation` is a new explanation, for `payvost_explanation_free()`. Fails with
/// `PAYVOST_INVALID_SECRET` if `secret` is `NULL`, or `PAYVOST_PAYLOAD_NOT_RAW`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_explain(
    payload: *const c_void,
    payload_len: usize,
    headers: *const payvost_str,
    header_count: usize,
    secret: *const c_char,
    secret_len: usize,
    other_secrets: *const payvost_str,
    other_secret_count: usize,
    other_bodies: *const payvost_str,
    other_body_count: usize,
    explanation: Option<&mut MaybeUninit<Box<payvost_explanation>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let explanation = given(explanation)?;
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (secret, payload) = unsafe { (arguments::secret(secret, secret_len), arguments::payload(payload, payload_len)) };
        // SAFETY: each points to as many texts as its count says, and each text to as many bytes as its length says.
        let (headers, other_secrets, other_bodies) = unsafe {
            (texts(headers, header_count)?, texts(other_secrets, other_secret_count)?, texts(other_bodies, other_body_count)?)
        };
        let found = explain(&Case {
            secret: secret?,
            body: payload?,
            headers: &headers,
            other_secrets: &other_secrets,
            other_bodies: &other_bodies,
        });
        explanation.write(Box::new(payvost_explanation { explanation: found }));
        Ok(())
    })
}

/// `ok`, or the name of the code with which `payvost_verify_webhook()` fails. It lives as long as the
/// library.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_explanation_verdict(explanation: Option<&payvost_explanation>) -> payvost_str {
    read(explanation, payvost_str::EMPTY, |explanation| payvost_str::new(explanation.explanation.verdict()))
}

/// The cause at an index, from 0 on, the most telling first. Returns whether there is one; `*cause` is
/// written only then, and `cause` may be `NULL`. There is none if the verdict is `ok`, and only
/// `unknown` if nothing is proven.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_explanation_cause(
    explanation: Option<&payvost_explanation>,
    index: usize,
    cause: Option<&mut MaybeUninit<payvost_cause>>,
) -> bool {
    let found = read(explanation, None, |explanation| {
        explanation.explanation.causes().get(index).map(|cause| payvost_cause {
            code: payvost_str::new(cause.code().as_str()),
            evidence: payvost_str::new(cause.evidence()),
            fix: payvost_str::new(cause.fix()),
        })
    });
    boundary::write(cause, found)
}

/// Frees an explanation. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_explanation_free(explanation: Option<Box<payvost_explanation>>) {
    boundary::guarded((), || drop(explanation));
}

/// The bytes of each text of a list.
///
/// # Safety
///
/// The list is null, or has as many texts as `count` says, each of as many readable bytes as it says.
unsafe fn texts<'a>(list: *const payvost_str, count: usize) -> Result<Vec<&'a [u8]>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if list.is_null() || !list.is_aligned() || count > isize::MAX.unsigned_abs() / size_of::<payvost_str>() {
        return Err(Failure::InvalidArgument);
    }
    // SAFETY: the caller keeps to it, and the length was checked.
    let list = unsafe { core::slice::from_raw_parts(list, count) };
    // SAFETY: the caller keeps to it.
    let bytes = |text: &payvost_str| unsafe { boundary::bytes(text.data.cast(), text.len) };
    list.iter().map(|text| bytes(text).ok_or(Failure::InvalidArgument)).collect()
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;

    #[test]
    fn a_secret_with_a_newline_is_explained() {
        let (body, secret) = (b"{\"id\":\"evt_1\"}", "whsec_example\n");
        let signature = payvost_webhooks::sign(body, "whsec_example").unwrap_or_default();
        let headers = [payvost_str::new(&signature)];
        let mut explanation = MaybeUninit::uninit();
        // SAFETY: all lengths are right.
        let result = unsafe {
            payvost_explain(
                body.as_ptr().cast(),
                body.len(),
                headers.as_ptr(),
                1,
                secret.as_ptr().cast(),
                secret.len(),
                ptr::null(),
                0,
                ptr::null(),
                0,
                Some(&mut explanation),
                None,
            )
        };
        assert_eq!(result, payvost_result::PAYVOST_OK);
        // SAFETY: it is written on success.
        let explanation = unsafe { explanation.assume_init() };
        let mut cause = MaybeUninit::uninit();
        assert!(payvost_explanation_cause(Some(&explanation), 0, Some(&mut cause)));
        // SAFETY: it is written if there is a cause.
        let code = unsafe { cause.assume_init() }.code;
        assert_eq!(code.len, "secret_newline".len());
        assert!(!payvost_explanation_cause(Some(&explanation), 1, None));
        assert_eq!(payvost_explanation_verdict(Some(&explanation)).len, "invalid_secret".len());
        payvost_explanation_free(Some(explanation));
    }
}
