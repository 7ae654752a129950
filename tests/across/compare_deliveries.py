#!/usr/bin/env python3
"""Compares the results of the five languages for the shared deliveries, and for the sequences for stores.

    compare_deliveries.py [OBSERVED]     default: target/observed

``OBSERVED/receive/<language>.jsonl`` has one line per delivery: its steps, its answer and its record, the
same to the letter in every language. ``OBSERVED/claims/<language>.jsonl`` has one line per store and
sequence: every store of every language gives the same replies.

Exits 1 when a language ran fewer cases than there are, or observed something else than the others.
"""

import json
import sys
from pathlib import Path

from compare_verdicts import LANGUAGES, ROOT, SHOWN, compare, read_observed

VECTORS = ROOT / "tests" / "vectors"

#: The stores that a language has at least.
STORES = {
    "rust": {"memory"},
    "c": {"memory"},
    "python": {"memory", "redis", "postgres", "mariadb", "sqlite"},
    "node": {"memory", "redis", "postgres", "mariadb", "sqlite"},
    "php": {"memory", "redis", "postgres", "mariadb", "sqlite"},
}


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "observed"
    deliveries, differences = observed_by_language(folder / "receive")
    first = deliveries.get(LANGUAGES[0], {})
    if missing := set(ids("receive")) ^ first.keys():
        differences.append(
            f"{LANGUAGES[0]}: {len(missing)} cases not run, or unknown: {sorted(missing)[:3]}"
        )
    differences += compare(first, deliveries)

    stores, unread = observed_by_language(folder / "claims")
    differences += unread + compare_stores(stores)
    if differences:
        print("\n".join(differences[:SHOWN]))
        sys.exit(f"{len(differences)} differences")
    runs = sum(map(len, stores.values()))
    print(f"{len(first)} deliveries, {len(LANGUAGES)} languages: identical")
    print(f"{len(ids('claims'))} sequences, {runs} runs on stores: identical")


def observed_by_language(folder):
    """What each language observed, by case; and which files cannot be read."""
    observed, differences = {}, []
    for language in LANGUAGES:
        try:
            cases = read_observed(folder / f"{language}.jsonl")
            # What is null and what is not said are the same.
            observed[language] = {
                name: {key: value for key, value in case.items() if value is not None}
                for name, case in cases.items()
            }
        except (OSError, ValueError, KeyError) as error:
            differences.append(f"{folder.name}: {language}: cannot be read: {error!r}")
    return observed, differences


def compare_stores(observed):
    """A run is named ``<store>/<id of the sequence>``."""
    differences, wanted = [], expected_replies()
    for language, runs in observed.items():
        for store in STORES[language]:
            ran = {
                name.partition("/")[2]
                for name in runs
                if name.partition("/")[0].split(" ")[0] == store
            }
            if missing := wanted.keys() - ran:
                differences.append(
                    f"claims: {language} on {store}: {len(missing)} sequences not run: {sorted(missing)[:3]}"
                )
        for name, run in runs.items():
            replies = wanted.get(name.partition("/")[2])
            if run["replies"] != replies:
                differences.append(
                    f"claims: {language} {name}: observed {run['replies']}, expected {replies}"
                )
    return differences


def expected_replies():
    return {case["id"]: [step.get("expect") for step in case["steps"]] for case in cases("claims")}


def ids(folder):
    return [case["id"] for case in cases(folder)]


def cases(folder):
    for path in sorted((VECTORS / folder).glob("*.json")):
        yield from json.loads(path.read_text("utf-8"))["cases"]


if __name__ == "__main__":
    main()
