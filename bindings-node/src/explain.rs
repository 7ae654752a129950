//! `explain`: why a delivery was refused, for development.

use std::ffi::CStr;

use payvost_webhooks::explain::{Case, explain};
use zeroize::Zeroizing;

use crate::arguments::secret as bytes;
use crate::boundary::{Arguments, Env, Fault, Function, Value};

/// `explain(body, headers, secret, otherSecrets, otherBodies)`: the verdict, then code, evidence and fix of each cause. `undefined` if an
/// argument is neither text nor bytes.
pub(crate) struct Explain;

impl Function for Explain {
    const NAME: &'static CStr = c"explain";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [body, headers, secret, secrets, bodies, ..]: Arguments<'c>,
        (): &'c (),
    ) -> Result<Value<'c>, Fault> {
        let list =
            |values: Value<'c>| values.elements()?.into_iter().map(|value| bytes(value).ok()).collect::<Option<Vec<_>>>();
        let (Ok(body), Some(headers), Ok(secret), Some(secrets), Some(bodies)) =
            (bytes(body), list(headers), bytes(secret), list(secrets), list(bodies))
        else {
            return env.undefined();
        };
        let explanation = explain(&Case {
            body: &body,
            headers: &slices(&headers),
            secret: &secret,
            other_secrets: &slices(&secrets),
            other_bodies: &slices(&bodies),
        });
        let mut told = vec![env.string(explanation.verdict())?];
        for cause in explanation.causes() {
            for text in [cause.code().as_str(), cause.evidence(), cause.fix()] {
                told.push(env.string(text)?);
            }
        }
        env.list(&told)
    }
}

fn slices(list: &[Zeroizing<Vec<u8>>]) -> Vec<&[u8]> {
    list.iter().map(|bytes| bytes.as_slice()).collect()
}
