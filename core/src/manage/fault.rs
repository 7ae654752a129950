//! Why no response arrived.

/// Why there is no response. If a transport cannot distinguish the faults, it reports [`Lost`](Self::Lost).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing was sent: the host is unknown, or it or the proxy refused the connection.
    NotSent,
    /// Nothing was sent: no connection was established within the time limit.
    ConnectTimedOut,
    /// No complete response arrived within the time limit.
    TimedOut,
    /// The connection was lost after something may have been sent, or in the middle of the response.
    Lost,
    /// The certificate is not trusted, or there is no common version of TLS. Nothing was sent.
    TlsFailed,
    /// The response is not HTTP, cannot be decompressed, or its headers do not end.
    Malformed,
    /// The response body is longer than [`Request::max_answer_bytes`](super::Request::max_answer_bytes).
    TooLarge,
    /// The caller cancelled the call.
    Cancelled,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 8] = [
        Self::NotSent,
        Self::ConnectTimedOut,
        Self::TimedOut,
        Self::Lost,
        Self::TlsFailed,
        Self::Malformed,
        Self::TooLarge,
        Self::Cancelled,
    ];

    /// Its name in every language, such as `not_sent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::ConnectTimedOut => "connect_timed_out",
            Self::TimedOut => "timed_out",
            Self::Lost => "lost",
            Self::TlsFailed => "tls_failed",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Cancelled => "cancelled",
        }
    }

    /// The fault with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == name)
    }
}
