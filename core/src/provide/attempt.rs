//! One attempt to deliver an event, and what its answer means.

/// What an attempt brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The endpoint answered in time, with this status.
    Status(u16),
    /// No answer came.
    Fault(Fault),
}

impl Answer {
    /// Whether the event counts as delivered: only a status of 2xx says so.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// The status of the attempt that got this answer.
    #[must_use]
    pub const fn attempt_status(self) -> AttemptStatus {
        if self.is_success() { AttemptStatus::Succeeded } else { AttemptStatus::Failed }
    }

    /// The error to log: that of a fault, or `redirected`, since redirects are not followed. Another status speaks for itself.
    #[must_use]
    pub const fn error(self) -> Option<&'static str> {
        match self {
            Self::Status(300..=399) => Some("redirected"),
            Self::Status(_) => None,
            Self::Fault(fault) => Some(fault.as_str()),
        }
    }
}

/// Why an attempt got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The answer did not arrive within [`ANSWER_TIME_LIMIT`](crate::limits::ANSWER_TIME_LIMIT).
    TimedOut,
    /// Nothing listens there.
    ConnectionRefused,
    /// The connection broke off, or what came was not an HTTP response.
    ConnectionReset,
    /// The host name has no address.
    DnsFailed,
    /// No TLS connection came about.
    TlsFailed,
    /// The sandbox may not connect to that address.
    DestinationNotAllowed,
}

impl Fault {
    /// The code in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::ConnectionRefused => "connection_refused",
            Self::ConnectionReset => "connection_reset",
            Self::DnsFailed => "dns_failed",
            Self::TlsFailed => "tls_failed",
            Self::DestinationNotAllowed => "destination_not_allowed",
        }
    }
}

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptStatus {
    /// It was sent and has no answer yet.
    Pending,
    /// It got a status of 2xx.
    Succeeded,
    /// It got another status or none.
    Failed,
}

impl AttemptStatus {
    /// Its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_status_of_2xx_is_a_success() {
        for status in [200, 201, 204, 299] {
            assert!(Answer::Status(status).is_success(), "{status}");
        }
        for status in [0, 100, 199, 300, 301, 304, 400, 409, 500, 503, 999] {
            assert!(!Answer::Status(status).is_success(), "{status}");
        }
        assert!(!Answer::Fault(Fault::TimedOut).is_success());
    }

    #[test]
    fn the_log_names_faults_and_redirects() {
        assert_eq!(Answer::Status(307).error(), Some("redirected"));
        assert_eq!(Answer::Status(500).error(), None);
        assert_eq!(Answer::Fault(Fault::DnsFailed).error(), Some("dns_failed"));
    }
}
