"""Only type checkers read this file. They must reject the marked lines."""

from __future__ import annotations

import datetime
from typing import Any

from payvost_webhooks import (
    ConfigurationError,
    EventRejectedError,
    InvalidPayloadError,
    SignatureVerificationError,
    WebhookError,
    WebhookVerifier,
    __version__,
    sign,
    verify_webhook,
)
from payvost_webhooks.events import WebhookEvent


def right(body: bytes, header: str | None, secret: str, environment: dict[str, str]) -> Any:
    event: WebhookEvent = verify_webhook(body, header, secret)
    verify_webhook(body.decode(), header, environment["WEBHOOK_SECRET"])
    verify_webhook(bytearray(body), b"", [secret, "whsec_old"])
    verify_webhook(payload=memoryview(body), signature=None, secret=(b"new", secret))
    verifier = WebhookVerifier(
        [secret.encode(), b"old"],
        tolerance=datetime.timedelta(hours=2),
        expect_live_mode=True,
        max_payload_bytes=65536,
    )
    verifier.verify_signature(body, header)
    signature: str = sign(body, secret)
    version: str = __version__
    WebhookVerifier(secret, tolerance=7200)
    WebhookVerifier(secret, tolerance=0.5)
    try:
        event = verifier.verify(body, signature)
    except (SignatureVerificationError, EventRejectedError) as error:
        return error.message, error.code
    except InvalidPayloadError as error:
        offset: int | None = error.offset
        pointer: str | None = error.pointer
        return offset, pointer
    except ConfigurationError as error:
        return error.hint
    except WebhookError as error:
        value_error: ValueError = error
        return value_error
    return event["data"], version


def wrong(body: bytes, header: str, secret: str | None, parsed: dict[str, Any]) -> None:
    verify_webhook(parsed, header, "whsec")  # type: ignore[arg-type]
    verify_webhook(body, [header], "whsec")  # type: ignore[arg-type]
    verify_webhook(body, header, secret)  # type: ignore[arg-type]
    verify_webhook(body, header)  # type: ignore[call-arg]
    WebhookVerifier("whsec", 60)  # type: ignore[call-arg]
    WebhookVerifier("whsec", tolerence=60)  # type: ignore[call-arg]
    WebhookVerifier("whsec", tolerance="60")  # type: ignore[arg-type]
    WebhookVerifier("whsec", expect_live_mode="true")  # type: ignore[arg-type]
    sign(body, ["whsec"])  # type: ignore[arg-type]
    WebhookVerifier("whsec").verify(body)  # type: ignore[call-arg]
    print(WebhookVerifier("whsec").verify_signature(body, header))  # type: ignore[func-returns-value]
    WebhookVerifier("whsec").tolerance  # type: ignore[attr-defined]
