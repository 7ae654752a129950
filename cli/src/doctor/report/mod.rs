//! The grade, and the report in each format.

mod json;
mod junit;
mod tap;
mod text;

use std::io::{self, Write};
use std::time::Duration;

use clap::ValueEnum;

use super::check::Check;
use super::finding::{Finding, Verdict};

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One object: grade and checks
    Json,
    /// The Test Anything Protocol, version 14
    Tap,
    /// XML for CI systems
    Junit,
}

/// From the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(crate) enum Grade {
    /// Nothing failed
    A,
    /// Up to two checks failed
    B,
    /// Up to five checks failed
    C,
    /// More failed, or genuine events are not accepted
    D,
    /// Something unsigned or forged was accepted
    F,
}

impl Grade {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::F => "F",
        }
    }
}

/// What a run found.
pub(crate) struct Report {
    pub(crate) url: String,
    /// In the order of the checks.
    pub(crate) entries: Vec<Entry>,
    pub(crate) requests: usize,
    pub(crate) took: Duration,
}

pub(crate) struct Entry {
    pub(crate) group: &'static str,
    pub(crate) check: &'static Check,
    pub(crate) finding: Finding,
}

impl Entry {
    /// What to do about it, unless it passed.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self.finding.verdict {
            Verdict::Pass | Verdict::Skipped => None,
            Verdict::Warn | Verdict::Fail => Some(self.finding.remedy.unwrap_or(self.check.remedy)),
        }
    }
}

impl Report {
    pub(crate) fn grade(&self) -> Grade {
        let failed = |entry: &&Entry| entry.finding.verdict == Verdict::Fail;
        if self.entries.iter().any(|entry| entry.finding.is_forgery) {
            return Grade::F;
        }
        // Then nearly everything else was skipped.
        if self.entries.iter().filter(failed).any(|entry| entry.check.code == "genuine") {
            return Grade::D;
        }
        match self.entries.iter().filter(failed).count() {
            0 => Grade::A,
            1..=2 => Grade::B,
            3..=5 => Grade::C,
            _ => Grade::D,
        }
    }

    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.entries.iter().filter(|entry| entry.finding.verdict == verdict).count()
    }

    pub(crate) fn write(&self, output: &mut impl Write, format: Format, style: text::Style) -> io::Result<()> {
        match format {
            Format::Text => text::write(self, output, style),
            Format::Json => json::write(self, output),
            Format::Tap => tap::write(self, output),
            Format::Junit => junit::write(self, output),
        }
    }
}

pub(crate) use text::Style;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks;

    /// A report about the first checks, with these findings.
    pub(super) fn report(findings: impl IntoIterator<Item = Finding>) -> Report {
        let checks = checks::GROUPS.iter().flat_map(|group| group.checks.iter().map(|check| (group.title, check)));
        let entries = checks.zip(findings).map(|((group, check), finding)| Entry { group, check, finding }).collect();
        Report { url: "http://127.0.0.1:3000/<hooks>".into(), entries, requests: 12, took: Duration::from_millis(1_234) }
    }

    pub(super) fn sample() -> Report {
        report([
            Finding::pass("The receiver answered 200."),
            Finding::warn("The slowest took 2600 ms."),
            Finding::fail("The receiver answered 302 & \"points\" elsewhere.").remedy("Give the final URL."),
            Finding::skipped("The receiver is on this machine."),
        ])
    }

    #[test]
    fn the_grade_follows_from_failures() {
        let of = |failures: usize| {
            report(std::iter::once(Finding::pass("")).chain(std::iter::repeat_n(Finding::fail(""), failures))).grade()
        };
        assert_eq!([0, 1, 2, 3, 5, 6].map(of), [Grade::A, Grade::B, Grade::B, Grade::C, Grade::C, Grade::D]);
        assert_eq!(report([Finding::pass(""), Finding::forgery("")]).grade(), Grade::F);
        assert_eq!(report([Finding::fail("")]).grade(), Grade::D);
        assert_eq!(report([Finding::warn(""), Finding::skipped("")]).grade(), Grade::A);
    }

    #[test]
    fn each_format_of_a_report() {
        let shown = |format| {
            let mut output = Vec::new();
            sample().write(&mut output, format, Style::default()).unwrap();
            String::from_utf8(output).unwrap()
        };
        for (format, name) in [(Format::Text, "text"), (Format::Json, "json"), (Format::Tap, "tap"), (Format::Junit, "junit")] {
            let file = format!("{}/tests/snapshots/doctor-report.{name}", env!("CARGO_MANIFEST_DIR"));
            let shown = shown(format);
            if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
                std::fs::write(&file, &shown).unwrap();
            }
            assert_eq!(shown, std::fs::read_to_string(&file).unwrap(), "{file}");
        }
    }
}
