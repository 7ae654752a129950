//! Why a delivery was refused, for development.

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::explain::{Case, explain as explained};

use crate::arguments::Argument;
use crate::boundary::{Failure, method};
use crate::engine::hide_parameters_of_function;
use crate::item::{Item, build};
use crate::namespaced;

const NAME: &str = namespaced!("Internal\\explain");

/// The function `Internal\explain`: the verdict, and the code, the evidence and the fix of each cause.
pub(crate) fn explain() -> FunctionBuilder<'static> {
    method!(NAME, (body: "body", headers: "headers", secret: "secret", secrets: "otherSecrets", bodies: "otherBodies") -> Array, |_call, result| {
        write(&Given { body, headers, secret, secrets, bodies }, result)
    })
}

/// Keeps the bodies and secrets out of stack traces. To be called only while the extension starts.
pub(crate) fn hide_parameters() {
    hide_parameters_of_function(NAME, &[0, 2, 3, 4]);
}

struct Given<'c> {
    body: Argument<'c>,
    headers: Argument<'c>,
    secret: Argument<'c>,
    secrets: Argument<'c>,
    bodies: Argument<'c>,
}

fn write(given: &Given<'_>, result: &mut Zval) -> Result<(), Failure> {
    let [headers, secrets, bodies] = [given.headers, given.secrets, given.bodies].map(strings);
    let explanation = explained(&Case {
        body: given.body.payload()?,
        headers: &headers,
        secret: given.secret.secret()?,
        other_secrets: &secrets,
        other_bodies: &bodies,
    });
    let causes = explanation.causes().iter();
    let texts: Vec<_> = causes.map(|cause| [cause.code().as_str(), cause.evidence(), cause.fix()].map(Item::from)).collect();
    let causes: Vec<_> = texts.iter().map(|texts| Item::List(texts)).collect();
    build(&Item::List(&[explanation.verdict().into(), Item::List(&causes)]), result)
}

/// The strings of an array.
fn strings<'c>(list: Argument<'c>) -> Vec<&'c [u8]> {
    let values = list.0.and_then(Zval::array).into_iter().flat_map(|list| list.values());
    values.filter_map(|value| Argument(Some(value)).payload().ok()).collect()
}
