#!/usr/bin/env python3
"""Compares what the languages observed of the shared calls of the management API with the vectors, and with each other.

    compare_management.py [OBSERVED [VECTORS [LANGUAGE…]]]

``OBSERVED/<language>.jsonl`` has one line per case, as ``tests/vectors/manage/README.md`` describes it.
Default: ``target/observed/manage``, ``tests/vectors/manage`` and all languages.

Exits 1 when a language ran fewer cases than there are, or observed something else than the vectors
say or than the others.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("rust", "c", "python", "python-async", "node", "php")
SHOWN = 40


def main():
    arguments = sys.argv[1:]
    folder = Path(arguments[0]) if arguments else ROOT / "target" / "observed" / "manage"
    vectors = Path(arguments[1]) if len(arguments) > 1 else ROOT / "tests" / "vectors" / "manage"
    languages = arguments[2:] or LANGUAGES
    expected = expectations(vectors)
    observed, differences = {}, []
    for language in languages:
        try:
            observed[language] = read(folder / f"{language}.jsonl")
        except (OSError, ValueError, KeyError, TypeError) as error:
            differences.append(f"{language}: cannot be read: {error!r}")
    for language, cases in observed.items():
        if missing := expected.keys() ^ cases.keys():
            differences.append(
                f"{language}: {len(missing)} cases not run, or unknown: {sorted(missing)[:3]}"
            )
        for name in expected.keys() & cases.keys():
            differences += differing(f"{language} {name}", expected[name], cases[name])
    first = next(iter(observed), None)
    for language, cases in observed.items():
        for name in observed[first].keys() & cases.keys():
            ours, theirs = observed[first][name], cases[name]
            differences += differing(f"{language} {name}, beside {first}", ours, theirs, both=True)
    if differences:
        print("\n".join(differences[:SHOWN]))
        sys.exit(f"{len(differences)} differences")
    calls = sum(map(len, expected.values()))
    print(f"{len(expected)} cases with {calls} calls, {len(observed)} languages: identical")


def expectations(folder):
    cases = {}
    for path in sorted(folder.glob("*.json")):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            cases[case["id"]] = [
                plain(call["expect"])
                for call in case["calls"]
                for _ in range(call.get("repeat", 1))
            ]
    return cases


def read(path):
    with path.open(encoding="utf-8") as lines:
        cases = (json.loads(line) for line in lines)
        return {case["id"]: [plain(call) for call in case["calls"]] for case in cases}


def plain(value):
    """A value in which null and absent are the same, and names are in snake case."""
    if isinstance(value, dict):
        made = {name: plain(member) for name, member in value.items() if member is not None}
        if "parameter" in made:
            snake = re.sub(r"(?<!^)(?=[A-Z])", "_", made["parameter"]).lower()
            made["parameter"] = snake.removesuffix("_seconds")
        return made
    return [plain(element) for element in value] if isinstance(value, list) else value


def differing(name, expected, observed, both=False):
    if len(expected) != len(observed):
        return [f"{name}: {len(observed)} calls, expected {len(expected)}"]
    for number, (ours, theirs) in enumerate(zip(expected, observed), 1):
        ours, theirs = settled(ours, theirs, both), settled(theirs, ours, both)
        for key in sorted(ours.keys() | theirs.keys()):
            if ours.get(key) != theirs.get(key):
                found, wanted = json.dumps(theirs.get(key)), json.dumps(ours.get(key))
                return [f"{name}, call {number}: {key}: {found[:300]}, expected {wanted[:300]}"]
    return []


def settled(call, other, both):
    """A call without what only one of two runners can see: a time limit, and a message that is not the server's."""
    call = dict(call)
    if "requests" in call:
        seen = all("time_limit_ms" in request for request in other.get("requests", []))
        unlimited = call["requests"] and not any("time_limit_ms" in one for one in call["requests"])
        if not seen and not unlimited:
            call["requests"] = [
                {name: value for name, value in request.items() if name != "time_limit_ms"}
                for request in call["requests"]
            ]
    if "error" in call and not both and "message" not in other.get("error", {}):
        call["error"] = {name: value for name, value in call["error"].items() if name != "message"}
    return call


if __name__ == "__main__":
    main()
