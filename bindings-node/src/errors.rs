//! Passes an error to JavaScript, where `src-ts/errors.ts` makes an exception of it.

use std::ffi::CStr;

use payvost_webhooks::Error;

use crate::arguments::whole;
use crate::boundary::{Arguments, Env, Failure, Fault, Function, Value};

/// The error of a call to the core.
pub(crate) enum Refusal {
    /// An error for the caller.
    Error(Error),
    Fault,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Fault> for Refusal {
    fn from(_: Fault) -> Self {
        Self::Fault
    }
}

impl Failure for Refusal {
    fn value(self, env: Env<'_>) -> Result<Value<'_>, Fault> {
        match self {
            Self::Error(error) => brief(env, &error),
            Self::Fault => Err(Fault),
        }
    }
}

/// The errors of deliveries that are forged or replayed. They have no further details, so JavaScript reads their descriptions once.
const BRIEF: [Error; 5] =
    [Error::MissingSignature, Error::MalformedSignature, Error::SignatureMismatch, Error::EventTooOld, Error::EventInFuture];

/// Like [`describe`], or `-1`, `-2`, … for the errors that [`DescribeBrief`] describes.
fn brief<'c>(env: Env<'c>, error: &Error) -> Result<Value<'c>, Fault> {
    match (1..).zip(&BRIEF).find(|(_, brief)| *brief == error) {
        Some((number, _)) => env.number(-f64::from(number)),
        None => describe(env, error),
    }
}

/// `[class, code, message, hint]`, or `[…, offset, pointer]` if there is an offset or a pointer. An array is cheaper than an object, and each
/// element takes as long as reading the payload.
pub(crate) fn describe<'c>(env: Env<'c>, error: &Error) -> Result<Value<'c>, Fault> {
    let (class, code) = (env.string(error.class().as_str())?, env.string(error.code().as_str())?);
    let (message, hint) = (env.string(&error.to_string())?, env.string(error.hint())?);
    #[allow(clippy::as_conversions)] // an offset is below 2^28
    match (error.offset(), error.pointer()) {
        (None, None) => env.array([class, code, message, hint]),
        (Some(offset), _) => env.array([class, code, message, hint, env.number(offset as f64)?, env.null()?]),
        (None, Some(pointer)) => env.array([class, code, message, hint, env.null()?, env.string(pointer)?]),
    }
}

/// `describeBrief(number)`: the description of the error with the number `-1 - number`.
pub(crate) struct DescribeBrief;

impl Function for DescribeBrief {
    const NAME: &'static CStr = c"describeBrief";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [number, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let number = whole(number).and_then(|number| usize::try_from(number).ok());
        describe(env, number.and_then(|number| BRIEF.get(number)).ok_or(Fault)?)
    }
}
