"""Reads ``core/contract/limits.toml`` and writes its constants for each language, and ``docs/limits.md``."""

import json
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCE = Path("core/contract/limits.toml")
NOTICE = f"Made by `make generate` from {SOURCE}: edit that file, not this one."
TITLE = "The numbers and default names of the contract."


@dataclass(frozen=True)
class Limit:
    name: str
    meaning: str
    source: str
    value: object
    unit: str = ""

    @property
    def plain_name(self):
        """The name where a duration is a plain number."""
        return f"{self.name}_SECONDS" if self.unit == "seconds" else self.name


@dataclass(frozen=True)
class Section:
    title: str
    limits: tuple


def read():
    sections = tomllib.loads(SOURCE.read_text("utf-8"))["sections"]
    values = {entry["name"]: entry.get("value") for part in sections for entry in part["limits"]}
    return tuple(
        Section(part["title"], tuple(read_limit(entry, values) for entry in part["limits"]))
        for part in sections
    )


def read_limit(entry, values):
    entry = dict(entry)
    if "sum_of" in entry:
        entry["value"] = sum(values[entry.pop("sum_of")])
    try:
        return Limit(**entry)
    except TypeError as error:
        sys.exit(f"{SOURCE}: {entry['name']}: {error}")


def rust(sections):
    parts = [f"//! {TITLE}\n// {NOTICE}\n\nuse core::time::Duration;\n"]
    for limit in every(sections):
        documentation = [f"{limit.meaning} {limit.source}"]
        if isinstance(limit.value, int):
            documentation = [f"{human(limit)}. {limit.meaning}", "", limit.source]
        comment = wrapped("\n".join(documentation), "/// ", 120)
        parts.append(
            f"{comment}\npub const {limit.name}: {rust_type(limit)} = {rust_value(limit)};\n"
        )
    return "\n".join(parts)


def rust_type(limit):
    if isinstance(limit.value, str):
        return "&str"
    element = "Duration" if limit.unit == "seconds" else "usize"
    return f"[{element}; {len(limit.value)}]" if isinstance(limit.value, list) else element


def rust_value(limit):
    def one(number):
        return f"Duration::from_secs({number:_})" if limit.unit == "seconds" else f"{number:_}"

    if isinstance(limit.value, list):
        return "[\n" + "".join(f"    {one(number)},\n" for number in limit.value) + "]"
    return json.dumps(limit.value) if isinstance(limit.value, str) else one(limit.value)


def python(sections):
    parts = [f'"""{TITLE}"""\n\n# {NOTICE}\n']
    for limit in every(sections):
        parts.append(
            f"{wrapped(limit.meaning, '# ', 100)}\n{limit.plain_name} = {literal(limit, '()')}\n"
        )
    return "\n".join(parts)


def typescript(sections):
    parts = [f"// {TITLE} {NOTICE}\n"]
    for limit in every(sections):
        constant = " as const" if isinstance(limit.value, list) else ""
        parts.append(
            f"{block(limit.meaning, '')}\nexport const {limit.plain_name} = {literal(limit, '[]')}{constant};\n"
        )
    return "\n".join(parts)


def php(sections):
    constants = "\n".join(
        f"{block(limit.meaning, '    ')}\n    public const {limit.plain_name} = {literal(limit, '[]')};\n"
        for limit in every(sections)
    )
    return f"""<?php

declare(strict_types=1);

namespace Payvost\\Webhooks\\Internal;

/**
 * {TITLE}
 *
 * {NOTICE}
 *
 * @internal
 */
final class Limits
{{
{constants}}}
"""


def c(sections):
    parts = []
    for limit in every(sections):
        if isinstance(limit.value, list):
            value = "{" + ", ".join(map(str, limit.value)) + "}"
        else:
            value = json.dumps(limit.value)
        parts.append(f"{block(limit.meaning, '')}\n#define PAYVOST_{limit.plain_name} {value}\n")
    return "\n".join(parts)


def markdown(sections):
    tables = "\n".join(
        f"## {section.title}\n\n| name | value | meaning | why |\n| --- | --- | --- | --- |\n"
        + "".join(
            f"| `{limit.name}` | {human(limit)} | {limit.meaning} | {limit.source} |\n"
            for limit in section.limits
        )
        for section in sections
    )
    return f"""<!-- {NOTICE} -->

# Limits

Every limit and default of the library. They are the same in every language. In Rust they are constants of
`payvost_webhooks::limits`; the documentation of an option names the ones that apply to it.

{tables}"""


def every(sections):
    return [limit for section in sections for limit in section.limits]


def literal(limit, brackets):
    """The value as Python, TypeScript and PHP write it, but for the brackets of a list."""
    if isinstance(limit.value, list):
        return brackets[0] + ", ".join(f"{number:_}" for number in limit.value) + brackets[1]
    return json.dumps(limit.value) if isinstance(limit.value, str) else f"{limit.value:_}"


def human(limit):
    """The value as people read it: ``86,400 s (24 h)``."""
    if isinstance(limit.value, str):
        return f"`{limit.value}`"
    if isinstance(limit.value, list):
        return ", ".join(duration(number) for number in limit.value)
    if limit.unit == "seconds":
        short = duration(limit.value)
        plain = f"{limit.value:,} s"
        return plain if short == plain else f"{plain} ({short})"
    whole_mebibytes = limit.unit == "bytes" and limit.value % (1 << 20) == 0
    return f"{limit.value:,} {limit.unit}" + (
        f" ({limit.value >> 20} MiB)" if whole_mebibytes else ""
    )


def duration(seconds):
    for size, unit in [(365 * 24 * 60 * 60, "years"), (60 * 60, "h"), (60, "min")]:
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    minutes = f"{seconds // 60} min " if seconds > 60 else ""
    return f"{minutes}{seconds % 60} s"


def block(text, indent):
    """A comment of one line or several, as C, TypeScript and PHP have it."""
    if len(text) + len(indent) <= 110:
        return f"{indent}/** {text} */"
    return f"{indent}/**\n{wrapped(text, indent + ' * ', 120)}\n{indent} */"


def wrapped(text, prefix, width):
    lines = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(paragraph, width - len(prefix)) or [""]
    return "\n".join(f"{prefix}{line}".rstrip() for line in lines)
