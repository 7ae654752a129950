//! How a command ends.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// The command refused something, or found something.
pub(crate) const REFUSED: u8 = 1;
/// The command was called in a way that cannot work.
pub(crate) const USAGE: u8 = 2;
/// Something that the command needs does not answer.
pub(crate) const UNREACHABLE: u8 = 3;

/// Why a command ended without doing its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What to change about the call.
    Usage(String),
    /// What could not be read, written or reached.
    Unreachable(String),
    /// Nobody reads the output any more: no failure, and nobody to tell.
    OutputClosed,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::Unreachable(message.into())
    }

    /// Something about a secret or an option that the core refuses.
    pub(crate) fn from_core(error: payvost_webhooks::Error) -> Self {
        let message = error.to_string();
        let stop = if message.ends_with(['.', '?']) { "" } else { "." };
        Self::usage(format!("{message}{stop} {}", error.hint()))
    }

    /// Tells a person, on standard error.
    pub(crate) fn report(self) -> ExitCode {
        let (message, code) = match self {
            Self::Usage(message) => (message, USAGE),
            Self::Unreachable(message) => (message, UNREACHABLE),
            Self::OutputClosed => return ExitCode::SUCCESS,
        };
        eprintln!("error: {message}");
        ExitCode::from(code)
    }
}

impl From<io::Error> for Failure {
    /// Of writing to standard output.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Unreachable(format!("cannot write to standard output: {error}")),
        }
    }
}
