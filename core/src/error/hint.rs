//! Hints for the operator.

use super::Error;
use super::problems::{JsonProblem, PatternProblem, SecretProblem};
use crate::limits::MAX_DEPTH;

impl Error {
    /// What usually causes this and what to do about it. For the log, not for the caller.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::InvalidSecret(SecretProblem::Missing) => {
                "A secret must be text or bytes, or a non-empty list of them. If it comes from an environment variable, the variable is not set where the process runs."
            }
            Self::InvalidSecret(SecretProblem::Blank) => {
                "An unset environment variable often arrives as an empty string, and anyone can sign with an empty secret."
            }
            Self::InvalidSecret(SecretProblem::WhitespaceAtEdge) => {
                "It is usually a newline from a file or from a copied value."
            }
            Self::InvalidSecret(SecretProblem::ApiKey) => {
                "An API key (sk_ or pk_) is for calls to Payvost's API and does not sign webhooks. The API shows a webhook's secret when you create the webhook or rotate its secret."
            }
            Self::InvalidOption(_) => "Check the option's name, type and range in the documentation of the verifier.",
            Self::InvalidPattern(PatternProblem::MatchesNothing) => {
                "Only a whole last part can be a wildcard, and whitespace is not allowed. payment*, *.failed and Payment Succeeded match nothing."
            }
            Self::InvalidPattern(PatternProblem::RegisteredTwice) => {
                "Only one handler runs per event. Register one handler that calls both, or use a more specific pattern."
            }
            Self::PayloadNotRaw => {
                "The signature covers the raw bytes of the body, and a parsed body cannot be turned back into them. Express: use express.raw({ type: 'application/json' }) on this route and before any express.json(). Flask: request.get_data(). Django, FastAPI: let no middleware read or parse the body of this route. PHP: file_get_contents('php://input')."
            }
            Self::PayloadTooLarge => {
                "The body is longer than max_payload_bytes. Events are a few kilobytes; raise the option only if you know why."
            }
            Self::MissingSignature => {
                "The request has no Payvost-Signature header. Either Payvost did not send it, or a proxy dropped the header."
            }
            Self::MalformedSignature => {
                "Payvost-Signature holds one HMAC-SHA256 as 64 lowercase hex digits, without a prefix. Is this another provider's header, or was the header sent twice and joined with a comma?"
            }
            Self::SignatureMismatch => {
                "None of the configured secrets produced this signature. Either the secret belongs to another endpoint or mode or was rotated, or the body has changed since it was signed: a middleware parsed and encoded it again (express.json() ran first), changed its charset or dropped its last newline. If the secret is right, compare the length of the body with Content-Length."
            }
            Self::InvalidJson { problem, .. } => problem.hint(),
            Self::InvalidEvent(_) => {
                "The signature is right and the JSON is valid, but this is not an event's envelope. Is another sender using the same secret?"
            }
            Self::LiveModeMismatch { expected: true } => {
                "A test event reached a receiver for live events. Give the test endpoint its own receiver and secret."
            }
            Self::LiveModeMismatch { expected: false } => {
                "A live event reached a receiver for test events. Answering it with an error makes the provider retry: check the webhook's URL."
            }
            Self::EventTooOld => {
                "Retries keep createdAt for up to 96 min 5 s after the first attempt; a smaller tolerance refuses genuine deliveries. To stop replays, remember the event's id."
            }
            Self::OutOfMemory => {
                "This process could not allocate memory. Raise its memory limit, or lower max_payload_bytes or the number of deliveries handled at once."
            }
            Self::EventInFuture => "Check this machine's clock. An event cannot be newer than now.",
        }
    }
}

impl JsonProblem {
    const fn hint(self) -> &'static str {
        const _: () = assert!(MAX_DEPTH == 128, "the hint for TooDeep names the limit");
        match self {
            Self::DuplicateKey => {
                "An object has a duplicate key. Parsers differ in which of the two values they keep, so neither is trusted."
            }
            Self::TooDeep => "The payload nests deeper than 128 levels. No event does.",
            Self::NumberOutOfRange => "A number is too large for a double, and most parsers read numbers as doubles.",
            _ => {
                "The signature is right, so the sender signed text that is not JSON (RFC 8259). The offset counts bytes of the raw body."
            }
        }
    }
}
