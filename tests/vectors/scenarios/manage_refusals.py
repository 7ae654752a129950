"""Calls that are refused before anything is sent, with the invalid parameter written by hand."""

LONG = "x" * 256

CREATE = "webhooks.create"

#: Operations and parameters, with invalid values.
VALUES = {
    (CREATE, "url"): [
        None,
        "",
        5,
        True,
        [],
        {},
        "yourapp.com",
        "/hooks",
        "ftp://yourapp.com",
        "https://",
        "https:///x",
        "https://a b.com",
        "https://yourapp.com/\n",
        "https://user:pass@yourapp.com/",
        "https://user@yourapp.com/",
        "https://yourapp.com:65536",
        "https://yourapp.com:x",
        "https://[::1",
        "https://a..b",
        "javascript:alert(1)",
        " https://yourapp.com",
        "https://yourapp.com/\u00a0x",
        "https:yourapp.com",
        "https://your%61pp.com",
    ],
    (CREATE, "events"): [None, [], "payment.*", {"0": "payment.*"}, 5, True],
    (CREATE, "description"): [5, True, ["x"], {"x": 1}],
    (CREATE, "metadata"): ["x", 5, True, ["x"]],
    ("webhooks.list", "limit"): [0, 101, -1, 1.5, "20", True, [20], 1e30],
    ("webhooks.list", "offset"): [-1, 0.5, "0", False, 1e30, 9_007_199_254_740_994],
    ("webhooks.get", "id"): [
        None,
        "",
        ".",
        "..",
        "a\nb",
        "a\0b",
        LONG,
        5,
        True,
        ["w"],
        {"id": "w"},
    ],
    ("webhooks.update", "url"): ["", "yourapp.com", 5],
    ("webhooks.update", "events"): [[], "payment.*"],
    ("webhooks.update", "enabled"): ["true", 1, 0, "yes", []],
    ("webhooks.test", "eventType"): [
        None,
        "",
        "*",
        "payment.*",
        5,
        "payment .x",
        "payment.",
        ["payment.succeeded"],
    ],
    ("webhooks.getLogs", "status"): ["Failed", "done", "", 5, True, ["failed"]],
    ("testing.triggerWebhook", "eventType"): ["payment.*", None],
    ("testing.triggerWebhook", "data"): ["x", 5, [1], True],
    ("testing.advanceTime", "hours"): [-1, 1.5, "1", True],
    ("testing.advanceTime", "seconds"): [-1, "1"],
}

PATTERNS = [
    "",
    ".",
    "..",
    ".*",
    "payment.",
    ".payment",
    "a..b",
    "payment*",
    "*.succeeded",
    "payment.*.x",
    "**",
    "payment.**",
    " payment.*",
    "payment.succeeded\n",
    "payment .x",
    "payment.\u0000",
    "\u00a0",
    5,
    None,
    ["payment.*"],
]

UNKNOWN = [
    (CREATE, "event"),
    (CREATE, "webhookUrl"),
    (CREATE, "secret"),
    (CREATE, "id"),
    ("webhooks.list", "status"),
    ("webhooks.list", "page"),
    ("webhooks.get", "limit"),
    ("webhooks.update", "active"),
    ("webhooks.getLogs", "state"),
    ("webhooks.test", "type"),
    ("testing.advanceTime", "days"),
    ("testing.resetTime", "x"),
]

OPTIONS = {
    "timeoutSeconds": [0, -1, 0.0001, 3600.5, 1e300, "5", True, [5]],
    "deadlineSeconds": [0, -1, 3601, "5", False],
    "maxRetries": [-1, 11, 1.5, "2", True, 1e30],
}

CALL_OPTIONS = {
    **OPTIONS,
    "idempotent": ["true", 1, []],
    "idempotencyKey": ["", "a b", "a\nb", "\u00e9", LONG, 5],
}

CLIENT_OPTIONS = {
    **OPTIONS,
    "environment": ["production", "live", "test", "Sandbox", "", 5],
    "baseUrl": [
        "",
        "api.payvost.com",
        "ftp://api.payvost.com",
        "https://user:pass@api.payvost.com",
        "https://api.payvost.com/?a=b",
        "https://api.payvost.com/#a",
        "https://b\u00fccher.example",
        5,
    ],
}

