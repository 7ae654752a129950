//! Why a delivery was refused: for development, never for a receiver.
//!
//! [`explain`] takes a body, its header and the secret, and names the causes that it can prove. It undoes what usually goes wrong (a
//! newline after the secret, a body that was parsed and written again, …) and computes the HMAC of the result. A cause is named only if
//! the signature then matches, so it is never a guess. The verdict is that of [`WebhookVerifier::verify`](crate::WebhookVerifier::verify)
//! alone: what `verify` refuses stays refused.
//!
//! ```
//! use payvost_webhooks::explain::{Case, CauseCode, explain};
//! use payvost_webhooks::sign;
//!
//! let signed = br#"{"id":"evt_1","type":"user.created","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
//! let received = br#"{"id": "evt_1", "type": "user.created", "createdAt": "2025-11-01T10:00:00Z", "liveMode": true, "data": {}}"#;
//! let header = sign(signed, "whsec_example")?;
//!
//! let explanation = explain(&Case {
//!     body: received,
//!     headers: &[header.as_bytes()],
//!     secret: b"whsec_example",
//!     ..Case::default()
//! });
//! assert_eq!(explanation.verdict(), "signature_mismatch");
//! assert_eq!(explanation.causes()[0].code(), CauseCode::BodyReserialized);
//! # Ok::<(), payvost_webhooks::Error>(())
//! ```
//!
//! # Bounds
//!
//! At most [`MAX_WORK`] bytes are written and hashed in search of a cause, besides one reading of each given secret and body. So the
//! time of a call is bounded, whatever the body: less than a tenth of a second for the slowest bodies of 1 MiB.

mod bodies;
mod case;
mod code;
mod compare;
mod encodings;
mod finding;
mod habits;
mod hashes;
mod header;
mod inflate;
mod keys;
mod numbers;
mod search;
mod style;
mod tree;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub use self::case::Case;
pub use self::code::CauseCode;
pub use self::search::MAX_WORK;

use self::finding::Finding;
use self::search::Search;
use crate::error::{Error, JsonProblem, SecretProblem};
use crate::verify::WebhookVerifier;

/// What [`explain`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    verdict: Result<(), Error>,
    causes: Vec<Cause>,
}

/// A proven cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    code: CauseCode,
    evidence: Cow<'static, str>,
}

impl Explanation {
    /// `ok`, or the code of the error that [`verify`](WebhookVerifier::verify) returns.
    #[must_use]
    pub const fn verdict(&self) -> &'static str {
        match self.verdict {
            Ok(()) => "ok",
            Err(error) => error.code().as_str(),
        }
    }

    /// What [`verify`](WebhookVerifier::verify) returns.
    ///
    /// # Errors
    ///
    /// The reason why it refuses the delivery.
    pub const fn result(&self) -> Result<(), Error> {
        self.verdict
    }

    /// The causes, the most telling first. Empty if the verdict is `ok`; only [`Unknown`](CauseCode::Unknown) if nothing is proven.
    /// More than one means that all of them were needed for the signature to match.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }
}

impl Cause {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> CauseCode {
        self.code
    }

    /// How the cause shows, in a sentence or two that hold no part of a body, a secret or a signature.
    #[must_use]
    pub fn evidence(&self) -> &str {
        &self.evidence
    }

    /// What to do about it.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        self.code.fix()
    }
}

/// Explains why a delivery was refused.
#[must_use]
pub fn explain(case: &Case<'_>) -> Explanation {
    let verdict = verdict(case);
    let causes = verdict.err().map_or_else(Vec::new, |error| causes(case, error));
    Explanation { verdict, causes: causes.into_iter().map(|Finding { code, evidence }| Cause { code, evidence }).collect() }
}

/// As a receiver decides. A header that was sent more than once is one list.
fn verdict(case: &Case<'_>) -> Result<(), Error> {
    let verifier = WebhookVerifier::new(case.secret)?;
    let joined;
    let header = match case.headers {
        [] => None,
        [header] => Some(*header),
        headers => {
            joined = headers.join(&b", "[..]);
            Some(&*joined)
        }
    };
    verifier.verify(case.body, header).map(drop)
}

fn causes(case: &Case<'_>, error: Error) -> Vec<Finding> {
    let unknown = |evidence: &'static str| Vec::from([Finding::new(CauseCode::Unknown, evidence)]);
    match error {
        Error::InvalidSecret(_) | Error::MalformedSignature | Error::SignatureMismatch => {}
        Error::InvalidJson { problem: JsonProblem::ByteOrderMark, .. } => {
            let evidence = "The signature is right, so the sender signed the body with its byte order mark.";
            return Vec::from([Finding::new(CauseCode::BodyBom, evidence)]);
        }
        Error::MissingSignature => return unknown("There is no signature, so there is nothing to compare."),
        Error::PayloadTooLarge => return unknown("The body is longer than any event. It was not examined."),
        _ => {
            return unknown(
                "The signature is right: the secret and the bytes are those of the sender. The verdict is about the content.",
            );
        }
    }
    let mut found = Vec::new();
    if error == Error::InvalidSecret(SecretProblem::ApiKey) || keys::is_api_key(case.secret) {
        let evidence = "The configured secret begins as an API key does. Payvost does not sign webhooks with one.";
        found.push(Finding::new(CauseCode::SecretIsApiKey, evidence));
    }
    let mut search = Search::new(case);
    match search.run() {
        Some(mut findings) => {
            if findings.is_empty() && error == Error::InvalidSecret(SecretProblem::WhitespaceAtEdge) {
                // Sender and receiver have the same flaw.
                findings.push(keys::edge_flaw(case.secret));
            }
            found.append(&mut findings);
        }
        None if found.is_empty() => return unknown(search.failure()),
        None => {}
    }
    if found.is_empty() {
        return unknown("The signature matches, but the secret cannot be used.");
    }
    found
}
