//! A refusal on its way to JavaScript, where `src-ts/errors.ts` makes an exception of it.

use std::ffi::CStr;

use payvost_webhooks::Error;

use crate::arguments::whole;
use crate::boundary::{Arguments, Env, Failure, Fault, Function, Value};

/// Why a call of the core has no result.
pub(crate) enum Refusal {
    /// The core refuses, and the caller is told why.
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

/// What a delivery that is not the provider's, or not a new one, is refused for. All is said of them that there is to say, so that
/// JavaScript needs to be told once.
const BRIEF: [Error; 5] =
    [Error::MissingSignature, Error::MalformedSignature, Error::SignatureMismatch, Error::EventTooOld, Error::EventInFuture];

/// As [`describe`], or `-1`, `-2`, … for those of which [`DescribeBrief`] gives that.
fn brief<'c>(env: Env<'c>, error: &Error) -> Result<Value<'c>, Fault> {
    match (1..).zip(&BRIEF).find(|(_, brief)| *brief == error) {
        Some((number, _)) => env.number(-f64::from(number)),
        None => describe(env, error),
    }
}

/// `[class, code, message, hint]`, and where there is an offset or a pointer `[…, offset, pointer]`. An array is cheaper to make than
/// an object, and each of its elements costs as much as reading the payload.
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

/// `describeBrief(number)`: the description of the refusal that has the number `-1 - number`.
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
