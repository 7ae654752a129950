//! A call that can fail: its result and its `payvost_error`.

use core::mem::MaybeUninit;

use crate::boundary::guarded;
use crate::errors::{Failure, payvost_error};
use crate::result::payvost_result;

/// Runs a call that can fail, and reports the result to C.
pub(crate) fn run(
    error: Option<&mut MaybeUninit<payvost_error>>,
    call: impl FnOnce() -> Result<(), Failure>,
) -> payvost_result {
    let outcome = guarded(Err(Failure::Panic), call);
    if let Some(error) = error {
        error.write(guarded(payvost_error::NONE, || payvost_error::new(&outcome)));
    }
    outcome.err().map_or(payvost_result::PAYVOST_OK, |failure| failure.result())
}

/// A handle or a place for a result that must not be `NULL`, or a number that must be one of those in the header.
pub(crate) fn given<T>(argument: Option<T>) -> Result<T, Failure> {
    argument.ok_or(Failure::InvalidArgument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_result() {
        let mut error = MaybeUninit::uninit();
        let result = run(Some(&mut error), || panic!("seen by nobody"));
        assert_eq!(result, payvost_result::PAYVOST_PANIC);
        // SAFETY: `run` writes it always.
        let error = unsafe { error.assume_init() };
        assert_eq!(error.message(), c"internal error");
    }
}
