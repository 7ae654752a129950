//! Finds the handler for an event.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;

use crate::error::{Error, PatternProblem};
use crate::pattern::Pattern;

/// Handlers by the type of the event: for one type, for a family of types, for everything.
///
/// The most specific pattern decides, and only its handler runs: a type before its family, a family before a larger one, any of
/// them before `*`. The caller chooses the type of handlers.
///
/// ```
/// use payvost_webhooks::Router;
///
/// let mut router = Router::new();
/// router.on("payment.succeeded", 1)?.on("payment.*", 2)?.on("*", 3)?;
///
/// assert_eq!(router.route("payment.succeeded"), Some(&1));
/// assert_eq!(router.route("payment.failed"), Some(&2));
/// assert_eq!(router.route("rate.changed"), Some(&3)); // the list of types is open
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Router<H> {
    types: BTreeMap<String, H>,
    /// By the part before `.*`.
    families: BTreeMap<String, H>,
    everything: Option<H>,
}

impl<H> Router<H> {
    /// A router without handlers.
    #[must_use]
    pub const fn new() -> Self {
        Self { types: BTreeMap::new(), families: BTreeMap::new(), everything: None }
    }

    /// Registers a handler for a type (`payment.succeeded`), a family (`payment.*`) or everything (`*`).
    ///
    /// # Errors
    ///
    /// `invalid_option` if the pattern is already registered or can match nothing: it has none of the three forms, or contains
    /// whitespace or control characters. The router is unchanged then.
    pub fn on(&mut self, pattern: &str, handler: H) -> Result<&mut Self, Error> {
        match Pattern::parse(pattern).ok_or(Error::InvalidPattern(PatternProblem::MatchesNothing))? {
            Pattern::Type(name) => insert(&mut self.types, name, handler)?,
            Pattern::Family(name) => insert(&mut self.families, name, handler)?,
            Pattern::Everything if self.everything.is_some() => return Err(TAKEN),
            Pattern::Everything => self.everything = Some(handler),
        }
        Ok(self)
    }

    /// The handler for events of this type, if there is one.
    #[must_use]
    pub fn route(&self, event_type: &str) -> Option<&H> {
        let families = || event_type.rmatch_indices('.').find_map(|(dot, _)| self.family(event_type.split_at_checked(dot)?));
        self.types.get(event_type).or_else(families).or(self.everything.as_ref())
    }

    /// The handler for the family that remains when a type is cut before a dot.
    fn family(&self, (family, rest): (&str, &str)) -> Option<&H> {
        if rest.len() > 1 { self.families.get(family) } else { None }
    }
}

impl<H> Default for Router<H> {
    fn default() -> Self {
        Self::new()
    }
}

const TAKEN: Error = Error::InvalidPattern(PatternProblem::RegisteredTwice);

fn insert<H>(handlers: &mut BTreeMap<String, H>, name: &str, handler: H) -> Result<(), Error> {
    match handlers.entry(name.to_owned()) {
        Entry::Occupied(_) => Err(TAKEN),
        Entry::Vacant(free) => {
            free.insert(handler);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_pattern_decides() {
        let mut router = Router::new();
        router.on("*", "all").unwrap().on("report.*", "reports").unwrap();
        router.on("report.daily.*", "daily").unwrap().on("report.daily.ready", "ready").unwrap();
        for (event_type, handler) in [
            ("report.daily.ready", "ready"),
            ("report.daily.late", "daily"),
            ("report.daily.late.again", "daily"),
            ("report.daily", "reports"),
            ("report.weekly.ready", "reports"),
            ("report", "all"),
            ("report.", "all"),
            ("reports.daily", "all"),
            ("Report.daily", "all"),
            ("", "all"),
        ] {
            assert_eq!(router.route(event_type), Some(&handler), "{event_type:?}");
        }
    }

    #[test]
    fn an_event_without_a_handler_goes_nowhere() {
        let mut router = Router::new();
        router.on("payment.*", ()).unwrap();
        assert_eq!(router.route("transfer.failed"), None);
        assert_eq!(Router::<()>::default().route("payment.succeeded"), None);
    }

    #[test]
    fn a_pattern_that_can_match_nothing_is_refused() {
        let malformed =
            ["", ".", "..", ".*", "payment.", ".payment", "a..b", "payment*", "*.succeeded", "payment.*.x", "**", "payment.**"];
        let spaced = [" payment.*", "payment.succeeded\n", "payment .x", "payment.\0", "\u{a0}"];
        for pattern in malformed.into_iter().chain(spaced) {
            let refused = Router::new().on(pattern, ()).map(drop);
            assert_eq!(refused, Err(Error::InvalidPattern(PatternProblem::MatchesNothing)), "{pattern:?}");
        }
    }

    #[test]
    fn the_same_pattern_twice_is_refused_and_the_first_stays() {
        for pattern in ["payment.succeeded", "payment.*", "*"] {
            let mut router = Router::new();
            router.on(pattern, 1).unwrap();
            assert_eq!(router.on(pattern, 2).map(drop), Err(TAKEN));
            assert_eq!(router.route("payment.succeeded"), Some(&1));
        }
    }
}
