"""Reads ``core/contract/causes.toml`` and writes what ``explain`` can name: the core's enum, and the documentation."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCE = Path("core/contract/causes.toml")
PAGE = Path("docs/troubleshooting.md")
NOTICE = f"Made by `make generate` from {SOURCE}: edit that file, not this one."
BEGIN = f"<!-- causes: made by `make generate` from {SOURCE} -->"
END = "<!-- /causes -->"


@dataclass(frozen=True)
class Cause:
    code: str
    meaning: str
    fix: str

    @property
    def variant(self):
        return "".join(word.capitalize() for word in self.code.split("_"))


def read():
    return tuple(Cause(**entry) for entry in tomllib.loads(SOURCE.read_text("utf-8"))["causes"])


def rust(causes):
    variants = "\n".join(
        f"    /// `{cause.code}`: {documented(cause.meaning)}\n    {cause.variant},"
        for cause in causes
    )
    every = "\n".join(f"        Self::{cause.variant}," for cause in causes)
    return f"""//! The codes of causes.
// {NOTICE}

use core::fmt;

/// Why a delivery was refused. The codes are stable and the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CauseCode {{
{variants}
}}

impl CauseCode {{
    /// Every code.
    pub const ALL: [Self; {len(causes)}] = [
{every}
    ];

    /// The code as a string, such as `secret_newline`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {{
        match self {{
{arms(causes, "code")}
        }}
    }}

    /// What happened, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {{
        match self {{
{arms(causes, "meaning")}
        }}
    }}

    /// What to do about it.
    #[must_use]
    pub const fn fix(self) -> &'static str {{
        match self {{
{arms(causes, "fix")}
        }}
    }}
}}

impl fmt::Display for CauseCode {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.write_str(self.as_str())
    }}
}}
"""


def arms(causes, field):
    return "\n".join(arm(cause.variant, getattr(cause, field)) for cause in causes)


def arm(variant, text):
    """An arm as rustfmt writes it."""
    literal = json.dumps(text, ensure_ascii=False)
    line = f"            Self::{variant} => {literal},"
    if len(line) <= 128:
        return line
    return f"            Self::{variant} => {{\n                {literal}\n            }}"


def documented(text):
    """For a comment of rustdoc, which reads Markdown."""
    return text.replace("\\u", "`\\u`")


def markdown(causes):
    """The page with its table replaced."""
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    rows = "".join(
        f"| `{cause.code}` | {in_cell(cause.meaning)} | {in_cell(cause.fix)} |\n"
        for cause in causes
    )
    table = f"\n| cause | what happened | what to do |\n| --- | --- | --- |\n{rows}"
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def in_cell(text):
    for part in (
        "sk_",
        "pk_",
        "whsec_",
        "\\u",
        "&amp;",
        "&.",
        "--env-file",
        "EnvironmentFile=",
        "sha256=",
    ):
        text = text.replace(part, f"`{part.rstrip('.')}`" + ("." if part.endswith(".") else ""), 1)
    return text
