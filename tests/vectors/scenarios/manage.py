"""Calls of the management API: their parameters, a scripted transport, and the expected results.

``management_model`` computes the results. Each case also states by hand how it ends, and the two must agree.
"""

import hashlib
import json
import struct
import sys

from . import manage_refusals
from .management_model import OPERATIONS, START_UNIX_MS, Model

KEY = "sk_test_vectors_0123456789"
LIVE_KEY = "sk_live_vectors_0123456789"

WEBHOOK = {
    "id": "webhook_abc123",
    "url": "https://yourapp.com/webhooks/payvost",
    "events": ["payment.*", "user.kyc_verified"],
    "enabled": True,
    "description": None,
}
ATTEMPT = {
    "id": "log_1",
    "event": {"id": "evt_1", "type": "payment.succeeded"},
    "status": "failed",
    "responseCode": 500,
    "responseBody": "",
}
SECRET = "whsec_new"

#: Parameters that each operation accepts.
PARAMETERS = {
    "webhooks.create": {"url": "https://yourapp.com/webhooks/payvost", "events": ["payment.*"]},
    "webhooks.list": {},
    "webhooks.get": {"id": "webhook_abc123"},
    "webhooks.update": {"id": "webhook_abc123", "enabled": True},
    "webhooks.delete": {"id": "webhook_abc123"},
    "webhooks.rotateSecret": {"id": "webhook_abc123"},
    "webhooks.test": {"id": "webhook_abc123", "eventType": "payment.succeeded"},
    "webhooks.getLogs": {"id": "webhook_abc123"},
    "testing.triggerWebhook": {"id": "webhook_abc123", "eventType": "payment.succeeded"},
    "testing.advanceTime": {"hours": 1},
    "testing.resetTime": {},
    "testing.resetAllData": {},
}

#: The data in the response to each operation.
DATA = {
    "webhooks.create": {**WEBHOOK, "secret": SECRET},
    "webhooks.list": [WEBHOOK],
    "webhooks.get": WEBHOOK,
    "webhooks.update": WEBHOOK,
    "webhooks.delete": WEBHOOK,
    "webhooks.rotateSecret": {"secret": SECRET},
    "webhooks.test": ATTEMPT,
    "webhooks.getLogs": [ATTEMPT],
    "testing.triggerWebhook": ATTEMPT,
    "testing.advanceTime": {"now": "2025-11-01T11:00:00Z"},
    "testing.resetTime": {"now": "2025-11-01T10:00:00Z"},
    "testing.resetAllData": {},
}

READS = ["webhooks.list", "webhooks.get", "webhooks.getLogs"]
REPEATABLE = [*READS, "webhooks.update", "webhooks.delete"]
POSTS = [name for name, (method, *_) in OPERATIONS.items() if method == "POST"]
FAULTS = {
    "not_sent": "connection_failed",
    "connect_timed_out": "timed_out",
    "timed_out": "timed_out",
    "lost": "connection_failed",
    "tls_failed": "connection_failed",
    "malformed": "unreadable_answer",
    "too_large": "unreadable_answer",
}
HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body></body></html>"


def cases():
    return {
        "answers": list(_answers()),
        "budget": list(_budget()),
        "faults": list(_faults()),
        "idempotency": list(_idempotency()),
        "pages": list(_pages()),
        "refusals": list(manage_refusals.cases(PARAMETERS, KEY, LIVE_KEY)),
        "requests": list(_requests()),
        "retries": list(_retries()),
        "retry_after": list(_retry_after()),
        "statuses": list(_statuses()),
        "time_limits": list(_time_limits()),
    }


def answer(data=None, status=200, **step):
    return {"status": status, "body": text({"success": True, "data": data}), "takes": 20, **step}


def good(operation, **step):
    return answer(DATA[operation], **step)


def failed(status, code=None, **step):
    error = {"code": code or "service_error", "message": "No.", "requestId": "req_1"}
    return {"status": status, "body": text({"success": False, "error": error}), "takes": 20, **step}


def fault(name, **step):
    return {"fault": name, "takes": 20, **step}


def body(content, status=200, **step):
    return {"status": status, "body": content, "takes": 20, **step}


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def call(operation, *script, **more):
    parameters = more.pop("parameters", PARAMETERS[operation])
    return {"operation": operation, "parameters": parameters, "script": list(script), **more}


def case(comment, *calls, ends="ok", client=None):
    """A case of one or several calls on one client, with how the last of them ends: ``ok`` or a code."""
    client = {"apiKey": KEY, **(client or {})}
    model, made = Model(client), []
    for number, entry in enumerate(calls):
        seed = hashlib.sha256(f"{comment} {number}".encode()).hexdigest()
        entry = {"random": seed[:32], **entry}
        outcomes = []
        for _ in range(entry.get("repeat", 1)):
            try:
                outcomes.append(expected(model.call(entry)))
            except (AssertionError, IndexError) as error:
                sys.exit(f"manage: {comment}: the script does not fit: {error}")
        if any(outcome != outcomes[0] for outcome in outcomes):
            sys.exit(f"manage: {comment}: a repeated call ends differently")
        made.append({**entry, "expect": outcomes[0]})
    ended = outcomes[-1].get("error", {}).get("code", "ok")
    if ended != ends:
        sys.exit(f"manage: {comment}: the case says {ends}, the model {ended}")
    return {"comment": comment, "client": client, "calls": made}


