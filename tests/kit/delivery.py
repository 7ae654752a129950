"""Sends one case to a receiver, and reads the response."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

from tests.kit.cases import Case

PATH = "/webhooks/payvost"

# The provider waits no longer for a response.
TIMEOUT_SECONDS = 5


def deliver(port: int, case: Case) -> str:
    """Returns the status and, unless it is 200, the error code: ``200`` or ``400 invalid_json``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Type", "application/json")
        for signature in case.signatures:
            connection.putheader(case.header, signature)
        if case.chunked:
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders(pieces(case.body), encode_chunked=True)
        else:
            connection.putheader("Content-Length", str(len(case.body)))
            connection.endheaders(case.body)
        response = connection.getresponse()
        return summary(response.status, response.read())
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({type(error).__name__})"
    finally:
        connection.close()


def pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


def summary(status: int, body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return f"{status} without JSON"
    if status == 200:
        return "200" if answer == {"received": True} else "200 without a receipt"
    error = answer.get("error") if isinstance(answer, dict) else None
    return f"{status} {error['code']}" if error else str(status)
