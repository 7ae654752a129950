//! What a check found.

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// Worth knowing. The grade does not change.
    Warn,
    Fail,
    Skipped,
}

impl Verdict {
    /// Its name in each format.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// A result with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    /// One or more sentences.
    pub(crate) reason: String,
    /// Replaces the remedy of the check, where the case has its own.
    pub(crate) remedy: Option<&'static str>,
    /// Whether something that only the provider may send can be sent by others.
    pub(crate) is_forgery: bool,
    /// Whether the receiver may have died of it.
    pub(crate) is_suspicious: bool,
}

impl Finding {
    pub(crate) fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        let is_suspicious = matches!(verdict, Verdict::Warn | Verdict::Fail);
        Self { verdict, reason: reason.into(), remedy: None, is_forgery: false, is_suspicious }
    }

    pub(crate) fn pass(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, reason)
    }

    pub(crate) fn warn(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Warn, reason)
    }

    pub(crate) fn fail(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, reason)
    }

    pub(crate) fn skipped(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, reason)
    }

    /// A failure that lets others send events.
    pub(crate) fn forgery(reason: impl Into<String>) -> Self {
        Self { is_forgery: true, ..Self::fail(reason) }
    }

    pub(crate) fn remedy(self, remedy: &'static str) -> Self {
        Self { remedy: Some(remedy), ..self }
    }
}
