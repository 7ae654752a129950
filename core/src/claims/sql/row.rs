//! A row of the table, as statements that claim return it, and what it says about a claim.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::time::Duration;

use crate::claims::claim::Claim;

/// Who claims, and what.
#[derive(Debug, Clone, Default)]
pub(super) struct Claimant {
    token: String,
    fingerprint: String,
}

impl Claimant {
    pub(super) fn new(token: &str, fingerprint: &str) -> Self {
        Self { token: token.to_owned(), fingerprint: fingerprint.to_owned() }
    }
}

/// What a row says about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// The result of claiming.
    Claim(Claim),
    /// Nobody has the event, and it is not done: its row can be changed into a claim.
    Open,
}

/// The statements' `{row}`, read: state, attempt, milliseconds until the lease is over and until the row counts as forgotten,
/// fingerprint, and token, with spaces in between. `None` for anything else.
///
/// For a row that they have just inserted, PostgreSQL's statements put 1 for both times: any positive number says the same, and reading
/// the clock twice more takes longer.
pub(super) fn read(row: &str, claimant: &Claimant) -> Option<Known> {
    let mut parts = row.splitn(6, ' ');
    let mut part = || parts.next();
    let (state, attempt) = (part()?, part()?.parse::<i64>().ok()?);
    let (lease, remembered) = (part()?.parse::<i64>().ok()?, part()?.parse::<i64>().ok()?);
    let (fingerprint, token) = (part()?, part()?);
    let is_held = lease > 0;
    Some(Known::Claim(match state {
        "claimed" | "failed" | "done" if remembered <= 0 => return Some(Known::Open),
        _ if fingerprint != claimant.fingerprint => Claim::Conflict,
        "done" => Claim::Done,
        "claimed" | "failed" if !is_held => return Some(Known::Open),
        "claimed" if token == claimant.token => Claim::Claimed { attempt: u32::try_from(attempt).ok()? },
        "claimed" => Claim::InProgress { wait: Duration::from_millis(u64::try_from(lease).ok()?) },
        "failed" => Claim::Parked,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whose_the_event_is() {
        let us = Claimant::new("token a", "ff");
        let known = |row| read(row, &us);
        assert_eq!(known("claimed 3 60000 99 ff token a"), Some(Known::Claim(Claim::Claimed { attempt: 3 })));
        let wait = Duration::from_millis(7);
        assert_eq!(known("claimed 3 7 99 ff token b"), Some(Known::Claim(Claim::InProgress { wait })));
        assert_eq!(known("claimed 3 7 99 00 token a"), Some(Known::Claim(Claim::Conflict)));
        assert_eq!(known("done 1 -9 99 ff token a"), Some(Known::Claim(Claim::Done)));
        assert_eq!(known("failed 1 7 99 ff token a"), Some(Known::Claim(Claim::Parked)));
        // The lease is over, the handler failed, or the event counts as forgotten.
        for row in
            ["claimed 1 0 99 ff token a", "failed 1 -9 99 ff token b", "done 1 -9 0 00 token b", "claimed 1 7 -1 ff token a"]
        {
            assert_eq!(known(row), Some(Known::Open), "{row}");
        }
    }

    #[test]
    fn what_makes_no_sense_claims_nothing() {
        let us = Claimant::new("a", "ff");
        for row in [
            "",
            "claimed",
            "claimed 1 7 99 ff",
            "claimed x 7 99 ff a",
            "claimed -1 7 99 ff a",
            "taken 1 7 99 ff a",
            "CLAIMED 1 7 99 ff a",
        ] {
            assert_eq!(read(row, &us), None, "{row}");
        }
    }
}
