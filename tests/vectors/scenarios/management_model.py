"""The rules of a management call, implemented a second time: requests, pauses and results.

``Model`` does not use the library, and is as simple as possible. It computes the expected results of the cases in
``manage.py`` and of the random scripts.
"""

import json
import re
from datetime import datetime, timezone
from urllib.parse import quote

START_UNIX_MS = 1_761_991_200_000
MAX_ANSWER = 4 * 1024 * 1024
MAX_DEPTH = 128

#: method, path, parameters in the query or the body, shape of `data`
OPERATIONS = {
    "webhooks.create": (
        "POST",
        "/v1/webhooks",
        ["url", "events", "description", "metadata"],
        "created",
    ),
    "webhooks.list": ("GET", "/v1/webhooks", ["limit", "offset"], "page"),
    "webhooks.get": ("GET", "/v1/webhooks/{id}", [], "object"),
    "webhooks.update": (
        "PATCH",
        "/v1/webhooks/{id}",
        ["url", "events", "enabled", "description", "metadata"],
        "object",
    ),
    "webhooks.delete": ("DELETE", "/v1/webhooks/{id}", [], "anything"),
    "webhooks.rotateSecret": ("POST", "/v1/webhooks/{id}/rotate-secret", [], "secret"),
    "webhooks.test": ("POST", "/v1/webhooks/{id}/test", ["eventType"], "object"),
    "webhooks.getLogs": ("GET", "/v1/webhooks/{id}/logs", ["limit", "offset", "status"], "page"),
    "testing.triggerWebhook": (
        "POST",
        "/v1/testing/webhooks/{id}/trigger",
        ["eventType", "data"],
        "object",
    ),
    "testing.advanceTime": (
        "POST",
        "/v1/testing/time/advance",
        ["hours", "minutes", "seconds"],
        "object",
    ),
    "testing.resetTime": ("POST", "/v1/testing/time/reset", [], "anything"),
    "testing.resetAllData": ("POST", "/v1/testing/reset", [], "anything"),
}

#: Fields of an update that null clears. Elsewhere null counts as absent.
CLEARED = {"webhooks.update": {"description", "metadata"}}

STATUS_CODES = {
    400: "validation_error",
    401: "authentication_error",
    403: "authorization_error",
    404: "not_found",
    429: "rate_limit_exceeded",
}

FAULT_CODES = {
    "not_sent": "connection_failed",
    "connect_timed_out": "timed_out",
    "timed_out": "timed_out",
    "lost": "connection_failed",
    "tls_failed": "connection_failed",
    "malformed": "unreadable_answer",
    "too_large": "unreadable_answer",
    "cancelled": "cancelled",
}


class Unreadable(Exception):
    """A response that does not come from the API."""


