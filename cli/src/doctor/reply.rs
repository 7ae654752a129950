//! What came back for a request.

use std::time::Duration;

use payvost_webhooks::provide::{Answer as Meaning, Fault};

use super::http::Answer;

#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answered(Answer),
    /// The receiver closed the connection without a response.
    Closed,
    /// No response within the time limit.
    TimedOut(Duration),
    Unreachable(Fault),
    /// The request was not sent, for this reason.
    NotSent(&'static str),
}

impl Reply {
    pub(crate) const fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(answer) => Some(answer.status),
            _ => None,
        }
    }

    /// Whether the provider takes this as a successful delivery.
    pub(crate) fn is_accepted(&self) -> bool {
        self.status().is_some_and(|status| Meaning::Status(status).is_success())
    }

    pub(crate) fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status >= 500)
    }

    /// Follows "The receiver".
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Answered(answer) => format!("answered {}", answer.status),
            Self::Closed => "closed the connection without a response".to_owned(),
            Self::TimedOut(limit) => format!("did not answer within {} s", limit.as_secs_f64()),
            Self::Unreachable(fault) => format!("could not be reached ({})", fault.as_str()),
            Self::NotSent(reason) => (*reason).to_owned(),
        }
    }
}
