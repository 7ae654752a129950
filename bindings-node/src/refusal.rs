//! A refusal on its way to JavaScript, where `lib/errors.js` makes an exception of it.

use payvost_webhooks::Error;

use crate::js::{Env, Failure, Value};

/// `[class, code, message, hint]`, and where there is an offset or a pointer `[…, offset, pointer]`. An array is cheaper to make than
/// an object, and each of its elements costs as much as reading the payload.
pub(crate) fn describe<'c>(env: Env<'c>, error: &Error) -> Result<Value<'c>, Failure> {
    let (class, code) = (env.string(error.class().as_str())?, env.string(error.code().as_str())?);
    let (message, hint) = (env.string(&error.to_string())?, env.string(error.hint())?);
    #[allow(clippy::as_conversions)] // an offset is below 2^28
    match (error.offset(), error.pointer()) {
        (None, None) => env.array([class, code, message, hint]),
        (Some(offset), _) => env.array([class, code, message, hint, env.number(offset as f64)?, env.null()?]),
        (None, Some(pointer)) => env.array([class, code, message, hint, env.null()?, env.string(pointer)?]),
    }
}
