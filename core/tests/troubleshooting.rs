//! `docs/troubleshooting.md` has a section for every code, and quotes the hints verbatim.

#![allow(clippy::unwrap_used)] // a test may stop at the first surprise

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use payvost_webhooks::{Error, ErrorCode, EventField, JsonProblem, OptionName, Outcome, PatternProblem, SecretProblem};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/troubleshooting.md");

/// The text below each heading.
fn sections() -> BTreeMap<String, String> {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let parts = page.split("\n## ").skip(1).map(|part| part.split_once('\n').unwrap());
    let sections: BTreeMap<_, _> = parts.clone().map(|(heading, text)| (heading.to_owned(), text.to_owned())).collect();
    assert_eq!(sections.len(), parts.count(), "a heading is duplicated");
    sections
}

/// One error for each hint.
fn errors() -> Vec<Error> {
    let secrets = [SecretProblem::Missing, SecretProblem::Blank, SecretProblem::WhitespaceAtEdge, SecretProblem::ApiKey];
    let patterns = [PatternProblem::MatchesNothing, PatternProblem::RegisteredTwice];
    let problems =
        [JsonProblem::UnexpectedByte, JsonProblem::DuplicateKey, JsonProblem::TooDeep, JsonProblem::NumberOutOfRange];
    secrets
        .map(Error::InvalidSecret)
        .into_iter()
        .chain([Error::InvalidOption(OptionName::Unknown)])
        .chain(patterns.map(Error::InvalidPattern))
        .chain([
            Error::PayloadNotRaw,
            Error::OutOfMemory,
            Error::PayloadTooLarge,
            Error::MissingSignature,
            Error::MalformedSignature,
        ])
        .chain([Error::SignatureMismatch])
        .chain(problems.map(|problem| Error::InvalidJson { offset: 0, problem }))
        .chain([Error::InvalidEvent(EventField::Id)])
        .chain([true, false].map(|expected| Error::LiveModeMismatch { expected }))
        .chain([Error::EventTooOld, Error::EventInFuture])
        .collect()
}

/// The failures that are not refusals.
fn failures() -> Vec<Outcome> {
    let outcomes = ["handled", "unhandled", "already_handled", "handed_over", "claim_lost", "in_progress", "event_conflict"];
    let failures = ["handler_failed", "body_incomplete", "method_not_allowed", "other_endpoint", "store_unavailable"];
    let outcomes = outcomes.into_iter().chain(failures);
    outcomes.map(|code| Outcome::from_code(code, Duration::ZERO).unwrap()).filter(|outcome| outcome.status() != 200).collect()
}

#[test]
fn every_code_has_its_section_and_its_row() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let sections = sections();
    let refused = errors().into_iter().map(|error| (error.code().as_str(), Outcome::Refused(error).status()));
    let answers: BTreeSet<_> = refused.chain(failures().iter().map(|outcome| (outcome.code(), outcome.status()))).collect();
    for (code, status) in &answers {
        assert!(sections.contains_key(*code), "{code} has no section");
        assert!(page.contains(&format!("| [`{code}`](#{code}) | {status} |")), "{code} with {status} is not in the table");
    }
    assert!(ErrorCode::ALL.iter().all(|code| answers.iter().any(|(known, _)| *known == code.as_str())));
    let others: Vec<_> = sections.keys().filter(|heading| !answers.iter().any(|(code, _)| code == heading)).collect();
    assert_eq!(others, ["No code at all"]);
}

#[test]
fn the_hints_are_quoted_verbatim() {
    let sections = sections();
    let mut hints = BTreeMap::<_, BTreeSet<_>>::new();
    for error in errors() {
        hints.entry(error.code().as_str()).or_default().insert(error.hint());
    }
    for (code, hints) in hints {
        let section = sections.get(code).unwrap();
        let quoted: BTreeSet<_> = section.lines().filter_map(|line| line.strip_prefix("> ")).collect();
        assert_eq!(quoted, hints, "{code}");
    }
}
