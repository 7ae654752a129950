#!/usr/bin/env python3
"""Compares the results of the five languages with the vectors, and so with each other.

    compare_verdicts.py [OBSERVED [VECTORS]]     OBSERVED holds <language>.jsonl

The folders are target/observed and tests/vectors/verify when not given.

Exits 1 when a language's file is missing, when it has not exactly the vectors' cases, or when a
verdict, offset, pointer or value is not what the vectors expect.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ["rust", "c", "python", "node", "php"]
SHOWN = 20


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "observed"
    vectors = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "tests" / "vectors" / "verify"
    expected = read_vectors(vectors)
    observed, differences = {}, []
    for language in LANGUAGES:
        try:
            observed[language] = read_observed(folder / f"{language}.jsonl")
        except (OSError, ValueError, KeyError) as error:
            differences.append(f"{language}: cannot be read: {error!r}")
    differences += compare(expected, observed)

    if differences:
        print("\n".join(differences[:SHOWN]))
        if len(differences) > SHOWN:
            print(f"… and {len(differences) - SHOWN} more")
        sys.exit(f"{len(differences)} differences in {len(expected)} cases")
    print(f"{len(expected)} cases, {len(LANGUAGES)} languages: identical")


def read_vectors(folder):
    """What each case expects, in the form of an observation."""
    expected = {}
    for path in sorted(folder.glob("*.json")):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            if case["id"] in expected:
                sys.exit(f"{path.name}: the id {case['id']} is not unique")
            expected[case["id"]] = expectation(case)
    if not expected:
        sys.exit(f"no vectors in {folder}")
    return expected


def expectation(case):
    error = case.get("error", {})
    return {
        "verdict": error.get("code", "valid"),
        "offset": error.get("offset"),
        "pointer": error.get("pointer"),
        "value": case.get("value"),
    }


def read_observed(path):
    """What a language observed, by case."""
    observed = {}
    for line in path.read_text("utf-8").strip().split("\n"):
        observation = json.loads(line)
        name = observation.pop("id")
        if name in observed:
            raise ValueError(f"the case {name} was run twice")
        observed[name] = observation
    return observed


def compare(expected, observed):
    """One line for each difference, case by case."""
    differences = []
    for language, cases in observed.items():
        for what, names in [
            ("not run", expected.keys() - cases.keys()),
            ("unknown", cases.keys() - expected.keys()),
        ]:
            if names:
                first = ", ".join(sorted(names)[:3])
                differences.append(f"{language}: {len(names)} cases {what}: {first}, …")
    for name, wanted in expected.items():
        for language, cases in observed.items():
            # Compared as text: to Python, true is 1.
            if name in cases and json.dumps(cases[name], sort_keys=True) != json.dumps(
                wanted, sort_keys=True
            ):
                differences.append(
                    f"{name}: {language} observed {brief(cases[name])}, expected {brief(wanted)}"
                )
    return differences


def brief(observation):
    text = json.dumps({key: value for key, value in observation.items() if value is not None})
    return text if len(text) <= 200 else text[:200] + "…"


if __name__ == "__main__":
    main()
