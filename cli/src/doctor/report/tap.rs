//! The Test Anything Protocol: <https://testanything.org/tap-version-14-specification.html>

use std::io::{self, Write};

use super::Report;
use crate::doctor::finding::Verdict;

pub(super) fn write(report: &Report, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "TAP version 14\n1..{}", report.entries.len())?;
    for (number, entry) in (1..).zip(&report.entries) {
        let point = format!("{number} - {}: {}", entry.check.code, entry.check.title);
        let reason = escaped(&entry.finding.reason);
        match entry.finding.verdict {
            Verdict::Pass => writeln!(output, "ok {point}")?,
            Verdict::Skipped => writeln!(output, "ok {point} # SKIP {reason}")?,
            // What fails and is marked TODO does not fail the run.
            Verdict::Warn => writeln!(output, "not ok {point} # TODO {reason}")?,
            Verdict::Fail => writeln!(output, "not ok {point}")?,
        }
        if let Some(remedy) = entry.remedy() {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            writeln!(output, "  ---\n  reason: {}\n  remedy: {}\n  ...", quoted(&entry.finding.reason), quoted(remedy))?;
        }
    }
    writeln!(output, "# grade {}", report.grade().as_str())
}

/// A `#` begins a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
