//! All checks, in the order of the report. They run in this order too; reviews come last.

mod answers;
mod forged;
mod genuine;
mod header;
mod once;
mod payload;
mod transport;

use super::check::{Check, Group};
pub(crate) use forged::with_wrong_digit;
pub(crate) use once::NO_EFFECTS;

pub(crate) const GROUPS: &[Group] = &[
    Group { title: "Genuine events", checks: genuine::CHECKS },
    Group { title: "Forged events", checks: forged::CHECKS },
    Group { title: "The signature header", checks: header::CHECKS },
    Group { title: "Signed, but not an event", checks: payload::CHECKS },
    Group { title: "HTTP", checks: transport::CHECKS },
    Group { title: "Retries and duplicates", checks: once::CHECKS },
    Group { title: "Responses", checks: answers::CHECKS },
];

pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    GROUPS.iter().flat_map(|group| group.checks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let codes: Vec<_> = all().map(|check| check.code).collect();
        assert!(codes.len() >= 40, "{}", codes.len());
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
        for check in all() {
            assert!(check.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
            assert!(!check.title.ends_with('.') && check.remedy.ends_with('.'), "{}", check.code);
        }
    }
}
