//! The XML that CI systems read.

use std::io::{self, Write};

use super::Report;
use crate::doctor::finding::Verdict;

pub(super) fn write(report: &Report, output: &mut impl Write) -> io::Result<()> {
    let (tests, failures, skipped) = (report.entries.len(), report.count(Verdict::Fail), report.count(Verdict::Skipped));
    let time = format!("{:.3}", report.took.as_secs_f64());
    let url = escaped(&report.url);
    writeln!(output, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(output, r#"<testsuites tests="{tests}" failures="{failures}" skipped="{skipped}" time="{time}">"#)?;
    writeln!(
        output,
        r#"  <testsuite name="payvost-webhooks doctor" tests="{tests}" failures="{failures}" skipped="{skipped}" errors="0" time="{time}">"#
    )?;
    writeln!(output, "    <properties>")?;
    writeln!(output, r#"      <property name="url" value="{url}"/>"#)?;
    writeln!(output, r#"      <property name="grade" value="{}"/>"#, report.grade().as_str())?;
    writeln!(output, "    </properties>")?;
    for entry in &report.entries {
        let case = format!(r#"<testcase classname="{}" name="{}""#, escaped(entry.group), entry.check.code);
        let reason = escaped(&entry.finding.reason);
        let remedy = escaped(entry.remedy().unwrap_or_default());
        match entry.finding.verdict {
            Verdict::Pass => writeln!(output, "    {case}/>")?,
            Verdict::Skipped => writeln!(output, r#"    {case}><skipped message="{reason}"/></testcase>"#)?,
            Verdict::Warn => writeln!(output, "    {case}><system-out>warning: {reason} {remedy}</system-out></testcase>")?,
            Verdict::Fail => writeln!(output, r#"    {case}><failure message="{reason}">{remedy}</failure></testcase>"#)?,
        }
    }
    writeln!(output, "  </testsuite>\n</testsuites>")
}

/// For attributes and for text. XML has no place for control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
