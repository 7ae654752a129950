"""Counts instructions with valgrind's callgrind, and compares with the counts in instructions.json.

Run by ``bench/instructions``, which builds the program that is counted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BASELINE = Path(__file__).with_suffix(".json")
MARGIN = 0.10


@dataclass(frozen=True)
class Scenario:
    name: str
    body: str
    # Enough for what one call takes on average to be a whole number, more or less.
    times: int


SIGNATURE, PARSED = "signature", "verify"
SCENARIOS = (
    Scenario("signature", "event", 200),
    Scenario("verify", "event", 200),
    Scenario("refuse", "event", 200),
    Scenario("once", "event", 200),
    Scenario("signature", "32-kib", 5),
    Scenario("verify", "32-kib", 5),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/instructions", description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("bodies", type=Path)
    parser.add_argument("--update", action="store_true", help="write the counts to the file")
    options = parser.parse_args()

    counts = with_parse(
        {f"{each.name} {each.body}": count(each, options) for each in SCENARIOS},
    )
    if options.update:
        write(counts)
        return 0
    baseline = json.loads(BASELINE.read_text("utf-8"))
    return compare(counts, baseline["instructions"], baseline["with"])


def count(scenario: Scenario, options: argparse.Namespace) -> int:
    """The instructions of one call: the difference that twice as many calls make, without the startup."""
    body = options.bodies / f"{scenario.body}.json"
    fewer, more = (
        collected([options.program, scenario.name, body, str(times)])
        for times in (scenario.times, 2 * scenario.times)
    )
    return round((more - fewer) / scenario.times)


def collected(command: list[Path | str]) -> int:
    callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    process = subprocess.run([*callgrind, *command], capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", process.stderr)
    if process.returncode != 0 or found is None:
        raise SystemExit(f"bench/instructions: callgrind failed:\n{process.stderr}")
    return int(found[1])


def with_parse(counts: Mapping[str, int]) -> dict[str, int]:
    """Adds the strict parse alone, which would drown in the portable SHA-256 that runs under valgrind."""
    parses = {
        f"parse {name.split()[1]}": counts[name] - counts[name.replace(PARSED, SIGNATURE)]
        for name in counts
        if name.startswith(PARSED)
    }
    return {**counts, **parses}


def compare(counts: Mapping[str, int], baseline: Mapping[str, int], made_with: str) -> int:
    failed = False
    for name, instructions in counts.items():
        before = baseline.get(name)
        if before is None:
            print(f"✗ {name:<18} {instructions:>12,}   not in {BASELINE.name}")
            failed = True
            continue
        change = instructions / before - 1
        too_many = change > MARGIN
        failed |= too_many
        print(
            f"{'✗' if too_many else '✓'} {name:<18} {instructions:>12,}   {change:+7.2%} of {before:,}"
        )
        if change < -MARGIN:
            print("  fewer than before: keep it with `bench/instructions --update`")
    if not failed:
        return 0
    print(
        f"\nMore than {MARGIN:.0%} above the counts in bench/{BASELINE.name}, or not among them. They were made with\n"
        f"    {made_with}\nand these with\n    {tools()}\n"
        "Where the difference is the tools', or worth its price, run `bench/instructions --update`, look at the\n"
        "difference, and commit it."
    )
    return 1


def write(counts: Mapping[str, int]) -> None:
    content = {"with": tools(), "instructions": dict(counts)}
    BASELINE.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name, instructions in counts.items():
        print(f"  {name:<18} {instructions:>12,}")
    print(f"Written to bench/{BASELINE.name}")


def tools() -> str:
    lines = [
        subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout
        for tool in ("rustc", "valgrind")
    ]
    return ", ".join(line.strip() for line in lines)


if __name__ == "__main__":
    sys.exit(main())