KEYS = [
    "",
    " ",
    "\n",
    "\u0000",
    "sk_test_x\n",
    " sk_test_x",
    "sk_test_x\t",
    "pk_test_x",
    "pk_live_x",
    "whsec_x",
    "sk_x",
    "SK_TEST_x",
    "key",
    "sk_testx",
    "sk_test_a b",
    "sk_test_\u00e9",
    "sk_test_a\u0000b",
    "sk_test_a\r\nX-Injected: 1",
    "Bearer sk_test_x",
]


def cases(parameters, key, live_key):
    """Each case, with the parameter that its refusal names."""

    def refused(
        comment, parameter, operation="webhooks.get", given=None, options=None, client=None
    ):
        entry = {
            "operation": operation,
            "parameters": parameters[operation] if given is None else given,
            "script": [],
        }
        if options is not None:
            entry["options"] = options
        entry["expect"] = {"refused": {"code": "invalid_option", "parameter": parameter}}
        return {
            "comment": comment,
            "client": client or {"apiKey": key},
            "calls": [{"random": "00" * 16, **entry}],
        }

    for (operation, name), values in VALUES.items():
        for value in values:
            if value is None and name in ("description", "metadata"):
                continue
            yield refused(
                f"{operation}: {name} is {value!r}"[:120],
                name,
                operation,
                {**parameters[operation], name: value},
            )
    for operation, needed in {
        CREATE: ["url", "events"],
        "webhooks.get": ["id"],
        "webhooks.update": ["id"],
        "webhooks.delete": ["id"],
        "webhooks.rotateSecret": ["id"],
        "webhooks.test": ["id", "eventType"],
        "webhooks.getLogs": ["id"],
        "testing.triggerWebhook": ["id", "eventType"],
    }.items():
        for name in needed:
            rest = {key_: value for key_, value in parameters[operation].items() if key_ != name}
            yield refused(f"{operation}: no {name}", name, operation, rest)
    for index, pattern in enumerate(PATTERNS):
        position = index % 3
        events = ["payment.*"] * position + [pattern]
        yield refused(
            f"{CREATE}: the pattern {pattern!r}, number {position}",
            "events",
            CREATE,
            {**parameters[CREATE], "events": events},
        )
    yield refused(
        "webhooks.update: a pattern that matches nothing",
        "events",
        "webhooks.update",
        {"id": "w", "events": ["payment.*", "*."]},
    )
    for operation, name in UNKNOWN:
        yield refused(
            f"{operation}: {name} does not exist",
            name,
            operation,
            {**parameters[operation], name: "x"},
        )
    yield refused("webhooks.update: nothing to change", "", "webhooks.update", {"id": "w"})
    yield refused(
        "webhooks.update: nothing but null", "", "webhooks.update", {"id": "w", "enabled": None}
    )
    yield refused("testing.advanceTime: without a duration", "", "testing.advanceTime", {})
    for name, values in CALL_OPTIONS.items():
        for value in values:
            yield refused(
                f"the option {name} of a call is {value!r}"[:120], name, options={name: value}
            )
    yield refused("an option of a call that does not exist", "retries", options={"retries": 3})
    for name, values in CLIENT_OPTIONS.items():
        for value in values:
            yield refused(
                f"the client's {name} is {value!r}"[:120],
                name,
                client={"apiKey": key, "options": {name: value}},
            )
    yield refused(
        "an option of the client that does not exist",
        "timeoutMs",
        client={"apiKey": key, "options": {"timeoutMs": 5}},
    )
    live = {"apiKey": live_key}
    yield refused(
        "a live key in the sandbox",
        "environment",
        client={**live, "options": {"environment": "sandbox"}},
    )
    for base in [
        "http://api.payvost.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://192.168.0.1",
    ]:
        yield refused(
            f"a live key to {base}", "baseUrl", client={**live, "options": {"baseUrl": base}}
        )
    for url in ["http://yourapp.com/hooks", "http://localhost:3000/"]:
        yield refused(
            f"a live webhook at {url}",
            "url",
            CREATE,
            {**parameters[CREATE], "url": url},
            client=live,
        )
        yield refused(
            f"a live webhook moves to {url}",
            "url",
            "webhooks.update",
            {"id": "w", "url": url},
            client=live,
        )
    for operation in [
        "testing.triggerWebhook",
        "testing.advanceTime",
        "testing.resetTime",
        "testing.resetAllData",
    ]:
        yield refused(f"{operation}: with a live key", "", operation, client=live)
    for text in KEYS:
        yield refused(f"the API key {text!r}", "apiKey", client={"apiKey": text})