class Model:
    """A client: its settings, its clock and its budget."""

    def __init__(self, client):
        self.key = client["apiKey"]
        options = client.get("options", {})
        default = (
            "https://api.payvost.com" if "live" in self.key else "https://sandbox-api.payvost.com"
        )
        self.base = options.get("baseUrl", default).rstrip("/")
        self.timeout = 1000 * options.get("timeoutSeconds", 30)
        self.deadline = 1000 * options.get("deadlineSeconds", 120)
        self.retries = options.get("maxRetries", 2)
        self.budget = 500
        self.now = 0

    def call(self, call):
        """The result of a call with a scripted transport."""
        if not call.get("iterate"):
            script = list(call["script"])
            return self.used(script, self.single(call, script, call.get("parameters", {})))
        script, parameters = list(call["script"]), dict(call.get("parameters", {}))
        whole = {"requests": [], "waits": [], "attempts": [], "entries": []}
        while True:
            page = self.single(call, script, parameters)
            for name in ("requests", "waits", "attempts"):
                whole[name] += page[name]
            if "error" in page:
                return self.used(script, {**whole, "error": page["error"]})
            whole["entries"] += page["value"]
            offset = parameters.get("offset", 0) + page["count"]
            total = page["total"]
            if not page["count"] or (total is not None and offset >= total):
                return self.used(script, whole)
            parameters["offset"] = offset

    @staticmethod
    def used(script, outcome):
        assert not script, f"not used: {script}"
        return outcome

    def single(self, call, script, parameters):
        method, _, _, shape = OPERATIONS[call["operation"]]
        options = call.get("options", {})
        unlimited = call["operation"] == "testing.advanceTime"
        repeatable = method != "POST" or options.get("idempotent", False)
        retries = 0 if unlimited else options.get("maxRetries", self.retries)
        timeout = 1000 * options.get("timeoutSeconds", self.timeout / 1000)
        ends = self.now + 1000 * options.get("deadlineSeconds", self.deadline / 1000)
        seen = {"requests": [], "waits": [], "attempts": []}
        while True:
            limit = None if unlimited else int(min(timeout, ends - self.now))
            seen["requests"].append({**self.request(call, parameters), "time_limit_ms": limit})
            step = self.take(script)
            self.now += step.get("takes", 0)
            number = len(seen["requests"])
            outcome = self.read(call, step, number, shape)
            fault, status = step.get("fault"), step.get("status")
            seen["attempts"].append(
                {
                    "attempt": number,
                    "status": status,
                    "fault": fault,
                    "duration_ms": step.get("takes", 0),
                    "request_id": outcome.get("request_id"),
                }
            )
            if "error" not in outcome:
                self.budget = min(500, self.budget + 1)
                return {**seen, **outcome, "attempts_made": number}
            error = {
                **outcome["error"],
                "status": status,
                "request_id": outcome.get("request_id"),
                "attempts": number,
            }
            transient = (
                fault in ("not_sent", "connect_timed_out", "timed_out", "lost")
                or status in (408, 429)
                or (status is not None and 500 <= status <= 599)
            )
            harmless = fault in ("not_sent", "connect_timed_out") or status == 429
            asked = self.asked(step)
            if asked is not None:
                error["retry_after"] = -(-asked // 1000)
            if transient and not harmless and not repeatable:
                error["cause"], error["code"] = error["code"], "outcome_unknown"
                error.pop("message", None)
                return {**seen, "error": error}
            bound = min(500 * 2 ** (number - 1), 8000)
            pause = asked if asked is not None else (step.get("random", 0) * (bound + 1)) >> 32
            late = not unlimited and pause >= ends - self.now
            too_long = asked is not None and pause > 60_000
            cost = 10 if fault in ("timed_out", "connect_timed_out") else 5
            if not transient or number > retries or late or too_long or self.budget < cost:
                return {**seen, "error": error}
            self.budget -= cost
            seen["waits"].append(pause)
            wait = self.take(script, "wait") if script and "wait" in script[0] else {"wait": {}}
            self.now += wait["wait"].get("lasts", pause)
            if wait["wait"].get("cancelled"):
                error = {"code": "cancelled", "status": status, "attempts": number}
                error["request_id"] = outcome.get("request_id")
                return {**seen, "error": error}
            if self.now >= ends:
                return {**seen, "error": error}

    @staticmethod
    def take(script, kind=None):
        step = script.pop(0)
        assert (kind == "wait") == ("wait" in step), step
        return step

    def request(self, call, parameters):
        method, path, names, _ = OPERATIONS[call["operation"]]
        options = call.get("options", {})
        cleared = CLEARED.get(call["operation"], ())
        given = {
            name: parameters[name]
            for name in names
            if name in parameters and (parameters[name] is not None or name in cleared)
        }
        url = self.base + path.replace("{id}", quote(str(parameters.get("id", "")), safe=""))
        headers = {"authorization": f"Bearer {self.key}", "accept": "application/json"}
        body = None
        if method in ("GET", "DELETE"):
            if given:
                url += "?" + "&".join(f"{name}={value}" for name, value in given.items())
        elif names:
            body = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
            headers["content-type"] = "application/json"
        if method == "POST":
            headers["idempotency-key"] = options.get("idempotencyKey", call["random"])
        return {"method": method, "url": url, "headers": headers, "body": body}

    def asked(self, step):
        """The pause that Retry-After asks for, in milliseconds."""
        values = [value for name, value in step.get("headers", []) if name.lower() == "retry-after"]
        if len(values) != 1:
            return None
        text = values[0].strip(" \t")
        if re.fullmatch("[0-9]+", text):
            return min(int(text), 2**32 - 1) * 1000
        try:
            date = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
        except ValueError:
            return None
        at = int(date.replace(tzinfo=timezone.utc).timestamp()) * 1000
        return min(max(0, at - (START_UNIX_MS + self.now)), (2**32 - 1) * 1000)

    def read(self, call, step, number, shape):
        """The result or the error of a response, and the request id."""
        if fault := step.get("fault"):
            return {"error": {"code": FAULT_CODES[fault]}}
        status = step["status"]
        identity = self.header_id(step)
        if number > 1 and status == 404 and OPERATIONS[call["operation"]][0] == "DELETE":
            return {"value": None, "total": None, "count": 0, "request_id": identity}
        try:
            return {**self.envelope(step, status, shape), "request_id": identity}
        except Unreadable:
            return {"error": {"code": "unreadable_answer"}, "request_id": identity}
        except Refused as refused:
            return {
                "error": refused.error,
                "request_id": refused.request_id or identity,
            }

    def header_id(self, step):
        for wanted in ("x-request-id", "request-id"):
            values = [value for name, value in step.get("headers", []) if name.lower() == wanted]
            if len(values) == 1 and self.is_id(values[0]):
                return values[0].replace(self.key, "[redacted]")
        return None

    @staticmethod
    def is_id(text):
        return re.fullmatch(r"[!-+\--~]{1,128}", text) is not None

    def envelope(self, step, status, shape):
        body = (
            bytes.fromhex(step["body_hex"]) if "body_hex" in step else step.get("body", "").encode()
        )
        if "body_repeat" in step:
            body = b"".join(text.encode() * count for text, count in step["body_repeat"])
        good = 200 <= status <= 299
        if good and not body and shape == "anything":
            return {"value": None, "total": None, "count": 0}
        if len(body) > MAX_ANSWER:
            raise Unreadable
        answer = strict(body)
        if not isinstance(answer, dict):
            raise Unreadable
        error = answer.get("error")
        success = answer.get("success", True)
        if (
            not good
            or success is False
            or (success is True and "success" not in answer and error is not None)
        ):
            raise Refused(self.failure(error, answer, status))
        if success is not True:
            raise Unreadable
        return self.data(answer, shape)

    @staticmethod
    def data(answer, shape):
        data = answer.get("data")
        if shape == "anything":
            return {"value": data, "total": None, "count": 0}
        if shape == "page":
            holder = answer
            if isinstance(data, dict) and "data" in data:
                holder, data = data, data["data"]
            if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
                raise Unreadable
            places = [holder, holder.get("pagination"), holder.get("meta")]
            totals = [
                place["total"]
                for place in places
                if isinstance(place, dict) and is_count(place.get("total"))
            ]
            return {"value": data, "total": totals[0] if totals else None, "count": len(data)}
        if not isinstance(data, dict):
            raise Unreadable
        needed = {"created": ("id", "secret"), "secret": ("secret",)}.get(shape, ())
        if not all(isinstance(data.get(name), str) and data[name] for name in needed):
            raise Unreadable
        return {"value": data, "total": None, "count": 0}

    def failure(self, error, answer, status):
        inside = error if isinstance(error, dict) else {}
        code = None
        for name in ("code", "type"):
            text = inside.get(name)
            if (
                code is None
                and isinstance(text, str)
                and self.key not in text
                and re.fullmatch("[a-z0-9_]{1,64}", text)
            ):
                code = text
        if code is None:
            code = STATUS_CODES.get(status, "unreadable_answer")
            if 500 <= status <= 599:
                code = "service_error"
        made = {"code": code}
        texts = [inside.get("message"), error, answer.get("message")]
        # The first text decides, even if it is empty.
        if shown := self.shown(next((text for text in texts if isinstance(text, str)), "")):
            made["message"] = shown
        if isinstance(inside.get("field"), str) and (field := self.shown(inside["field"])):
            made["field"] = field
        identity = inside.get("requestId")
        if not isinstance(identity, str) or not self.is_id(identity):
            identity = None
        return made, identity and identity.replace(self.key, "[redacted]")

    def shown(self, text):
        """A text from the server, made safe for a log."""
        text = text.replace(self.key, "[redacted]")[:500]
        return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", "?", text)


class Refused(Exception):
    """An error response."""

    def __init__(self, failure):
        super().__init__()
        self.error, self.request_id = failure


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64


def strict(body):
    """Parses JSON (RFC 8259), and rejects everything that parsers read differently."""

    def pairs(members):
        made = dict(members)
        if len(made) != len(members):
            raise Unreadable
        return made

    def constant(_):
        raise Unreadable

    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
        sound(value, 1)
    except (ValueError, OverflowError, RecursionError) as error:
        raise Unreadable from error
    return value


def sound(value, level):
    if isinstance(value, (dict, list)) and level > MAX_DEPTH:
        raise Unreadable
    if isinstance(value, dict):
        for key, member in value.items():
            key.encode()
            sound(member, level + 1)
    elif isinstance(value, list):
        for element in value:
            sound(element, level + 1)
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, (int, float)) and float(value) in (float("inf"), float("-inf")):
        raise Unreadable
