"""Random calls of the management API from a seed, with their expected results.

python -m scenarios.management_random SEED COUNT FILE     (in tests/vectors)
"""

import json
import random
import sys
from pathlib import Path

from .manage import DATA, FAULTS, HTML, KEY, LIVE_KEY, OPERATIONS, PARAMETERS, expected, text
from .management_model import START_UNIX_MS, Model

MOST_STEPS = 14
CODES = [
    "validation_error",
    "rate_limit_exceeded",
    "service_error",
    "odd_error",
    "Not A Code",
    "",
    None,
    5,
]
STATUSES = [200] * 12 + [
    201,
    204,
    301,
    307,
    400,
    401,
    403,
    404,
    404,
    408,
    409,
    429,
    429,
    500,
    500,
    502,
    503,
    503,
    504,
    599,
]
TEXTS = [
    "",
    "x",
    "payment",
    "Ünïcode",
    "\U0001f600",
    'a"b\\c',
    "\n\t\u0001",
    "\u2028",
    "a/b?c#d",
    "%2F",
    " ",
]
RETRY_AFTER = [
    "0",
    "1",
    "2",
    "7",
    "60",
    "61",
    "3600",
    "soon",
    "-1",
    "1.5",
    "",
    " 3 ",
    "9" * 30,
    "1, 2",
]


class Partly(Model):
    """A model whose scripts may have unused steps."""

    left = 0

    def used(self, script, outcome):
        self.left = len(script)
        return outcome


def main():
    seed, count, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    dice = random.Random(seed)
    cases = [{"id": f"random-{seed}-{number}", **case(dice)} for number in range(count)]
    path.write_text(json.dumps({"file": "random", "cases": cases}), "utf-8")


def case(dice):
    options = {}
    if dice.random() < 0.3:
        options["maxRetries"] = dice.randrange(11)
    if dice.random() < 0.2:
        options["timeoutSeconds"] = dice.choice([0.5, 1, 5, 60])
    if dice.random() < 0.2:
        options["deadlineSeconds"] = dice.choice([0.5, 1, 10, 60, 600])
    if dice.random() < 0.2:
        options["baseUrl"] = dice.choice(
            ["http://127.0.0.1:4400", "https://proxy.example/payvost/"]
        )
    client = {"apiKey": dice.choice([KEY, KEY, KEY, LIVE_KEY]), "options": options}
    model = Partly(client)
    return {
        "comment": "random",
        "client": client,
        "calls": [call(dice, model) for _ in range(dice.choice([1, 1, 1, 2, 4]))],
    }


def call(dice, model):
    names = [name for name in OPERATIONS if "test" in model.key or not name.startswith("testing.")]
    operation = dice.choice(names)
    made = {
        "operation": operation,
        "parameters": parameters(dice, operation),
        "random": f"{dice.getrandbits(128):032x}",
    }
    if options := call_options(dice):
        made["options"] = options
    if OPERATIONS[operation][3] == "page" and dice.random() < 0.5:
        made["iterate"] = True
    steps = []
    for _ in range(MOST_STEPS - 1):
        steps.append(step(dice, operation, model))
    # This ends a call that iterates, whatever came before.
    steps += [{"status": 401, "body": "{}", "takes": 1}]
    made["script"] = steps
    outcome = model.call(made)
    made["script"] = steps[: len(steps) - model.left]
    return {**made, "expect": expected(outcome)}


def call_options(dice):
    options = {}
    if dice.random() < 0.2:
        options["maxRetries"] = dice.randrange(5)
    if dice.random() < 0.2:
        options["idempotent"] = dice.random() < 0.7
    if dice.random() < 0.1:
        options["idempotencyKey"] = f"order-{dice.randrange(100)}"
    if dice.random() < 0.1:
        options["timeoutSeconds"] = dice.choice([0.25, 2, 30])
    if dice.random() < 0.1:
        options["deadlineSeconds"] = dice.choice([0.25, 2, 30])
    return options


