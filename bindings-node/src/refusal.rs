//! A refusal on its way to JavaScript, where `lib/errors.js` makes an exception of it.

use payvost_webhooks::Error;

use crate::js::{Env, Failure, Value};

/// `[class, code, message, hint, offset, pointer]`. An array is cheaper to make than an object.
pub(crate) fn describe<'c>(env: Env<'c>, error: &Error) -> Result<Value<'c>, Failure> {
    #[allow(clippy::as_conversions)] // an offset is below 2^28
    let offset = error.offset().map(|offset| env.number(offset as f64));
    env.array([
        env.string(error.class().as_str())?,
        env.string(error.code().as_str())?,
        env.string(&error.to_string())?,
        env.string(error.hint())?,
        offset.unwrap_or_else(|| env.null())?,
        error.pointer().map_or_else(|| env.null(), |pointer| env.string(pointer))?,
    ])
}
