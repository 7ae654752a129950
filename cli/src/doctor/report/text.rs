//! For people: passing checks are counted, and everything else is explained.

use std::io::{self, IsTerminal, Write};

use super::{Entry, Grade, Report};
use crate::doctor::checks::NO_EFFECTS;
use crate::doctor::finding::Verdict;

/// How the text looks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) color: bool,
    /// Lists each check, also those that pass.
    pub(crate) verbose: bool,
}

impl Style {
    /// Colors for a terminal, unless `NO_COLOR` is set.
    pub(crate) fn new(verbose: bool) -> Self {
        let quiet = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { color: io::stdout().is_terminal() && !quiet, verbose }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

pub(super) fn write(report: &Report, output: &mut impl Write, style: Style) -> io::Result<()> {
    writeln!(output, "{}", report.url)?;
    let mut rest = report.entries.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|entry| entry.group == first.group).count();
        let (group, later) = rest.split_at(length);
        write_group(first.group, group, output, style)?;
        rest = later;
    }
    if report.entries.iter().any(|entry| entry.finding.reason == NO_EFFECTS) {
        writeln!(
            output,
            "\nNot checked: whether each event takes effect once. See --effects-url, --effects-file and --effects-redis-key."
        )?;
    }
    let grade = report.grade();
    let color = match grade {
        Grade::A => GREEN,
        Grade::B | Grade::C => YELLOW,
        Grade::D | Grade::F => RED,
    };
    writeln!(
        output,
        "\n{}: {} passed, {} warned, {} failed, {} skipped ({} requests, {:.1} s)",
        style.paint(color, &format!("Grade {}", grade.as_str())),
        report.count(Verdict::Pass),
        report.count(Verdict::Warn),
        report.count(Verdict::Fail),
        report.count(Verdict::Skipped),
        report.requests,
        report.took.as_secs_f64(),
    )
}

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const BOLD: &str = "1";

fn write_group(title: &str, entries: &[Entry], output: &mut impl Write, style: Style) -> io::Result<()> {
    let count = |verdict| entries.iter().filter(|entry| entry.finding.verdict == verdict).count();
    let (passed, skipped) = (count(Verdict::Pass), count(Verdict::Skipped));
    let run = entries.len() - skipped;
    let summary = match (run, skipped) {
        (0, skipped) => format!("{skipped} skipped"),
        (run, 0) => format!("{passed} of {run} passed"),
        (run, skipped) => format!("{passed} of {run} passed, {skipped} skipped"),
    };
    writeln!(output, "\n{}{summary}", style.paint(BOLD, &format!("{title:<26}")))?;
    for entry in entries {
        write_entry(entry, output, style)?;
    }
    Ok(())
}

fn write_entry(entry: &Entry, output: &mut impl Write, style: Style) -> io::Result<()> {
    let (color, mark) = match entry.finding.verdict {
        Verdict::Pass if style.verbose => (GREEN, "pass"),
        Verdict::Skipped if style.verbose => ("2", "skip"),
        Verdict::Pass | Verdict::Skipped => return Ok(()),
        Verdict::Warn => (YELLOW, "warn"),
        Verdict::Fail => (RED, "FAIL"),
    };
    writeln!(output, "  {} {}: {}", style.paint(color, mark), entry.check.code, entry.check.title)?;
    writeln!(output, "       {}", entry.finding.reason)?;
    match entry.remedy() {
        Some(remedy) => writeln!(output, "       → {remedy}"),
        None => Ok(()),
    }
}