def parameters(dice, operation):
    given = dict(PARAMETERS[operation])
    if "id" in given:
        given["id"] = dice.choice(["webhook_abc123", "w", "a/b", "é", "a b"])
    more = {
        "description": lambda: dice.choice(TEXTS),
        "metadata": lambda: {dice.choice(TEXTS[:4]): dice.choice(TEXTS)},
        "limit": lambda: dice.randint(1, 100),
        "offset": lambda: dice.randrange(1000),
        "enabled": lambda: dice.random() < 0.5,
        "status": lambda: dice.choice(["failed", "succeeded", "pending"]),
        "minutes": lambda: dice.randrange(60),
        "data": lambda: {
            "amount": "99.99",
            "text": dice.choice(TEXTS),
            "whole": dice.randrange(100),
        },
    }
    for name in OPERATIONS[operation][2]:
        if name in more and dice.random() < 0.4:
            given[name] = more[name]()
    return given


def step(dice, operation, model):
    made = {"takes": dice.choice([0, 1, 20, 250, 5_000, 29_000]), "random": dice.getrandbits(32)}
    if dice.random() < 0.25:
        return {**made, "fault": dice.choice([*FAULTS, "lost", "not_sent", "timed_out"])}
    made["status"] = dice.choice(STATUSES)
    made.update(body(dice, operation, made["status"], model))
    headers = []
    if dice.random() < 0.2:
        seconds = dice.choice([-5, 0, 2, 30, 90]) + START_UNIX_MS // 1000
        headers.append(["Retry-After", dice.choice([*RETRY_AFTER, date(seconds), date(seconds)])])
    if dice.random() < 0.3:
        headers.append(
            [
                dice.choice(["X-Request-Id", "request-id"]),
                dice.choice(["req_1", "a b", "", "x" * 129]),
            ]
        )
    if headers:
        made["headers"] = headers
    return made


def date(seconds):
    from datetime import datetime, timezone

    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")


def body(dice, operation, status, model):
    kind = dice.random()
    if kind < 0.05:
        return {"body": dice.choice(["", HTML, "null", "[]", "{}", "OK", '{"success":true}'])}
    if status < 300:
        data = DATA[operation]
        if OPERATIONS[operation][3] == "page":
            data = data * dice.randrange(4)
        envelope = {"success": True, "data": data}
        if dice.random() < 0.3:
            envelope[dice.choice(["total", "pagination", "meta"])] = dice.choice(
                [3, {"total": 5}, {"total": 0}, None]
            )
        if dice.random() < 0.1:
            envelope["success"] = dice.choice([False, None, "true", 1])
        if dice.random() < 0.1:
            envelope["data"] = dice.choice(
                [None, {}, [], "x", [1], {"data": [{}], "total": 1}, {"secret": "s"}]
            )
        content = text(envelope)
    else:
        error = {
            dice.choice(["code", "type"]): dice.choice(CODES),
            "message": dice.choice([*TEXTS, model.key, None]),
        }
        if dice.random() < 0.3:
            error["field"] = dice.choice(["url", "", 5, model.key])
        if dice.random() < 0.3:
            error["requestId"] = dice.choice(["req_b", "a b", None, model.key])
        content = text(
            dice.choice(
                [
                    {"success": False, "error": error},
                    {"error": error},
                    {"error": "No."},
                    {"message": "No."},
                ]
            )
        )
    if dice.random() < 0.05:
        at = dice.randrange(len(content) + 1)
        content = dice.choice(
            [
                content[:at],
                content[:at] + dice.choice('{}[]",:x1 \x00') + content[at:],
                content + content,
            ]
        )
    raw = content.encode()
    if dice.random() < 0.03:
        at = dice.randrange(len(raw) + 1)
        return {"body_hex": (raw[:at] + bytes([dice.randrange(128, 256)]) + raw[at:]).hex()}
    return {"body": content}


if __name__ == "__main__":
    main()