def canonical(value):
    """The canonical form of a value, as ``../README.md`` defines it."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, float)):
        return "d" + struct.pack(">d", float(value) + 0.0).hex()
    if isinstance(value, str):
        return f'"{value.encode().hex()}"'
    if isinstance(value, list):
        value = {str(index): element for index, element in enumerate(value)}
    members = {key.encode(): canonical(element) for key, element in value.items()}
    return "{" + ",".join(f"{key.hex()}:{members[key]}" for key in sorted(members)) + "}"


def expected(outcome):
    made = {name: outcome[name] for name in ("requests", "waits", "attempts")}
    if "error" in outcome:
        error = {name: value for name, value in outcome["error"].items() if value is not None}
        return {**made, "error": error}
    if "entries" in outcome:
        return {**made, "entries": list(map(canonical, outcome["entries"]))}
    result = {"data": canonical(outcome["value"]), "attempts": outcome["attempts_made"]}
    if outcome["total"] is not None:
        result["total"] = outcome["total"]
    return {**made, "result": result}


def _requests():
    """Requests."""

    def sent(comment, operation, parameters, **more):
        one = call(operation, good(operation), parameters=parameters, **more)
        return case(f"{operation}: {comment}", one)

    for operation, parameters in PARAMETERS.items():
        yield sent("only the required parameters", operation, parameters)
        base = {"options": {"baseUrl": "http://127.0.0.1:4400/"}}
        yield case(
            f"{operation}: another base URL",
            call(operation, good(operation)),
            client=base,
        )
        if not operation.startswith("testing."):
            yield case(
                f"{operation}: a live key",
                call(operation, good(operation)),
                client={"apiKey": LIVE_KEY},
            )
    create, update = PARAMETERS["webhooks.create"], PARAMETERS["webhooks.update"]
    full = {"description": "Ünïcode \u20ac \U0001f600", "metadata": {"environment": "production"}}
    yield sent("all parameters", "webhooks.create", {**create, **full})
    yield sent(
        "parameters in another order", "webhooks.create", {**full, **dict(reversed(create.items()))}
    )
    yield sent(
        "null counts as absent",
        "webhooks.create",
        {**create, "description": None, "metadata": None},
    )
    yield sent(
        "text that needs escapes",
        "webhooks.create",
        {**create, "description": 'a"b\\c/d\n\t\r\b\f\u0001\u001f\u007f'},
    )
    yield sent(
        "empty texts are sent",
        "webhooks.create",
        {**create, "description": "", "metadata": {"": ""}},
    )
    yield sent(
        "a metadata key like a prototype",
        "webhooks.create",
        {**create, "metadata": {"__proto__": "x", "constructor": "y"}},
    )
    for pattern in ["*", "payment.*", "report.daily.*", "payment.succeeded", "unheard.of", "x"]:
        yield sent(f"the pattern {pattern}", "webhooks.create", {**create, "events": [pattern]})
    yield sent(
        "several patterns, with a duplicate",
        "webhooks.create",
        {**create, "events": ["payment.*", "*", "payment.*"]},
    )
    for url in [
        "https://yourapp.com",
        "https://yourapp.com:8443/a/b?c=d&e=f#g",
        "HTTPS://YOURAPP.COM/",
        "http://localhost:3000/webhooks",
        "https://[2001:db8::1]/hooks",
        "https://b\u00fccher.example/",
        "https://10.0.0.1/",
    ]:
        yield sent(f"the URL {url}", "webhooks.create", {**create, "url": url})
    yield sent(
        "null clears what it can clear",
        "webhooks.update",
        {"id": "w", "description": None, "metadata": None},
    )
    yield sent(
        "null counts as absent elsewhere",
        "webhooks.update",
        {**update, "url": None, "events": None},
    )
    for name, value in {
        "url": "https://yourapp.com/other",
        "events": ["*"],
        "enabled": False,
        "description": "x",
        "metadata": {},
    }.items():
        yield sent(f"only {name}", "webhooks.update", {"id": "w", name: value})
    for identity in [
        "a/b",
        "a?b",
        "a#b",
        "a b",
        "a%2Fb",
        "...",
        "\u00e9",
        "\U0001f600",
        "a+b&c=d",
        "~a-b_c.d",
        ":@!$'()*,;",
        "x" * 255,
    ]:
        yield sent(f"the id {identity[:20]!r} in the path", "webhooks.get", {"id": identity})
    for limit in [1, 20, 100]:
        yield sent(f"limit {limit}", "webhooks.list", {"limit": limit})
    for offset in [0, 1, 9_007_199_254_740_991]:
        yield sent(f"offset {offset}", "webhooks.list", {"offset": offset})
    yield sent("limit and offset, in either order", "webhooks.list", {"offset": 40, "limit": 50})
    for status in ["failed", "succeeded", "pending"]:
        yield sent(
            f"status {status}", "webhooks.getLogs", {"id": "w", "status": status, "limit": 50}
        )
    yield sent("an undocumented type", "webhooks.test", {"id": "w", "eventType": "rate.changed"})
    trigger = {"id": "w", "eventType": "payment.succeeded"}
    for name, data in {
        "no fields": {},
        "fields": {"amount": "99.99", "id": "pay_1", "items": [1, "two", True, None, {"three": 3}]},
    }.items():
        yield sent(f"data with {name}", "testing.triggerWebhook", {**trigger, "data": data})
    yield sent(
        "hours, minutes and seconds",
        "testing.advanceTime",
        {"seconds": 5, "minutes": 0, "hours": 96},
    )


def _statuses():
    """Every operation with every status."""
    documented = {
        400: "validation_error",
        401: "authentication_error",
        403: "authorization_error",
        404: "not_found",
        429: "rate_limit_exceeded",
        500: "service_error",
    }
    for operation in OPERATIONS:
        for status, code in documented.items():
            unknown = operation in POSTS and status == 500
            yield case(
                f"{operation}: {status} {code}",
                call(operation, failed(status, code), options={"maxRetries": 0}),
                ends="outcome_unknown" if unknown else code,
            )
    for status in [300, 301, 302, 303, 304, 307, 308]:
        step = body("", status, headers=[["Location", "https://elsewhere.example/"]])
        yield case(f"{status}: not followed", call("webhooks.get", step), ends="unreadable_answer")
        yield case(
            f"{status}: not followed by a POST either",
            call("webhooks.create", step),
            ends="unreadable_answer",
        )
    for status in [402, 405, 406, 409, 410, 411, 413, 415, 418, 422, 426, 428, 431, 451, 499]:
        yield case(
            f"{status}: not retried",
            call("webhooks.get", failed(status, "odd_error")),
            ends="odd_error",
        )
        yield case(
            f"{status}: without a code",
            call("webhooks.get", body(text({"error": {"message": "No."}}), status)),
            ends="unreadable_answer",
        )
    for status in [408, 429, 500, 501, 502, 503, 504, 505, 520, 529, 599]:
        name = "rate_limit_exceeded" if status == 429 else "service_error"
        step = failed(status, name, random=1 << 31)
        yield case(
            f"{status}: retried, then succeeds",
            call("webhooks.get", step, good("webhooks.get")),
        )
        yield case(f"{status}: at every attempt", call("webhooks.get", step, step, step), ends=name)
        if status != 429:
            yield case(
                f"{status}: a POST may have been carried out",
                call("webhooks.create", step),
                ends="outcome_unknown",
            )
    for status in [200, 201, 202]:
        yield case(f"{status} is success", call("webhooks.get", answer(WEBHOOK, status)))
    yield case("204 without a body deletes", call("webhooks.delete", body("", 204)))
    yield case(
        "204 without a body has no webhook",
        call("webhooks.get", body("", 204)),
        ends="unreadable_answer",
    )


def _answers():
    """The contents of responses."""
    get = "webhooks.get"

    def ends(comment, step, code="unreadable_answer", operation=get):
        return case(
            f"{operation}: {comment}", call(operation, step, options={"maxRetries": 0}), ends=code
        )

    unreadable = {
        "empty": "",
        "whitespace": " \n",
        "HTML": HTML,
        "plain text": "OK",
        "a truncated object": '{"success":true,"data":{"id":"webhook_abc12',
        "an extra comma": '{"success":true,"data":{},}',
        "two values": '{"success":true,"data":{}}{}',
        "single quotes": "{'success':true,'data':{}}",
        "NaN": '{"success":true,"data":{"a":NaN}}',
        "a number beyond a double": '{"success":true,"data":{"a":1e400}}',
        "a byte order mark": '\ufeff{"success":true,"data":{}}',
        "a duplicate key": '{"success":true,"data":{"id":"a","id":"b"}}',
        "a duplicate key, once escaped": '{"success":true,"data":{"id":"a","i\\u0064":"b"}}',
        "a duplicate success": '{"success":true,"success":false,"data":{}}',
        "a lone surrogate": '{"success":true,"data":{"a":"\\ud800"}}',
        "a control character in a text": '{"success":true,"data":{"a":"\u0001"}}',
        "a list": "[]",
        "a number": "1",
        "null": "null",
        "success as a text": '{"success":"true","data":{}}',
        "success as a number": '{"success":1,"data":{}}',
        "success as null": '{"success":null,"data":{}}',
        "no data": '{"success":true}',
        "null data": '{"success":true,"data":null}',
        "data as a list": '{"success":true,"data":[]}',
        "data as a text": '{"success":true,"data":"webhook_abc123"}',
        "an object without success and data": "{}",
    }
    for comment, content in unreadable.items():
        yield ends(comment, body(content))
    nested = '{"success":true,"data":' + '{"a":' * 127 + "1" + "}" * 127 + "}"
    yield ends("128 levels", body(nested), "ok")
    yield ends("129 levels", body(nested.replace(":1}", ":{}}")))
    for comment, content in {
        "invalid UTF-8": "7b2273756363657373223a747275652c2264617461223a7b2261223a22ff227d7d",
        "UTF-16": '{"success":true,"data":{}}'.encode("utf-16-le").hex(),
        "gzip": "1f8b0800000000000003",
        "NUL bytes": "00" * 20,
    }.items():
        yield ends(comment, {"status": 200, "body_hex": content, "takes": 20})
    most = 4 * 1024 * 1024
    frame = '{"success":true,"padding":"","data":{}}'
    for comment, size, code in [
        ("as long as the limit", most, "ok"),
        ("one byte longer", most + 1, "unreadable_answer"),
    ]:
        repeat = [[frame[:27], 1], ["x", size - len(frame)], [frame[27:], 1]]
        yield ends(comment, {"status": 200, "body_repeat": repeat, "takes": 20}, code)
    for comment, data in {
        "an empty object": {},
        "unknown fields": {**WEBHOOK, "color": "red", "nested": {"a": [1, {}]}},
        "every kind of value": {"a": [None, True, False, 0, -1, 1.5, 1e100, "x", [], {}]},
        "unusual keys": {"": 1, "a\0b": 2, "__proto__": {"x": 1}, "123": 4, "\u00e9": 5},
        "escapes": {"a": '"\\\u0001\u2028\U0001f600'},
        "wrong types, which are not checked": {"id": 1, "events": "x"},
    }.items():
        yield ends(comment, answer(data), "ok")
    yield ends("whitespace around", body(' \r\n\t{ "success" : true , "data" : { } } \n'), "ok")
    yield ends("without success", body(text({"data": WEBHOOK})), "ok")
    yield ends(
        "success, and an error that is null",
        body(text({"success": True, "data": {}, "error": None})),
        "ok",
    )
    yield ends("an error with 200", failed(200, "validation_error"), "validation_error")
    yield ends(
        "an error with 200 and without success",
        body(text({"error": {"code": "not_found"}})),
        "not_found",
    )
    for operation in ["webhooks.create", "webhooks.rotateSecret"]:
        for comment, data in {
            "no secret": {"id": "w"},
            "an empty secret": {"id": "w", "secret": ""},
            "a secret that is null": {"id": "w", "secret": None},
            "a secret that is a number": {"id": "w", "secret": 5},
        }.items():
            yield ends(comment, answer(data), "unreadable_answer", operation)
    yield ends("no id", answer({"secret": SECRET}), "unreadable_answer", "webhooks.create")
    yield ends("no id", answer({"secret": SECRET}), "ok", "webhooks.rotateSecret")
    for operation in ["webhooks.delete", "testing.resetTime", "testing.resetAllData"]:
        for comment, step in {
            "null": answer(None),
            "a list": answer([]),
            "a text": answer("deleted"),
            "no data": body('{"success":true}'),
            "no body": body(""),
        }.items():
            yield ends(comment, step, "ok", operation)
        yield ends("HTML", body(HTML), "unreadable_answer", operation)
    for comment, data in {
        "a list in an object": {"data": [WEBHOOK], "total": 1},
        "no entries": [],
    }.items():
        yield ends(comment, answer(data), "ok", "webhooks.list")
    for comment, data in {
        "an object": {},
        "a list of texts": ["webhook_abc123"],
        "a list with a null": [WEBHOOK, None],
        "null": None,
        "an object with an object": {"data": {}},
    }.items():
        yield ends(comment, answer(data), "unreadable_answer", "webhooks.list")

    def error(comment, content, code, status=400, **step):
        return ends(f"error: {comment}", body(text(content), status, **step), code)

    yield error(
        "with everything",
        {
            "success": False,
            "error": {
                "code": "validation_error",
                "message": "url is invalid",
                "field": "url",
                "requestId": "req_9",
            },
        },
        "validation_error",
    )
    yield error(
        "without success, and with type",
        {"error": {"type": "validation_error", "message": "No."}},
        "validation_error",
    )
    yield error("code takes precedence over type", {"error": {"type": "a", "code": "b"}}, "b")
    yield error("type, if code is not a string", {"error": {"type": "a", "code": 5}}, "a")
    yield error(
        "type, if code is not a valid code", {"error": {"type": "a", "code": "Not A Code"}}, "a"
    )
    yield error(
        "null fields",
        {"error": {"code": "a", "message": None, "field": None, "requestId": None}},
        "a",
    )
    yield error(
        "fields of other types",
        {"error": {"code": "a", "message": 5, "field": [], "requestId": {}}},
        "a",
    )
    yield error("a text", {"error": "Not found"}, "not_found", 404)
    yield error("a message next to the error", {"error": {}, "message": "No."}, "validation_error")
    yield error("no error at all", {"success": False}, "validation_error")
    yield error("an empty object", {}, "authentication_error", 401)
    yield error("success is true", {"success": True, "error": {"code": "a"}}, "a")
    yield error("success is a text", {"success": "false", "error": {"code": "a"}}, "a")
    yield error("a null error", {"success": False, "error": None}, "authorization_error", 403)
    yield error("a code of 64 characters", {"error": {"code": "a" * 64}}, "a" * 64)
    yield error("a code of 65 characters", {"error": {"code": "a" * 65}}, "validation_error")
    yield error("an empty code", {"error": {"code": ""}}, "validation_error")
    yield error(
        "control characters in a message",
        {"error": {"code": "a", "message": "x\n\u001b[31my\u202e\u0085\u2028z"}},
        "a",
    )
    yield error(
        "a message that is too long", {"error": {"code": "a", "message": "\u00e9" * 501}}, "a"
    )
    yield error(
        "the key in a message",
        {"error": {"code": "a", "message": f"key {KEY} is bad", "field": KEY}},
        "a",
    )
    yield error("the key as the code", {"error": {"code": KEY.lower()}}, "validation_error")
    yield error("the key as the request id", {"error": {"code": "a", "requestId": KEY}}, "a")
    yield error("an empty message", {"error": {"code": "a", "message": "", "field": ""}}, "a")
    for comment, identity in {
        "of 128 characters": "x" * 128,
        "of 129 characters": "x" * 129,
        "with a space": "req 1",
        "with a comma": "req,1",
        "with a line break": "req\n1",
        "empty": "",
        "not ASCII": "r\u00e9q",
    }.items():
        yield error(f"a request id {comment}", {"error": {"code": "a", "requestId": identity}}, "a")
    for comment, headers in {
        "in a header": [["X-Request-Id", "req_h"]],
        "in any letter case": [["x-REQUEST-id", "req_h"]],
        "in the other header": [["Request-Id", "req_h"]],
        "in both": [["Request-Id", "req_2"], ["X-Request-Id", "req_1"]],
        "twice": [["X-Request-Id", "req_1, req_2"]],
        "that is empty": [["X-Request-Id", ""]],
        "that is the key": [["X-Request-Id", KEY]],
    }.items():
        yield ends(f"a request id {comment}", answer(WEBHOOK, headers=headers), "ok")
        yield error(
            f"no request id in the body, one {comment}",
            {"error": {"code": "a"}},
            "a",
            headers=headers,
        )
    yield error(
        "a request id in the body and in a header",
        {"error": {"code": "a", "requestId": "req_b"}},
        "a",
        headers=[["X-Request-Id", "req_h"]],
    )
    for status in [400, 401, 403, 404, 500, 502, 503]:
        yield ends(f"HTML with {status}", body(HTML, status), "unreadable_answer")
    yield ends("HTML with 502 to a POST", body(HTML, 502), "outcome_unknown", "webhooks.create")
    yield ends(
        "a truncated response with 500", body('{"success":false,"er', 500), "unreadable_answer"
    )


def _faults():
    """Missing responses."""
    for name, code in FAULTS.items():
        for operation in OPERATIONS:
            tried = name in ("not_sent", "connect_timed_out", "timed_out", "lost")
            sent = name in ("timed_out", "lost")
            unlimited = operation == "testing.advanceTime"
            if operation in POSTS and sent:
                yield case(
                    f"{operation}: {name}", call(operation, fault(name)), ends="outcome_unknown"
                )
            elif not tried or unlimited:
                yield case(f"{operation}: {name}", call(operation, fault(name)), ends=code)
            else:
                step = fault(name, random=1 << 30)
                yield case(
                    f"{operation}: {name}, then a response",
                    call(operation, step, good(operation)),
                )
                yield case(
                    f"{operation}: {name} at every attempt",
                    call(operation, step, step, step),
                    ends=code,
                )
    for operation in ["webhooks.get", "webhooks.create", "webhooks.delete"]:
        yield case(f"{operation}: cancelled", call(operation, fault("cancelled")), ends="cancelled")
        step = fault("not_sent", random=1 << 30)
        yield case(
            f"{operation}: cancelled in the second attempt",
            call(operation, step, fault("cancelled")),
            ends="cancelled",
        )
        yield case(
            f"{operation}: cancelled in a pause",
            call(operation, step, {"wait": {"lasts": 3, "cancelled": True}}),
            ends="cancelled",
        )
    step = failed(503, random=1 << 30, headers=[["X-Request-Id", "req_5"]])
    yield case(
        "cancelled in the pause after a response",
        call("webhooks.get", step, {"wait": {"lasts": 3, "cancelled": True}}),
        ends="cancelled",
    )
    first = fault("not_sent", random=0)
    yield case(
        "a POST that was not sent, then lost",
        call("webhooks.create", first, fault("lost")),
        ends="outcome_unknown",
    )
    yield case(
        "a POST that was not sent, then limited, then carried out",
        call("webhooks.create", first, failed(429, "rate_limit_exceeded"), good("webhooks.create")),
    )
    yield case(
        "an error after a fault has its own status",
        call("webhooks.get", fault("lost"), failed(404, "not_found")),
        ends="not_found",
    )
    yield case(
        "a fault after an answer has no status",
        call("webhooks.get", failed(503), fault("lost"), fault("lost")),
        ends="connection_failed",
    )


def _retries():
    """The number of retries, and the pauses before them."""
    get, step = "webhooks.get", failed(503)
    for retries in range(11):
        yield case(
            f"{retries} retries at most",
            call(get, *[step] * (retries + 1), options={"maxRetries": retries}),
            ends="service_error",
        )
        yield case(
            f"{retries} retries at most, as an option of the client",
            call(get, *[step] * (retries + 1)),
            client={"options": {"maxRetries": retries}},
            ends="service_error",
        )
    for random in [0, 1, 8_572_702, 1 << 16, 1 << 31, 3_000_000_000, (1 << 32) - 1]:
        steps = [failed(503, random=random) for _ in range(8)]
        yield case(
            f"random bits {random}",
            call(get, *steps, good(get), options={"maxRetries": 10, "deadlineSeconds": 600}),
        )
    yield case(
        "an option of a call overrides the client's",
        call(get, step, options={"maxRetries": 0}),
        client={"options": {"maxRetries": 5}},
        ends="service_error",
    )
    for operation in REPEATABLE:
        yield case(
            f"{operation}: 500, 502, then success",
            call(operation, failed(500), body(HTML, 502), good(operation)),
        )
    for operation in REPEATABLE:
        code = "ok" if operation == "webhooks.delete" else "not_found"
        yield case(
            f"{operation}: 503, then 404",
            call(operation, failed(503), failed(404, "not_found")),
            ends=code,
        )
    delete, gone = "webhooks.delete", failed(404, "not_found")
    yield case(
        "a DELETE that finds nothing at the first attempt", call(delete, gone), ends="not_found"
    )
    yield case("a DELETE whose response was lost", call(delete, fault("lost"), gone))
    yield case("a DELETE that timed out", call(delete, fault("timed_out"), body(HTML, 404)))
    yield case("a DELETE that was limited", call(delete, failed(429, "rate_limit_exceeded"), gone))
    yield case(
        "a DELETE that is gone at the third attempt",
        call(delete, failed(500), failed(500), body("", 404)),
    )
    yield case(
        "a DELETE that is forbidden at the second attempt",
        call(delete, failed(500), failed(403, "authorization_error")),
        ends="authorization_error",
    )
    for operation in POSTS:
        limited = failed(429, "rate_limit_exceeded", random=1 << 31)
        if operation != "testing.advanceTime":
            yield case(f"{operation}: 429, then success", call(operation, limited, good(operation)))
        else:
            yield case(
                f"{operation}: 429 is not retried",
                call(operation, limited),
                ends="rate_limit_exceeded",
            )
    yield case(
        "the rate limit in a response",
        call(
            get,
            good(
                get,
                headers=[
                    ["X-RateLimit-Limit", "100"],
                    ["X-RateLimit-Remaining", "99"],
                    ["X-RateLimit-Reset", "1761991260"],
                ],
            ),
        ),
    )


def _retry_after():
    """Pauses that the server asks for."""
    get = "webhooks.get"
    start = START_UNIX_MS // 1000

    def date(seconds):
        from datetime import datetime, timezone

        return datetime.fromtimestamp(start + seconds, timezone.utc).strftime(
            "%a, %d %b %Y %H:%M:%S GMT"
        )

    def limited(value, status=429, **step):
        code = "rate_limit_exceeded" if status == 429 else "service_error"
        return failed(status, code, headers=[["Retry-After", value]], random=1 << 31, **step)

    for status in [429, 503, 500, 408]:
        for value in ["0", "1", "2", "59", "60"]:
            yield case(f"{status}: {value} seconds", call(get, limited(value, status), good(get)))
        code = "rate_limit_exceeded" if status == 429 else "service_error"
        for value in ["61", "3600", "31536000", "99999999999", "9" * 40]:
            yield case(
                f"{status}: {value} seconds are too long",
                call(get, limited(value, status)),
                ends=code,
            )
    for seconds in [-100, 0, 1, 30, 60]:
        yield case(f"a date in {seconds} s", call(get, limited(date(seconds)), good(get)))
    for seconds in [61, 3600, 10 * 365 * 86400]:
        yield case(
            f"a date in {seconds} s is too late",
            call(get, limited(date(seconds))),
            ends="rate_limit_exceeded",
        )
    yield case(
        "a date that has passed when the response arrives",
        call(get, limited(date(1), takes=5_000), good(get)),
    )
    yield case(
        "a date that is closer when the response arrives",
        call(get, limited(date(10), takes=4_250), good(get)),
    )
    for value in [
        "",
        "-1",
        "1.5",
        "soon",
        "1s",
        "0x10",
        "+5",
        "1, 2",
        "1e3",
        "NaN",
        "2025-11-01T10:00:05Z",
        "Sat, 01 Nov 2025 10:00:05",
        "Sat, 32 Nov 2025 10:00:05 GMT",
        "Sat, 01 Foo 2025 10:00:05 GMT",
        "\u0663",
    ]:
        yield case(f"{value!r} is neither seconds nor a date", call(get, limited(value), good(get)))
    yield case("whitespace around it", call(get, limited(" 2\t"), good(get)))
    yield case(
        "in any letter case",
        call(get, failed(429, "rate_limit_exceeded", headers=[["RETRY-AFTER", "2"]]), good(get)),
    )
    yield case("with each attempt", call(get, limited("1"), limited("2"), good(get)))
    yield case(
        "after a POST that was limited",
        call("webhooks.create", limited("2"), good("webhooks.create")),
    )
    yield case(
        "of a POST that may have been carried out",
        call("webhooks.create", limited("2", 503)),
        ends="outcome_unknown",
    )
    yield case(
        "of an error that is not retried",
        call(get, failed(403, "authorization_error", headers=[["Retry-After", "7"]])),
        ends="authorization_error",
    )
    yield case("with HTML", call(get, body(HTML, 503, headers=[["Retry-After", "3"]]), good(get)))
    for left, ends in [
        (30_001, "ok"),
        (30_000, "rate_limit_exceeded"),
        (29_999, "rate_limit_exceeded"),
    ]:
        steps = [limited("30", takes=1_000), good(get)][: 2 if ends == "ok" else 1]
        yield case(
            f"30 s, with {left} ms left",
            call(get, *steps, options={"deadlineSeconds": (left + 1_000) / 1_000}),
            ends=ends,
        )


def _time_limits():
    """Timeouts and deadlines."""
    get = "webhooks.get"
    for seconds in [0.001, 0.5, 1, 30, 3600]:
        yield case(
            f"a timeout of {seconds} s",
            call(get, good(get), options={"timeoutSeconds": seconds, "deadlineSeconds": 3600}),
        )
        yield case(
            f"a deadline of {seconds} s",
            call(get, good(get, takes=0), options={"deadlineSeconds": seconds}),
        )
    yield case(
        "the client's timeout", call(get, good(get)), client={"options": {"timeoutSeconds": 5}}
    )
    yield case(
        "the client's deadline", call(get, good(get)), client={"options": {"deadlineSeconds": 10}}
    )
    yield case(
        "a call's timeout overrides the client's",
        call(get, good(get), options={"timeoutSeconds": 7}),
        client={"options": {"timeoutSeconds": 5}},
    )
    late = fault("timed_out", takes=30_000, random=1 << 31)
    yield case("three attempts time out", call(get, late, late, late), ends="timed_out")
    yield case(
        "the last attempt has the rest of the deadline",
        call(
            get,
            late,
            late,
            late,
            fault("timed_out", takes=20_000),
            options={"maxRetries": 9, "deadlineSeconds": 100},
        ),
        ends="timed_out",
    )
    yield case(
        "no time is left after the first attempt",
        call(get, fault("timed_out", takes=10_000), options={"deadlineSeconds": 10}),
        ends="timed_out",
    )
    yield case(
        "the pause would outlast the deadline",
        call(get, failed(503, takes=9_900, random=1 << 31), options={"deadlineSeconds": 10}),
        ends="service_error",
    )
    yield case(
        "the pause just fits",
        call(
            get,
            failed(503, takes=9_700, random=1 << 31),
            good(get),
            options={"deadlineSeconds": 10},
        ),
    )
    yield case("a response after the deadline still counts", call(get, good(get, takes=200_000)))
    yield case(
        "an error after the deadline ends the call",
        call(get, failed(503, takes=200_000)),
        ends="service_error",
    )
    yield case(
        "the machine slept past the deadline in a pause",
        call(get, failed(503, random=1 << 31), {"wait": {"lasts": 500_000}}),
        ends="service_error",
    )
    yield case(
        "the machine slept until the deadline",
        call(get, failed(503, takes=0, random=1 << 31), {"wait": {"lasts": 120_000}}),
        ends="service_error",
    )
    yield case(
        "the machine slept, but not until the deadline",
        call(get, failed(503, takes=0, random=1 << 31), {"wait": {"lasts": 119_000}}, good(get)),
    )
    advance = "testing.advanceTime"
    yield case(
        "advancing the clock has no time limit", call(advance, good(advance, takes=10_000_000))
    )
    yield case(
        "advancing the clock has no time limit, whatever the options",
        call(
            advance,
            good(advance),
            options={"timeoutSeconds": 1, "deadlineSeconds": 1, "maxRetries": 5},
        ),
    )
    yield case(
        "advancing the clock is not retried",
        call(advance, failed(503), options={"maxRetries": 5, "idempotent": True}),
        ends="service_error",
    )
    yield case(
        "a second call has its own deadline",
        call(get, failed(404, "not_found", takes=110_000)),
        call(get, good(get, takes=110_000)),
        ends="ok",
    )


def _idempotency():
    """POSTs, their idempotency keys, and the option ``idempotent``."""
    for operation in POSTS:
        if operation == "testing.advanceTime":
            continue
        limited = failed(429, "rate_limit_exceeded")
        yield case(
            f"{operation}: the same key in all attempts",
            call(operation, limited, fault("not_sent"), good(operation)),
        )
        yield case(
            f"{operation}: the caller's own key",
            call(operation, limited, good(operation), options={"idempotencyKey": "order-42"}),
        )
        for name in ["lost", "timed_out"]:
            yield case(
                f"{operation}: idempotent, {name}, then success",
                call(operation, fault(name), good(operation), options={"idempotent": True}),
            )
        yield case(
            f"{operation}: idempotent, 503, then success",
            call(operation, failed(503), good(operation), options={"idempotent": True}),
        )
        yield case(
            f"{operation}: idempotent, a failure at every attempt",
            call(operation, *[failed(503)] * 3, options={"idempotent": True}),
            ends="service_error",
        )
        yield case(
            f"{operation}: a key alone makes nothing idempotent",
            call(operation, failed(503), options={"idempotencyKey": "order-42"}),
            ends="outcome_unknown",
        )
        yield case(
            f"{operation}: explicitly not idempotent",
            call(operation, fault("lost"), options={"idempotent": False}),
            ends="outcome_unknown",
        )
    for operation in REPEATABLE:
        yield case(
            f"{operation}: retried, whatever the option",
            call(operation, failed(503), good(operation), options={"idempotent": False}),
        )
        yield case(
            f"{operation}: has no key",
            call(operation, good(operation), options={"idempotencyKey": "order-42"}),
        )
    create = "webhooks.create"
    yield case("two calls have two keys", call(create, good(create)), call(create, good(create)))
    for key in ["x", "x" * 255, "!~{}|", "ORDER/42?"]:
        yield case(
            f"the key {key[:10]}", call(create, good(create), options={"idempotencyKey": key})
        )


def _budget():
    """The budget for retries."""
    get = "webhooks.get"
    down = failed(503)
    late = fault("timed_out")
    yield case(
        "50 calls with two retries each spend it",
        call(get, down, down, down, repeat=50),
        call(get, down),
        ends="service_error",
    )
    yield case(
        "49 leave enough for a call",
        call(get, down, down, down, repeat=49),
        call(get, down, down, down),
        call(get, down),
        ends="service_error",
    )
    yield case(
        "timeouts cost twice as much",
        call(get, late, late, late, repeat=25),
        call(get, late),
        ends="timed_out",
    )
    yield case(
        "connections that time out cost as much",
        call(get, *[fault("connect_timed_out")] * 3, repeat=25),
        call(get, down),
        ends="service_error",
    )
    yield case(
        "it runs out during a call",
        call(get, *[down] * 3, repeat=49),
        call(get, down, down, options={"maxRetries": 1}),
        call(get, down, down),
        ends="service_error",
    )
    yield case(
        "four successes do not pay for a retry",
        call(get, *[down] * 3, repeat=50),
        call(get, good(get), repeat=4),
        call(get, down),
        ends="service_error",
    )
    yield case(
        "five successes pay for a retry",
        call(get, *[down] * 3, repeat=50),
        call(get, good(get), repeat=5),
        call(get, down, down),
        ends="service_error",
    )
    yield case(
        "nine successes do not pay for a timeout",
        call(get, *[down] * 3, repeat=50),
        call(get, good(get), repeat=9),
        call(get, late),
        ends="timed_out",
    )
    yield case(
        "it never exceeds its initial size",
        call(get, good(get), repeat=20),
        call(get, *[down] * 3, repeat=50),
        call(get, down),
        ends="service_error",
    )
    refused = failed(404, "not_found")
    yield case(
        "an error returns no token",
        call(get, *[down] * 3, repeat=50),
        call(get, refused, repeat=20),
        call(get, down),
        ends="service_error",
    )
    yield case(
        "a retry that succeeds returns a token",
        call(get, down, good(get), repeat=124),
        call(get, down),
        ends="service_error",
    )
    create = "webhooks.create"
    yield case(
        "a call that is not retried costs nothing",
        call(create, down, repeat=20),
        call(get, *[down] * 3, repeat=50),
        call(get, down),
        ends="service_error",
    )
    too_long = failed(429, "rate_limit_exceeded", headers=[["Retry-After", "61"]])
    yield case(
        "a pause that is too long costs nothing",
        call(get, too_long, repeat=20),
        call(get, *[down] * 3, repeat=50),
        call(get, down),
        ends="service_error",
    )


def _pages():
    """Lists, page by page."""
    hooks = [{**WEBHOOK, "id": f"webhook_{number}"} for number in range(7)]
    logs = [{**ATTEMPT, "id": f"log_{number}"} for number in range(7)]

    def page(entries, place=None, total=None, **step):
        envelope = {"success": True, "data": entries}
        if place == "total":
            envelope["total"] = total
        elif place == "data":
            envelope["data"] = {"data": entries, "total": total}
        elif place:
            envelope[place] = {"total": total, "limit": 3}
        return body(text(envelope), **step)

    for operation, entries, given in [
        ("webhooks.list", hooks, {}),
        ("webhooks.getLogs", logs, {"id": "a/b", "status": "failed"}),
    ]:

        def pages(comment, *script, ends="ok", operation=operation, **parameters):
            one = call(operation, *script, iterate=True, parameters={**parameters})
            return case(f"{operation}: {comment}", one, ends=ends)

        yield pages(
            "until one is empty",
            page(entries[:3]),
            page(entries[3:6]),
            page(entries[6:]),
            page([]),
            limit=3,
            **given,
        )
        yield pages("nothing at all", page([]), **given)
        for place in ["total", "pagination", "meta", "data"]:
            yield pages(
                f"up to the total, in {place}",
                page(entries[:3], place, 7),
                page(entries[3:6], place, 7),
                page(entries[6:], place, 7),
                limit=3,
                **given,
            )
        yield pages("a total of nothing", page([], "total", 0), **given)
        yield pages("a total that is too small", page(entries[:3], "total", 2), limit=3, **given)
        yield pages(
            "a total that is too large",
            page(entries[:3], "total", 9),
            page([], "total", 9),
            limit=3,
            **given,
        )
        yield pages(
            "a total that shrinks",
            page(entries[:3], "total", 9),
            page(entries[3:6], "total", 5),
            limit=3,
            **given,
        )
        yield pages(
            "a total that is a text", page(entries[:3], "total", "3"), page([]), limit=3, **given
        )
        yield pages(
            "a total that is negative", page(entries[:3], "total", -1), page([]), limit=3, **given
        )
        yield pages(
            "a short page is not the last",
            page(entries[:1]),
            page(entries[1:3]),
            page([]),
            limit=3,
            **given,
        )
        yield pages("a page longer than asked for", page(entries), page([]), limit=3, **given)
        yield pages("from an offset", page(entries[4:], "total", 7), offset=4, **given)
        yield pages("from an offset beyond the total", page([], "total", 7), offset=40, **given)
        yield pages(
            "a page is retried",
            page(entries[:3], "total", 4),
            failed(503),
            page(entries[3:4], "total", 4),
            limit=3,
            **given,
        )
        yield pages(
            "a page fails",
            page(entries[:3]),
            failed(401, "authentication_error"),
            limit=3,
            ends="authentication_error",
            **given,
        )
        yield pages(
            "the first page fails",
            failed(403, "authorization_error"),
            ends="authorization_error",
            **given,
        )
        yield pages(
            "a page that is not a list",
            page(entries[:3]),
            page({}),
            limit=3,
            ends="unreadable_answer",
            **given,
        )
        one = call(operation, page(entries[:3], "total", 7), parameters={**given, "limit": 3})
        yield case(f"{operation}: one page, with the total", one)
