//! What was found, and how much may be tried to find it.

use alloc::borrow::Cow;

use super::code::CauseCode;

/// A cause with the evidence for it: sentences that hold no part of a body, a secret or a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) code: CauseCode,
    pub(super) evidence: Cow<'static, str>,
}

impl Finding {
    pub(super) fn new(code: CauseCode, evidence: impl Into<Cow<'static, str>>) -> Self {
        Self { code, evidence: evidence.into() }
    }
}

/// How many bytes may still be written and hashed. It bounds the time, whatever the body.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// The cost of one try, besides its bytes.
    const TRY: usize = 160;

    pub(super) const fn new(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Whether that many bytes may be tried. They are used up then.
    pub(super) fn allows(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes.saturating_add(Self::TRY)) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// Takes a part of the work.
    pub(super) fn split(&mut self, bytes: usize) -> Self {
        let part = bytes.min(self.left);
        self.left -= part;
        Self { left: part }
    }

    pub(super) const fn is_used_up(&self) -> bool {
        self.left < Self::TRY
    }
}
