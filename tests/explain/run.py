#!/usr/bin/env python3
"""Makes random mistakes of every kind, and prints how often the first cause that is named is right.

run.py COUNT [SEED]        COUNT mistakes; needs the example `explain_lines` (see --program)
run.py --hostile 1         bodies of 1 MiB that could make a search long, and how long each takes
run.py --forged COUNT      deliveries that nothing explains: any cause but `unknown` is an error
"""

import argparse
import collections
import json
import random as randoms
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mistakes
import serializers

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "vectors"))
from scenarios.json_difference import kind_of  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--forged", action="store_true", help="only what nothing explains")
    parser.add_argument("--hostile", action="store_true", help="long bodies only")
    parser.add_argument("--program", type=Path, default=ROOT / "target/tool/examples/explain_lines")
    parser.add_argument("--show", type=int, default=0, help="show so many of the wrong ones")
    arguments = parser.parse_args()
    random = randoms.Random(arguments.seed)
    if arguments.hostile:
        return report_hostile(arguments.program, random)
    if arguments.forged:
        return report_forged(arguments, [forged(random) for _ in range(arguments.count)])
    with tempfile.TemporaryDirectory() as folder:
        commands = serializers.available(Path(folder))
        print("serializers: Python, " + ", ".join(commands))
        made = list(deliveries(arguments.count, random, commands))
    explained = explain(arguments.program, made)
    right, wrong, confusions = collections.Counter(), collections.Counter(), collections.Counter()
    shown = 0
    for delivery, answer in zip(made, explained):
        found = answer["causes"][0]["code"] if answer["causes"] else answer["verdict"]
        label = f"{delivery.kind} {delivery.detail}".strip()
        (right if found == delivery.kind else wrong)[label] += 1
        if found != delivery.kind:
            confusions[label, found] += 1
            if shown < arguments.show:
                shown += 1
                print(
                    json.dumps([label, found, repr(delivery.signed), repr(delivery.body)], indent=1)
                )
    for label in sorted({*right, *wrong}):
        total = right[label] + wrong[label]
        print(f"{label:60} {right[label]:6} of {total:6}  {100 * right[label] / total:6.2f} %")
    print("\nconfusions (made, named, how often):")
    for (label, found), count in confusions.most_common():
        print(f"  {label:58} {found:28} {count}")
    total = sum(right.values()) + sum(wrong.values())
    kinds = len({delivery.kind for delivery in made})
    micros = sorted(answer["micros"] for answer in explained)
    print(
        f"\n{sum(right.values())} of {total} right ({100 * sum(right.values()) / total:.2f} %), {kinds} kinds"
    )
    print(f"time: median {micros[total // 2] / 1000:.2f} ms, slowest {micros[-1] / 1000:.1f} ms")
    return 0 if sum(right.values()) >= 0.99 * total else 1


def deliveries(count, random, commands):
    """Half of the mistakes are those of serializers, since they have the most forms."""
    made = 0
    kinds = list(mistakes.CHANGES)
    while made < count // 2:
        delivery = mistakes.simple(kinds[made % len(kinds)], random)
        if delivery is not None:
            made += 1
            yield delivery
    texts = [mistakes.original(random) for _ in range((count - made) // 25 + 1)]
    written = {"Python": [serializers.python(text) for text in texts]}
    for language, command in commands.items():
        written[language] = serializers.reserialize(command, texts)
    left = [
        (text, f"{language} {habit}", body)
        for language, forms in written.items()
        for text, habits in zip(texts, forms)
        for habit, body in habits.items()
        if body != text
    ]
    random.shuffle(left)
    for text, detail, body in left[: count - made]:
        key = mistakes.secret(random)
        yield mistakes.Delivery(
            kind_of(text.decode(), body.decode()),
            body,
            [mistakes.sign(text, key)],
            key,
            text,
            f"({detail})",
        )


def forged(random):
    body = mistakes.original(random)
    kind = random.random()
    if kind < 0.3:
        body = random.randbytes(random.randrange(600))
    headers = [mistakes.sign(mistakes.original(random), mistakes.secret(random))]
    if kind > 0.9:
        headers = [random.randbytes(random.randrange(80))]
    others = [mistakes.secret(random) for _ in range(random.randrange(3))]
    bodies = [mistakes.original(random) for _ in range(random.randrange(3))]
    return mistakes.Delivery(
        "unknown", body, headers, mistakes.secret(random), b"", "", others, bodies
    )


def report_forged(arguments, made):
    found = collections.Counter()
    for answer in explain(arguments.program, made):
        if answer["verdict"] == "ok":
            sys.exit("a forged delivery was accepted")
        found.update(cause["code"] for cause in answer["causes"])
    print(f"{len(made)} forged deliveries: {dict(found)}")
    return 0 if set(found) == {"unknown"} else 1


def report_hostile(program, random):
    length = 1 << 20
    parts = [
        "0",
        "1.50",
        "12345678901234567000",
        "[]",
        '{"b":1,"a":2}',
        '"\\u00e9\\/<"',
        '"é/<>&+"',
        "12345.50",
        '"é/<&é"',
    ]
    head = b'{"id":"e","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"a":['
    bodies = {
        part: head + (part + ",").encode() * (length // len(part.encode() + b",") - 80) + b"0]}}"
        for part in parts
    }
    bodies |= {
        part: part.encode() * (length // len(part))
        for part in ["[", '{"a":', "\n", "%41", "A", '"', "&amp;", " "]
    }
    bodies |= {
        f"{count:,} keys {filler[:3]}": json.dumps(
            {f"{filler}{key}": 1.5 for key in range(count)}
        ).encode()
        for count, filler in [(60_000, "key"), (50_000, "é"), (2_000, "k" * 500)]
    }
    headers = [mistakes.sign(b"another", b"whsec_another")]
    made = [
        mistakes.Delivery("unknown", body, headers, mistakes.secret(random), b"")
        for body in bodies.values()
    ]
    for part, answer in zip(bodies, explain(program, made)):
        print(f"{part:24} {answer['micros'] / 1000:8.1f} ms")
        if [cause["code"] for cause in answer["causes"]] != ["unknown"]:
            return 1
    return 0


def explain(program, made):
    start = time.perf_counter()
    lines = "".join(delivery.line() + "\n" for delivery in made)
    output = subprocess.run([program], input=lines.encode(), capture_output=True, check=True).stdout
    print(f"{len(made)} explained in {time.perf_counter() - start:.1f} s")
    return [json.loads(line) for line in output.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
