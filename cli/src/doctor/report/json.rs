//! For programs.

use std::io::{self, Write};

use serde_json::json;

use super::Report;

pub(super) fn write(report: &Report, output: &mut impl Write) -> io::Result<()> {
    let checks: Vec<_> = report
        .entries
        .iter()
        .map(|entry| {
            json!({
                "code": entry.check.code,
                "result": entry.finding.verdict.as_str(),
                "reason": entry.finding.reason,
                "remedy": entry.remedy().unwrap_or_default(),
            })
        })
        .collect();
    writeln!(output, "{}", json!({ "grade": report.grade().as_str(), "checks": checks }))
}
