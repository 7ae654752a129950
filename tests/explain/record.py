#!/usr/bin/env python3
"""Writes ``tests/vectors/scenarios/recorded/serialized.json``: what all serializers make of a few bodies.

Run it with Node.js, PHP, Ruby, Go and Java (Jackson and Gson) installed. The vectors are made from the file,
so that their generator needs none of them.
"""

import json
import sys
import tempfile
from pathlib import Path

import serializers

FILE = Path(__file__).parents[1] / "vectors" / "scenarios" / "recorded" / "serialized.json"
HEAD = '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":'
BODIES = {
    "a documented event": HEAD
    + '{"id":"pay_1","amount":"99.99","currency":"USD","status":"succeeded"},"previousData":null}',
    "characters that are escaped": HEAD
    + '{"id":"pay_1","amount":"99.99","customer":{"email":"zoe@example.com","name":"Zoë 😀"},'
    + '"metadata":{"url":"https://example.com/?a=1&b=<2>"}},"previousData":{"status":"pending"}}',
    "numbers": HEAD
    + '{"fee":1.0,"id":"pay_1","large":1e21,"rate":1e-7,"total":100.50},"previousData":{}}',
    "keys that look like numbers": HEAD
    + '{"id":"pay_1","metadata":{"b":"x","2":"y","1":"z"}},"previousData":{"a":1}}',
    "empty containers": HEAD + '{"id":"pay_1","metadata":{},"tags":[]},"previousData":{}}',
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        commands = serializers.available(Path(folder))
        if len(commands) < 5:
            sys.exit(f"only these are installed: {', '.join(commands)}")
        texts = [text.encode() for text in BODIES.values()]
        written = {"Python": [serializers.python(text) for text in texts]}
        for language, command in commands.items():
            written[language] = serializers.reserialize(command, texts)
    cases = [
        {
            "body": comment,
            "signed": text,
            "habit": f"{language}: {habit}",
            "received": received.decode(),
        }
        for language, forms in written.items()
        for (comment, text), habits in zip(BODIES.items(), forms)
        for habit, received in habits.items()
        if received.decode() != text
    ]
    # The same bytes once, by the first habit that makes them.
    distinct = {(case["signed"], case["received"]): case for case in reversed(cases)}
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in reversed(distinct.values()))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(f"[\n{lines}\n]\n", "utf-8")
    print(f"{len(distinct)} bodies by {len(written)} languages")


if __name__ == "__main__":
    main()
